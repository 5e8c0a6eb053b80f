"""From what an engine sends of a container's output to lines, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from pycompose.engine.port import Frame, Stream
from pycompose.events import LogLine

LONGEST: Final = 1 << 16  # bytes of a line that are told at once; a longer one comes in parts
# Where the engine has put times: nowhere, before each frame, or before each line of a terminal.
Times: TypeAlias = Literal["", "frames", "lines"]


def split(frames: Stream[Frame], name: str, times: Times = "") -> Iterator[LogLine]:
    """Yield lines from frames; a line cut into several frames is put together.

    The end of a stream ends its last line. A line of more than LONGEST bytes is yielded in parts
    of about that many. A time goes beside its line, and is that of all parts.
    """
    sides = {1: _Side(name, 1, times), 2: _Side(name, 2, times)}
    for stream, data in frames:
        side = sides[2 if stream == 2 else 1]
        if not (times or side.open) and data.find(b"\n") == len(data) - 1 and data:
            yield LogLine(name=name, line=data[:-1], stream=side.stream)
        else:
            yield from side.take(data)
    for side in sides.values():
        yield from side.end()


class _Side:
    """Standard output or errors: the line that is not at its end yet."""

    def __init__(self, name: str, stream: Literal[1, 2], times: Times) -> None:
        self.name = name
        self.stream = stream
        self.times = times
        self.held = bytearray()
        self.begun = False  # a part of the line was told
        self.time = b""

    @property
    def open(self) -> bool:
        """Whether a line is not at its end."""
        return self.begun or bool(self.held)

    def take(self, data: bytes) -> Iterator[LogLine]:
        """Yield the lines that a frame ends, and long parts of one that goes on."""
        if self.open and self.times == "frames":
            data = data.partition(b" ")[2]  # the pieces of a long line have each its time
        *ended, rest = data.split(b"\n")
        for line in ended:
            if self.held:
                self.held += line
                line = bytes(self.held)
                self.held.clear()
            yield self.line(line)
        self.held += rest
        if len(self.held) >= LONGEST:
            part = bytes(self.held)
            self.held.clear()
            yield self.line(part, partial=True)

    def end(self) -> Iterator[LogLine]:
        """Yield what there is of a line without an end."""
        if self.open:
            yield self.line(bytes(self.held))

    def line(self, text: bytes, *, partial: bool = False) -> LogLine:
        """Return a line, or a part of one."""
        continued, self.begun = self.begun, partial
        if self.times and not continued:
            self.time, _, text = text.partition(b" ")
        return LogLine(
            name=self.name,
            line=text,
            stream=self.stream,
            time=self.time,
            partial=partial,
            continued=continued,
        )
