"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from typing import IO, Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@contextlib.contextmanager
def new_file(path: str) -> Iterator[IO[bytes]]:
    """Open a file for its owner alone that takes its name once all is well, and else is gone.

    Where the file system can, it has no name before that: a kill -9 leaves nothing.

    Raises:
        OSError: it cannot be written.
    """
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a directory")
    folder, name = os.path.split(path)
    part = os.path.join(folder, f".{name}.{secrets.token_hex(4)}")
    unnamed = _unnamed(folder)
    descriptor = os.open(part, _NEW, 0o600) if unnamed is None else unnamed
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
            if unnamed is not None:
                _give_name(descriptor, part)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


def _unnamed(folder: str) -> int | None:
    """Return a file without a name in a folder, None where there can be none."""
    flag = getattr(os, "O_TMPFILE", 0)
    if not flag or not os.path.exists("/proc/self/fd"):
        return None
    try:
        return os.open(folder or ".", flag | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError:  # this file system has none, or the folder is none: then a name will tell
        return None


def _give_name(descriptor: int, path: str) -> None:
    """Give a file without a name one that nobody has.

    Source: linkat(2), AT_SYMLINK_FOLLOW; Python passes that on only where a folder is given
    """
    folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)
