"""What containers print, line by line, with the name of each before its lines.

To a pipe or a file, bytes pass unchanged: a program's output is its own affair, whatever its
encoding. A terminal obeys colours, and is shown all other control characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple

from pycompose.events import LogLine
from pycompose.ui.listing import compact
from pycompose.ui.text import printable, shown

# Cyan, yellow, green, magenta, blue, then the same in bold: Docker Compose's order.
_HUES: Final = ("36", "33", "32", "35", "34")
COLORS: Final = (*_HUES, *(f"{hue};1" for hue in _HUES))


class LogStyle(NamedTuple):
    """How log lines look.

    `follow` writes each line at once. `split` sends what containers write to stderr to stderr.
    `json` writes an object for each, with the service, name and number that `sources` tells.
    """

    prefix: bool = True
    color: bool = True
    follow: bool = False
    split: bool = False
    json: bool = False
    sources: Mapping[str, tuple[str, str, int]] = MappingProxyType({})


class Logs:
    """A sink of LogLines.

    The column of names is as wide as the longest one seen. A raw line without bytes announces a
    name, so that it counts from the start.

    Source: docker/compose cmd/formatter/logs.go
    """

    def __init__(
        self,
        out: BinaryIO,
        errors: BinaryIO,
        style: LogStyle,
        *,
        color: bool = False,
        terminal: bool = False,
    ) -> None:
        self.out = out
        self.errors = errors if style.split else out
        self.style = style
        self.color = color and style.color
        self.terminal = terminal
        self.open = ""  # the name before the row that a part of a line has left open
        self.order: dict[str, int] = {}
        self.width = 0
        self.prefixes: dict[str, bytes] = {}

    def __call__(self, line: LogLine) -> None:
        """Write one line."""
        if self.style.json:
            self.write_json(line)
            return
        prefix = self.prefixes.get(line.name)
        if prefix is None:
            # A remark takes no column of its own.
            prefix = b"" if line.stream == 0 else self.register(line.name)
        out = self.errors if line.stream == 2 else self.out
        if line.raw:
            out.write(line.line)
        elif line.partial or line.continued or self.open:
            self.write_part(out, prefix, line)
        elif line.stream == 0:
            out.write(self.remark(line))
        elif self.terminal:
            out.write(b"%b%b\n" % (prefix, shown(line.line)))
        else:
            out.write(b"%b%b\n" % (prefix, line.line))
        if self.style.follow:
            out.flush()

    def write_part(self, out: BinaryIO, prefix: bytes, line: LogLine) -> None:
        """Write a part of a line, or what comes in between, on a row of its own."""
        goes_on = line.continued and self.open == line.name
        if self.open and not goes_on:
            out.write(b"\n")
        self.open = line.name if line.partial else ""
        if line.stream == 0:
            out.write(self.remark(line))
            return
        # No copy with its prefix: a part may be long.
        out.write(b"" if goes_on else prefix)
        out.write(shown(line.line) if self.terminal else line.line)
        out.write(b"" if line.partial else b"\n")

    def write_json(self, line: LogLine) -> None:
        """Write one line as a JSON object; what is no line of a container is left out."""
        if line.raw or line.stream == 0:
            return
        service, container, index = self.style.sources.get(line.name, ("", line.name, 0))
        found = {
            "service": service,
            "container": container,
            "index": index,
            "stream": "stderr" if line.stream == 2 else "stdout",
            "ts": line.time.decode(),
            "line": line.line.decode(errors="replace"),
        }
        if line.partial:
            found["partial"] = True
        self.out.write(compact(found).encode() + b"\n")
        if self.style.follow:
            self.out.flush()

    def register(self, name: str) -> bytes:
        """Return what stands before the lines of a container seen for the first time."""
        self.order[name] = len(self.order)
        width = len(printable(name))
        if width > self.width:
            self.width = width
            self.prefixes = {other: self.prefix(other) for other in self.order}
        self.prefixes[name] = self.prefix(name)
        return self.prefixes[name]

    def prefix(self, name: str) -> bytes:
        """Return a container's name as the first column: `web-1  | `."""
        if not self.style.prefix:
            return b""
        return self.paint(name, f"{printable(name).ljust(self.width + 1)} | ").encode()

    def remark(self, line: LogLine) -> bytes:
        """Return a remark about a container: `web-1 exited with code 0`."""
        text = f"{printable(line.name)} {line.line.decode(errors='replace')}"
        return self.paint(line.name, printable(text)).encode() + b"\n"

    def paint(self, name: str, text: str) -> str:
        """Return a text in the colour of a container."""
        if not self.color or name not in self.order:
            return text
        color = COLORS[self.order[name] % len(COLORS)]
        return f"\x1b[{color}m{text}\x1b[0m"

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self.out.flush()
        self.errors.flush()
