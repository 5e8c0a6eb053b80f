"""`cp`: files from a container to this machine, or the other way, by the rules of `docker cp`.

Source: https://docs.docker.com/reference/cli/docker/container/cp/; rule 140
"""

from __future__ import annotations

import errno
import io
import os
import posixpath
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from pycompose.app.converse import Console
from pycompose.app.inner import CopyOptions
from pycompose.app.looks import containers_of
from pycompose.app.session import Session
from pycompose.errors import NotFound, UsageError
from pycompose.events import StepEvent

if TYPE_CHECKING:
    from pycompose.engine.port import Engine, Files
    from pycompose.model.values import Json
    from pycompose.snapshot import ContainerState

_FOLDER: Final = 1 << 31  # of a mode as Go has it
_LINK: Final = 1 << 27
_STREAM: Final = "-"


class Place(NamedTuple):
    """One end of a copy: a path in containers of a service, or of this machine ("" service)."""

    service: str
    path: str


class Target(NamedTuple):
    """What is at a path: whether anything is, and whether it is a folder."""

    path: str
    exists: bool
    folder: bool


def copy(session: Session, options: CopyOptions, console: Console) -> None:
    """Copy files between containers of a service and this machine.

    Raises:
        UsageError: not one of both ends is a service with a container, or they do not fit.
        EngineError: the engine refused.
        OSError: files cannot be read or written.
    """
    source, target = place(options.source), place(options.target)
    if source.service and target.service:
        raise UsageError("copying between services is not supported")
    if not (source.service or target.service):
        raise UsageError("unknown copy direction")
    found = _containers(session, options, source.service or target.service)
    if source.service:
        inside = f"{found[0].name}:{source.path}"
        with _told(session, found[0], f"copy {inside} to {target.path}") as wanted:
            if wanted:
                _fetch(session.engine, found[0], source.path, target.path, options, console)
        return
    if source.path == _STREAM and len(found) > 1:
        raise UsageError(f'service "{target.service}" has {len(found)} containers: say --index')

    def send(container: ContainerState) -> None:
        words = f"copy {source.path} to {container.name}:{target.path}"
        with _told(session, container, words) as wanted:
            if wanted:
                _send(session.engine, container, source.path, target.path, options, console)

    from pycompose.observe import together

    together([partial(send, container) for container in found])


def place(text: str) -> Place:
    """Return an argument of `cp` told apart: what begins with `/` or `.` is of this machine."""
    service, colon, path = text.partition(":")
    if posixpath.isabs(text) or text.startswith(".") or not colon:
        return Place("", text)
    return Place(service, path)


def _containers(session: Session, options: CopyOptions, service: str) -> list[ContainerState]:
    found = containers_of(session, [service], all=True, oneoff=options.all)
    if options.index:
        found = [container for container in found if container.number == options.index]
        if not found:
            raise UsageError(f'service "{service}" is not running container #{options.index}')
    if not found:
        raise UsageError(f'no container found for service "{service}"')
    return found


@contextmanager
def _told(session: Session, container: ContainerState, words: str) -> Iterator[bool]:
    """Tell of a copy while it is done; whether it is to be done at all."""
    wanted = not session.settings.dry_run
    if wanted:
        session.emit(StepEvent(id=container.name, text=f"{words} Copying", status="working"))
    yield wanted
    session.emit(StepEvent(id=container.name, text=f"{words} Copied", status="done"))


# From a container.


