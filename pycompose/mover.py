"""Run a container that reads or writes a volume, its bytes passing through us piece by piece."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from threading import Thread
from typing import Final

from pycompose.engine.port import Attachment, Engine
from pycompose.errors import EngineError, EngineUnavailable

_TAIL: Final = 20  # lines of what tar says that are told
_CHANGED: Final = 1  # what tar exits with where files changed while it read them


class Said:
    """What a program has said on its standard error; the last lines of it."""

    def __init__(self) -> None:
        self.rest = b""
        self.last: deque[str] = deque(maxlen=_TAIL)

    def take(self, data: bytes) -> None:
        """Take what comes next."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.last.extend(line.decode(errors="backslashreplace") for line in lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines."""
        rest = [self.rest.decode(errors="backslashreplace")] if self.rest else []
        return tuple([*self.last, *rest][-_TAIL:])


def output(engine: Engine, container: str, said: Said) -> Generator[bytes, None, None]:
    """Start a container and yield what it writes; what it says besides is in `said` afterwards.

    Raises:
        EngineError: it could not be started, or did not end well.
    """
    with closing(engine.attach(container)) as streams:
        engine.start_container(container)
        for stream, data in streams:
            if stream == 1:
                yield data
            else:
                said.take(data)
    _ended(engine.wait_container(container), said, least=_CHANGED)


def feed(engine: Engine, container: str, pieces: Iterator[bytes], said: Said) -> None:
    """Start a container and write pieces to its standard input, until it has ended.

    Raises:
        EngineError: it could not be started, or did not end well.
    """
    with closing(engine.attach(container, stdin=True)) as streams:
        engine.start_container(container)
        reader = Thread(target=_listen, args=(streams, said), daemon=True)
        reader.start()
        lost: EngineUnavailable | None = None
        try:
            for piece in pieces:
                streams.write(piece)
            streams.close_stdin()
        except EngineUnavailable as error:
            lost = error  # it has ended, mostly; it says why
        reader.join()
    _ended(engine.wait_container(container), said)
    if lost is not None:
        raise lost


def run(engine: Engine, container: str, said: Said) -> None:
    """Start a container and wait for its end.

    Raises:
        EngineError: it could not be started, or did not end well.
    """
    for _ in output(engine, container, said):
        pass


def _listen(streams: Attachment, said: Said) -> None:
    try:
        for _, data in streams:
            said.take(data)
    except EngineError as error:
        said.take(str(error).encode())


def _ended(code: int, said: Said, *, least: int = 0) -> None:
    if code > least:
        raise EngineError("\n  ".join([f"tar exited with status {code}", *said.lines]))
