"""Where text goes: standard output, or a file that is whole or untouched."""

from __future__ import annotations

import os
import sys
import tempfile


def write(text: str, path: str = "") -> None:
    """Write text to a file, to standard output without one; a file that exists is replaced whole.

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
    _replace(path, text)


def _replace(path: str, text: str) -> None:
    try:
        mode = os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
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
