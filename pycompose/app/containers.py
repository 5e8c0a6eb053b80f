"""kill, pause, unpause, rm, scale and wait: what is done to containers that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from queue import SimpleQueue
from threading import Thread

from pycompose.app.lifecycle import carry_out, down, project_there
from pycompose.app.options import (
    DownOptions,
    KillOptions,
    RemoveOptions,
    UpOptions,
    WaitOptions,
)
from pycompose.app.session import Session
from pycompose.app.up import up
from pycompose.errors import Cancelled, UsageError
from pycompose.events import Notice


def kill(session: Session, options: KillOptions) -> None:
    """Send a signal to containers.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan import containers as plans

    with session.exclusive():
        project, snapshot = project_there(session, options.services)
        plan = plans.kill(
            project,
            snapshot,
            options.services,
            signal=options.signal,
            remove_orphans=options.remove_orphans or session.project_if_any is None,
        )
        if not plan.steps:
            session.emit(Notice(message="no container to kill", level="info"))
        carry_out(session, plan)


def pause(session: Session, services: tuple[str, ...]) -> None:
    """Pause containers.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan import containers as plans

    with session.exclusive():
        project, snapshot = project_there(session, services)
        carry_out(session, plans.pause(project, snapshot, services))


def unpause(session: Session, services: tuple[str, ...]) -> None:
    """Let paused containers go on.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan import containers as plans

    with session.exclusive():
        project, snapshot = project_there(session, services)
        carry_out(session, plans.unpause(project, snapshot, services))


def remove(session: Session, options: RemoveOptions, tell: Callable[[str], None]) -> None:
    """Remove stopped containers, once that was agreed to; `tell` is given the list of them.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan import containers as plans

    services = options.services
    with session.exclusive():
        project, snapshot = project_there(session, services)
        names = plans.removable(project, snapshot, services, stopping=options.stop)
        if not names:
            session.emit(Notice(message="no stopped containers", level="info"))
            return
        tell(f"Going to remove {', '.join(names)}")
        asking = not options.force and not session.settings.dry_run
        if asking and not session.confirm("Are you sure?"):
            return
        plan = plans.remove(
            project, snapshot, services, stopping=options.stop, volumes=options.volumes
        )
        carry_out(session, plan, project=project)


def scale(session: Session, counts: Mapping[str, int], *, no_deps: bool = False) -> None:
    """Run services with these numbers of containers.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    asked = UpOptions(services=tuple(counts), scale=counts, no_deps=no_deps, detach=True)
    up(session, asked)


def wait(session: Session, options: WaitOptions) -> Iterator[tuple[str, int]]:
    """Yield each container's id and exit code as it ends, until all that run have ended.

    Raises:
        UsageError: none of the services' containers runs.
        EngineError: the engine refused, or the connection was lost.
        Cancelled: the user interrupted.
    """
    from pycompose.observe import containers

    name = session.project_name
    running = [
        container.id
        for container in containers(session.engine, name, all=False)
        if container.service in options.services and not container.oneoff
    ]
    if not running:
        raise UsageError(f"no containers for project {name!r}")
    ended: SimpleQueue[tuple[str, int] | BaseException] = SimpleQueue()

    def follow(id: str) -> None:
        try:
            ended.put((id, session.engine.wait_container(id)))
        except BaseException as error:  # carried to the caller's thread, which raises it
            ended.put(error)

    for id in running:
        Thread(target=follow, args=(id,), daemon=True).start()
    with session.cancel.listening(lambda _: ended.put(Cancelled())):
        for _ in running:
            found = ended.get()
            if isinstance(found, BaseException):
                raise found
            yield found
    if options.down:
        down(session, DownOptions(remove_orphans=True))
