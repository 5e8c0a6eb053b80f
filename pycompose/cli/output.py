"""Where text goes: standard output, or a file that is whole or untouched."""

from __future__ import annotations

import os
import sys


def write(text: str, path: str = "", *, mode: int | None = None) -> None:
    """Write text to a file, to standard output without one; a file that exists is replaced whole.

    `mode` are the rights of the file; without, it keeps those it has.

    Raises:
        OSError: it cannot be written; then it is as it was.
    """
    if not path:
        sys.stdout.write(text)
        return
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    _replace(path, text, mode)


def _replace(path: str, text: str, mode: int | None) -> None:
    import tempfile  # not for what goes to standard output

    mode = _mode(path) if mode is None else mode
    draft = ""
    try:
        descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".pycompose-")
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), mode)
        os.replace(draft, path)
    except OSError as error:
        if draft:
            os.unlink(draft)
        raise OSError(error.errno, error.strerror, path) from error


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
