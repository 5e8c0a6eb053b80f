"""Commands that only look: ps and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycompose.app.options import LogsOptions, PsOptions
from pycompose.app.session import Session
from pycompose.errors import UsageError
from pycompose.events import LogLine, Notice

if TYPE_CHECKING:
    from pycompose.follow import Target
    from pycompose.snapshot import ContainerState


def ps(session: Session, options: PsOptions) -> tuple[ContainerState, ...]:
    """Return the project's containers, sorted by name; only those that run, unless asked.

    Raises:
        UsageError: a service was named that does not exist.
    """
    from pycompose.observe import containers

    project = session.project_if_any
    if project is not None:
        session.known(project, options.services)
    everything = options.all or bool(options.status)
    found = containers(session.engine, session.project_name, all=everything)
    known = {*project.services, *project.disabled} if project is not None else None
    return tuple(
        container
        for container in found
        if (not options.services or container.service in options.services)
        and (not options.status or container.state in options.status)
        and (options.orphans or known is None or container.service in known)
        and (everything or not container.oneoff)
    )


def logs(session: Session, options: LogsOptions) -> int:
    """Emit the output of the project's containers; return the exit code.

    Raises:
        UsageError: a service or an index was named that does not exist.
    """
    from pycompose.observe import containers

    if options.index and len(options.services) != 1:
        raise UsageError("--index requires one service to be selected")
    project = session.project_if_any
    if project is not None:
        session.known(project, options.services)
    name = session.project_name
    quiet = {
        service.name
        for service in (project.services.values() if project is not None else ())
        if service.attach is False and not options.services
    }
    chosen = [
        container
        for container in containers(session.engine, name)
        if (not options.services or container.service in options.services)
        and (not options.index or container.number == options.index)
        and container.service not in quiet
        and not container.oneoff
    ]
    if options.index and not chosen:
        service = options.services[0]
        raise UsageError(f'service "{service}" is not running container #{options.index}')
    targets = [_target(container, name, options) for container in chosen]
    return _emit_all(session, targets, following=options.follow)


def _target(container: ContainerState, project: str, options: LogsOptions) -> Target:
    from pycompose.follow import Target
    from pycompose.moments import moment

    return Target(
        id=container.id,
        name=display_name(container, project),
        since=moment(options.since),
        until=moment(options.until),
        tail=options.tail,
        follow=options.follow,
        timestamps=options.timestamps,
    )


def _emit_all(session: Session, targets: list[Target], *, following: bool) -> int:
    from pycompose.errors import EngineError
    from pycompose.follow import all_lines

    for target in targets:
        # The column of names is as wide as the longest one from the first line on.
        session.emit(LogLine(name=target.name, line=b"", raw=True))
    failed = False
    for output in all_lines(session.engine, targets):
        if isinstance(output, EngineError):
            session.emit(Notice(message=f"output can't be read: {output}"))
            failed = True
        else:
            session.emit(output)
    if following:
        session.still_there()
    return 1 if failed else 0


def display_name(container: ContainerState, project: str) -> str:
    """Return how a container is called in log prefixes: `web-1`, or its own name in full.

    Source: rule 64
    """
    for separator in "-_":
        prefix = f"{project}{separator}"
        if container.name == f"{prefix}{container.service}{separator}{container.number}":
            return container.name.removeprefix(prefix)
    return container.name
