"""Unpack a tar that somebody else made below a folder, and nowhere else.

Each part of a path is opened by itself, below the one before, and never through a link: neither
`..`, nor an absolute name, nor a link that the tar itself (or somebody meanwhile) has made leads
out. What a tar says of devices is passed over, and rights to become somebody else are dropped.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from typing import IO, Final

from pycompose.errors import UsageError

_PIECE: Final = 1 << 20
_RIGHTS: Final = 0o777  # no set-user-id bits
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Unsafe(UsageError):
    """A name in a tar that leads out of the folder, or through a link."""


def unpack(
    stream: IO[bytes], folder: str, *, rename: Callable[[str], str], owners: bool = False
) -> None:
    """Unpack a tar below a folder that exists; `rename` tells what each name becomes, "" for none.

    With `owners`, files get the owners that the tar says, as far as this user may give them away.

    Raises:
        Unsafe: a name would lead out of the folder; what came before it is there.
        UsageError: it is no tar.
        OSError: something cannot be written.
    """
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    later: list[tuple[str, tarfile.TarInfo]] = []  # folders: what is put in changes their times
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                name = rename(member.name)
                if name:
                    _take(tar, member, root, name, rename, owners=owners)
                    if member.isdir():
                        later.append((name, member))
        for name, member in reversed(later):
            with _below(root, _parts(name)) as descriptor:
                _finish(descriptor, member, owners=owners)
    except tarfile.TarError as error:
        raise UsageError(f"the container sent no tar that can be read: {error}") from error
    finally:
        os.close(root)


def _take(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    root: int,
    name: str,
    rename: Callable[[str], str],
    *,
    owners: bool,
) -> None:
    *parents, last = _parts(name) or ["."]
    if last == ".":
        return
    with _below(root, parents, make=True) as parent:
        if member.isdir():
            with contextlib.suppress(FileExistsError):
                os.mkdir(last, 0o700, dir_fd=parent)
            os.close(_opened(last, parent))
            return
        if not (member.isreg() or member.issym() or member.islnk()):
            return
        _make_way(last, parent)
        if member.issym():
            os.symlink(member.linkname, last, dir_fd=parent)
        elif member.islnk():
            *folders, target = _parts(rename(member.linkname)) or [""]
            with _below(root, folders) as source:
                os.link(target, last, src_dir_fd=source, dst_dir_fd=parent, follow_symlinks=False)
        else:
            content = tar.extractfile(member)
            descriptor = os.open(last, _FILE, 0o600, dir_fd=parent)
            try:
                while piece := content.read(_PIECE) if content is not None else b"":
                    _write(descriptor, piece)
                _finish(descriptor, member, owners=owners)
            finally:
                os.close(descriptor)


def _parts(name: str) -> list[str]:
    """Return the parts of a name.

    Raises:
        Unsafe: it climbs out, or starts at the root.
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise Unsafe(f"{name!r} in the archive leads out of the folder it is copied to")
    return parts


@contextlib.contextmanager
def _below(root: int, parts: list[str], *, make: bool = False) -> Iterator[int]:
    """Open the folder that parts of a path lead to, each below the one before."""
    descriptor = os.dup(root)
    try:
        for part in parts:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=descriptor)
            inner = _opened(part, descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(name: str, parent: int) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except NotADirectoryError:
        raise Unsafe(f"{name!r} in the archive goes through what is no folder here") from None
    except OSError as error:
        if stat.S_ISLNK(os.lstat(name, dir_fd=parent).st_mode):
            raise Unsafe(f"{name!r} in the archive goes through a link") from None
        raise error


def _make_way(name: str, parent: int) -> None:
    """Remove a file or a link that has the name; a folder stays, and is an error."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=parent)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _finish(descriptor: int, member: tarfile.TarInfo, *, owners: bool) -> None:
    """Give a file or folder the rights and the time that the tar says."""
    if owners:
        with contextlib.suppress(PermissionError):
            os.chown(descriptor, member.uid, member.gid)
    os.chmod(descriptor, member.mode & _RIGHTS)
    os.utime(descriptor, (member.mtime, member.mtime))
