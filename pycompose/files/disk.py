"""Texts from the user's disk and from standard input, for the loader.

Only regular files of a sane size are read, so that a Compose file cannot make the program hang on
a pipe or swallow a device. Nothing is interpreted here but the encoding.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from typing import BinaryIO, Final

from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.loader.sources import LINE_END, Source

MOST_BYTES: Final = 16 * 1024 * 1024  # a guess: 80 times the largest Compose file seen in public
STDIN: Final = "-"


class DiskSources:
    """The `Sources` of the command line: files, and standard input for "-".

    `cwd` is what messages name files relative to; standard input is read at most once.
    """

    def __init__(self, cwd: str, stdin: BinaryIO | None = None) -> None:
        self.cwd = cwd
        self.stdin = stdin
        self.typed: Source | None = None

    def read(self, path: str) -> Source:
        """Return the text of the file at an absolute path, or of standard input for "-".

        Raises:
            FileNotFoundError: there is no such file.
            OSError: it cannot be read, is no regular file, or is too large.
            ComposeFileError: it is not text, and where.
        """
        if path == STDIN:
            return self._read_stdin()
        name = self.display(path)
        return Source(path, name, decode(read_file(path), name))

    def display(self, path: str) -> str:
        """Return what messages call a file: relative to `cwd` where it lies below it."""
        prefix = self.cwd.rstrip("/") + "/"
        return path.removeprefix(prefix) or path

    def follow(self, path: str) -> str:
        """Return an absolute path with the first link in it followed; itself if it has none."""
        # Compat: links behind the first one stay.
        parts = path.split("/")
        for end in range(2, len(parts) + 1):
            if os.path.islink(link := "/".join(parts[:end])):
                return "/".join([os.path.realpath(link), *parts[end:]])
        return path

    def mode(self, path: str) -> int | None:
        """Return the type and permission bits of what is at an absolute path, links followed.

        None where nothing is there, 0 where that cannot be told.
        """
        try:
            return os.stat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError):
            return 0

    def _read_stdin(self) -> Source:
        if self.typed is None:
            if self.stdin is None:
                raise FileNotFoundError(errno.ENOENT, "standard input is closed", STDIN)
            data = self.stdin.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise OSError(errno.EFBIG, f"it holds more than {MOST_BYTES} bytes", STDIN)
            self.typed = Source(STDIN, "<stdin>", decode(data, "<stdin>"))
        return self.typed


def read_file(path: str) -> bytes:
    """Return what a regular file of a sane size holds; nothing for the null device.

    Raises:
        OSError: there is none, it cannot be read, is no regular file, or is too large.
    """
    # O_NONBLOCK: opening a pipe nobody writes to must not hang; regular files ignore it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a directory", path)
        # Compat: an env_file or .env of /dev/null is the usual way to say "none".
        if path == os.devnull:
            return b""
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no regular file", path)
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it holds more than {MOST_BYTES} bytes", path)
    return data


def decode(data: bytes, name: str) -> str:
    """Return bytes as text: UTF-8, or UTF-16 where a byte order mark says so.

    Raises:
        ComposeFileError: they are neither, in the file that messages call `name`.
    """
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding, shown = ("utf-16", "UTF-16") if wide else ("utf-8-sig", "UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        # Compat: the codec that skips the mark counts from behind it.
        mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        lines = LINE_END.split(data[: mark + error.start].decode(encoding, "ignore"))
        at = Position(name, len(lines), len(lines[-1]) + 1)
        message = f"not text: byte 0x{data[mark + error.start]:02x} is not valid {shown}"
        raise ComposeFileError(Problem(at, "", message, f"save the file as {shown}")) from None
