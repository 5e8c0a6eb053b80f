"""`export` and `commit`: the file system of a container, as a tar or as an image."""

from __future__ import annotations

import os
from contextlib import closing

from pycompose.app.converse import Console
from pycompose.app.inner import CommitOptions
from pycompose.app.looks import containers_of
from pycompose.app.session import Session
from pycompose.errors import UsageError
from pycompose.events import Status, StepEvent
from pycompose.snapshot import ContainerState


def export(session: Session, service: str, *, index: int, output: str, console: Console) -> None:
    """Write the file system of a container to a file, or to standard output for "".

    A file is there whole or not at all, for its owner alone.

    Raises:
        UsageError: the service has no such container, or a terminal would get the tar.
        EngineError: the engine refused, or the connection was lost.
        OSError: the file cannot be written.

    Source: GET /containers/{id}/export
    """
    if not output and console.screen:
        raise UsageError("output option is required when exporting to terminal")
    container = _container(session, service, index)
    what = f"export {container.name} to {output}"
    _tell(session, container, f"{what} Exporting", "working")
    if not session.settings.dry_run:
        with closing(session.engine.export_container(container.id)) as files:
            if output:
                from pycompose.files.whole import new_file

                with new_file(os.path.join(session.settings.cwd, output)) as file:
                    file.writelines(files)
            else:
                for piece in files:
                    console.write(1, piece)
    _tell(session, container, f"{what} Exported", "done")


def commit(session: Session, options: CommitOptions) -> None:
    """Make an image of a container.

    Raises:
        UsageError: the service has no such container.
        EngineError: the engine refused.

    Source: POST /commit
    """
    container = _container(session, options.service, options.index)
    what = f"Commit {container.name}"
    _tell(session, container, f"{what} Committing", "working")
    repository, colon, tag = options.reference.rpartition(":")
    if not colon or "/" in tag:
        repository, tag = options.reference, ""
    query = {
        "repo": repository,
        "tag": tag,
        "author": options.author,
        "comment": options.message,
        "changes": "\n".join(options.changes),
        "pause": "1" if options.pause else "0",
    }
    image = ""
    if not session.settings.dry_run:
        image = session.engine.commit_container(container.id, query)
    committed = f"{what} Committed as {image}" if image else f"{what} Committed"
    _tell(session, container, committed, "done")


def _container(session: Session, service: str, index: int) -> ContainerState:
    """Return a container of a service, whether it runs or not.

    Raises:
        UsageError: it has none.
    """
    found = [
        container
        for container in containers_of(session, [service], all=True)
        if not index or container.number == index
    ]
    if not found:
        which = f" container #{index}" if index else ""
        raise UsageError(f'service "{service}" is not running{which}')
    return found[0]


def _tell(session: Session, container: ContainerState, text: str, status: Status) -> None:
    session.emit(StepEvent(id=container.name, text=text, status=status))
