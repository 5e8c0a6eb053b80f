"""Pack a file or a folder of this machine into a tar, in pieces as they are read."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

_AHEAD: Final = 16  # pieces that are packed before they are sent


def packed(path: str, name: str, *, contents: bool = False) -> Iterator[bytes]:
    """Yield a tar of what is at a path, under a name; of a folder's `contents` alone, below it.

    Links are packed as they are.

    Raises:
        OSError: something cannot be read.
    """
    pieces: Queue[bytes | BaseException | None] = Queue(_AHEAD)
    sink = _Sink(pieces)

    def work() -> None:
        try:
            with tarfile.open(fileobj=sink, mode="w|") as tar:
                if contents:
                    for entry in sorted(os.listdir(path)):
                        tar.add(os.path.join(path, entry), f"{name}/{entry}".lstrip("/"))
                else:
                    tar.add(path, name)
            pieces.put(None)
        except BaseException as error:  # carried to whoever reads, who raises it
            if not sink.over:
                pieces.put(error)

    Thread(target=work, daemon=True).start()
    try:
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        sink.over = True
        while not pieces.empty():
            pieces.get_nowait()


class _Sink(io.RawIOBase):
    """A file that is written into a queue."""

    def __init__(self, pieces: Queue[bytes | BaseException | None]) -> None:
        self.pieces = pieces
        self.over = False

    def writable(self) -> bool:
        """Return that it can be."""
        return True

    def write(self, data: Buffer) -> int:
        """Take a piece, once there is room for it."""
        if self.over:
            raise BrokenPipeError
        piece = bytes(data)
        self.pieces.put(piece)
        return len(piece)