def _fetch(
    engine: Engine,
    container: ContainerState,
    source: str,
    target: str,
    options: CopyOptions,
    console: Console,
) -> None:
    path = _absolute(source)
    name = posixpath.basename(posixpath.normpath(path))
    contents = source.endswith("/.")
    path = posixpath.normpath(path)
    if options.follow_link or contents:
        path = _followed(engine, container, path)
    with closing(engine.get_archive(container.id, path)) as files:
        if target == _STREAM:
            for piece in files:
                console.write(1, piece)
            return
        folder = bool(files.stat["mode"] & _FOLDER)
        there = _local(target)
        where, top = _destination(there, name, folder=folder, contents=contents)
        where = where or "."
        if not os.path.isdir(where):
            raise UsageError(f'invalid output path: directory "{where}" does not exist')
        if top and folder and not contents:
            os.makedirs(os.path.join(where, top), exist_ok=True)
        from pycompose.files.tarstream import Pieces
        from pycompose.files.unpack import unpack

        stream = io.BufferedReader(Pieces(iter(files)))
        unpack(stream, where, rename=_renaming(files, top), owners=options.archive)


def _renaming(files: Files, top: str) -> Callable[[str], str]:
    """Return what gives the names in an archive of one path another first part, or none for ""."""
    known = files.stat["name"].strip("/")

    def rename(name: str) -> str:
        if name.startswith("/"):
            return name
        first, _, rest = name.removeprefix("./").partition("/")
        if first not in (known, ".", ""):
            return name  # the tar is of something else: it is for the unpacking to judge
        return posixpath.join(top, rest) if rest else top

    return rename


def _local(path: str) -> Target:
    return Target(path, os.path.lexists(path), os.path.isdir(path))


# Into a container.


def _send(
    engine: Engine,
    container: ContainerState,
    source: str,
    target: str,
    options: CopyOptions,
    console: Console,
) -> None:
    from pycompose.files.pack import packed

    there = _inside(engine, container, _absolute(target))
    if source == _STREAM:
        if not there.folder:
            raise UsageError(f'destination "{container.name}:{target}" must be a directory')
        _put(engine, container, there.path, _typed(console), options)
        return
    path = os.path.realpath(source) if options.follow_link else source.rstrip("/") or "/"
    folder = os.path.isdir(path) and not os.path.islink(path)
    if not os.path.lexists(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source)
    contents = source.endswith("/.")
    name = os.path.basename(os.path.abspath(source))
    where, top = _destination(there, name, folder=folder, contents=contents)
    pieces = packed(path, top, contents=contents and there.folder)
    _put(engine, container, where or "/", pieces, options)


def _put(
    engine: Engine,
    container: ContainerState,
    path: str,
    pieces: Iterator[bytes],
    options: CopyOptions,
) -> None:
    engine.put_archive(container.id, path, pieces, beside=True, owned=options.archive)


def _typed(console: Console) -> Iterator[bytes]:
    while data := console.read():
        yield data


def _inside(engine: Engine, container: ContainerState, path: str) -> Target:
    """Return what is at a path of a container, at its end if it is a link."""
    try:
        path = _followed(engine, container, path)
        stat = engine.stat_path(container.id, path)
    except NotFound:
        return Target(path, False, False)
    return Target(path, True, bool(stat["mode"] & _FOLDER))


def _followed(engine: Engine, container: ContainerState, path: str) -> str:
    """Return what a path leads to if it is a link, itself if it is none."""
    stat: Json = engine.stat_path(container.id, path)
    if not stat["mode"] & _LINK:
        return path
    linked: str = stat["linkTarget"]
    return posixpath.normpath(posixpath.join(posixpath.dirname(path.rstrip("/")), linked))


def _absolute(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


# Both ways.


def _destination(there: Target, name: str, *, folder: bool, contents: bool) -> tuple[str, str]:
    """Return the folder that something is put in, and its name there, "" for its contents alone.

    Raises:
        UsageError: a folder cannot take the place of a file, or there is no such folder.

    Source: moby pkg/archive PrepareArchiveCopy
    """
    if there.folder:
        return there.path, "" if contents else name
    if there.exists and folder:
        raise UsageError("cannot copy directory")
    if not there.exists and not folder and there.path.endswith("/"):
        raise UsageError("no such directory")
    parent, base = posixpath.split(there.path.rstrip("/"))
    return parent, base
