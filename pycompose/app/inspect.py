"""Commands that only look: ps and logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pycompose import labels
from pycompose.app.inner import LogsOptions
from pycompose.app.options import PsOptions
from pycompose.app.session import Session
from pycompose.errors import EngineError, UsageError
from pycompose.events import LogLine, Notice

if TYPE_CHECKING:
    from pycompose.follow import Target
    from pycompose.interleave import Followed
    from pycompose.snapshot import ContainerState


# By the name before its lines: the service, name and number of a container.
Sources: TypeAlias = dict[str, tuple[str, str, int]]


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


def logs(session: Session, options: LogsOptions, sources: Sources | None = None) -> int:
    """Emit the output of the project's containers; return the exit code.

    `sources` is told whose lines come under which name.

    Raises:
        UsageError: a service or an index was named that does not exist.
    """
    from pycompose.follow import stamped
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
    sources = {} if sources is None else sources
    for one in chosen:
        _note(sources, one, name)
    if options.index and not chosen:
        service = options.services[0]
        raise UsageError(f'service "{service}" is not running container #{options.index}')
    selected = _selection(options)
    for container in chosen:
        # The column of names is as wide as the longest one from the first line on.
        session.emit(LogLine(name=display_name(container, name), line=b"", raw=True))
    failed = False
    for output in _lines(session, chosen, name, options, sources):
        if isinstance(output, EngineError):
            session.emit(Notice(message=f"output can't be read: {output}"))
            failed = True
        elif selected is None or selected(output):
            session.emit(stamped(output) if options.timestamps else output)
    if options.follow:
        session.still_there()
    return 1 if failed else 0


def _note(sources: Sources, one: ContainerState, project: str) -> None:
    sources[display_name(one, project)] = (one.service, one.name, one.number or 0)


def _lines(
    session: Session,
    chosen: list[ContainerState],
    project: str,
    options: LogsOptions,
    sources: Sources,
) -> Iterator[LogLine | EngineError]:
    from pycompose.follow import all_lines

    targets = [_target(container, project, options) for container in chosen]
    engine = session.engine
    if options.service_order and not options.follow:
        for target in sorted(targets, key=lambda target: target.name):
            yield from all_lines(engine, [target])
        return
    if len(targets) == 1 and not options.follow and not options.timed:
        # No other thread, no queue: a long log is read as fast as it can be.
        yield from all_lines(engine, targets)
        return
    from pycompose.interleave import Followed, stored

    if options.follow:
        followed = Followed(engine, targets)
        lines = followed.lines(partial(_watch, session, project, options, sources))
    else:
        lines = stored(engine, targets)
    yield from lines


def _watch(
    session: Session,
    project: str,
    options: LogsOptions,
    sources: Sources,
    followed: Followed,
) -> None:
    """Tell of the project's containers that start."""
    from pycompose.observe import containers

    mine = [f"{labels.PROJECT}={project}", f"{labels.ONEOFF}=False"]
    filters = {"type": ["container"], "event": ["start"], "label": mine}
    # Commands that look end with their output, not with this.
    with suppress(EngineError), closing(session.engine.events(filters=filters)) as events:
        for event in events:
            followed.expect()
            id = event["Actor"]["ID"]
            for container in containers(session.engine, project):
                named = not options.services or container.service in options.services
                indexed = not options.index or container.number == options.index
                if container.id == id and named and indexed:
                    _note(sources, container, project)
                    followed.begin(
                        _target(container, project, options)._replace(since="", tail="all")
                    )


def _selection(options: LogsOptions) -> Callable[[LogLine], bool] | None:
    """Return what chooses the lines to show, None where all are shown.

    Raises:
        UsageError: there is no such level, or the expression is none.
    """
    if not (options.grep or options.level):
        return None
    from pycompose.app.selection import Selection

    return Selection(grep=options.grep, level=options.level)


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


def display_name(container: ContainerState, project: str) -> str:
    """Return how a container is called in log prefixes: `web-1`, or its own name in full.

    Source: rule 64
    """
    for separator in "-_":
        prefix = f"{project}{separator}"
        if container.name == f"{prefix}{container.service}{separator}{container.number}":
            return container.name.removeprefix(prefix)
    return container.name
