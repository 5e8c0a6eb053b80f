"""Progress on a terminal: a block of lines, one a resource, redrawn in place.

Events only change what is known; a thread of this module redraws ten times a second, so that
clocks tick while the program waits and a thousand events cost no more than one. Each frame is one
write that leaves the cursor shown, so that nothing is to be mended after a crash.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TextIO

from pycompose.events import Event, LogLine, Notice, Progress, Status, StepEvent
from pycompose.ui.text import cells, fit, printable

TICK: Final = 0.1  # seconds, as Docker Compose
_SPINNER: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FILL: Final = "⠀⡀⣀⣄⣤⣦⣶⣷⣿"
_MARKS: Final[dict[Status, str]] = {
    "done": "✔",
    "failed": "✘",
    "warning": "!",
    "skipped": "-",
}
_COLORS: Final[dict[Status, str]] = {
    "working": "",
    "done": "32",
    "failed": "31;1",
    "warning": "33;1",
    "skipped": "33",
}
_BLUE: Final = "34"
_HIDE, _SHOW, _ERASE_LINE, _ERASE_BELOW = "\x1b[?25l", "\x1b[?25h", "\x1b[K", "\x1b[J"
_PADDING: Final = 8  # most columns given to lining texts up beyond the shortest need

Size = Callable[[], tuple[int, int]]
Clock = Callable[[], float]


@dataclass(slots=True)
class Task:
    """A resource on display; `layers` are its transfers, by id."""

    id: str
    text: str
    status: Status
    started: float
    detail: str = ""
    ended: float | None = None
    layers: dict[str, Progress] = field(default_factory=dict)


class Tty:
    """A sink that shows what happens as a block of lines, and leaves the last state behind.

    `size` tells the terminal's columns and rows.

    Source: docker/compose v5 cmd/display/tty.go, for the look
    """

    def __init__(
        self,
        out: TextIO,
        *,
        title: str = "",
        prefix: str = "",
        color: bool = True,
        size: Size | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.out = out
        self.title = title
        self.prefix = prefix.strip()
        self.color = color
        self.size = size or (lambda: _terminal_size(out))
        self.clock = clock
        self.tasks: dict[str, Task] = {}
        self.drawn: list[int] = []  # columns of each line on the screen
        self.spin = 0
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self, event: Event) -> None:
        """Take one event in, and see to it that it is drawn soon."""
        with self.lock:
            self.take(event)
            if self.tasks and self.thread is None:
                self.thread = threading.Thread(target=self.refresh, name="display", daemon=True)
                self.thread.start()

    def take(self, event: Event) -> None:
        """Take one event in; only a notice is printed at once, above the block."""
        match event:
            case StepEvent():
                self.step(event)
            case Progress():
                self.progress(event)
            case Notice():
                self.notice(event)
            case LogLine():
                return

    def step(self, event: StepEvent) -> None:
        """Note the new state of a resource."""
        now = self.clock()
        task = self.tasks.get(event.id)
        if task is None:
            task = self.tasks[event.id] = Task(event.id, event.text, event.status, now)
        task.text, task.status, task.detail = event.text, event.status, event.detail
        task.ended = None if event.status == "working" else now
        if task.ended is not None:
            task.layers.clear()

    def progress(self, event: Progress) -> None:
        """Note how far a transfer is."""
        if event.parent not in self.tasks:
            now = self.clock()
            self.tasks[event.parent] = Task(event.parent, event.text, "working", now)
        self.tasks[event.parent].layers[event.id] = event

    def notice(self, event: Notice) -> None:
        """Print a warning or a remark above the block."""
        text = printable(event.message, lines=True)
        if event.level == "warning":
            text = self.paint("33", "warning:") + " " + text
        self.out.write(self.up() + "\r" + _ERASE_BELOW + text + "\n")
        self.drawn = []
        if self.tasks:
            self.draw(self.frame())
        else:
            self.out.flush()

    def refresh(self) -> None:
        """Redraw until told to stop."""
        while not self.stop.wait(TICK):
            with self.lock:
                self.spin += 1
                self.draw(self.frame())

    def settle(self) -> None:
        """Leave the block as it is; what comes next begins a new one below it."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join()
        with self.lock:
            if self.tasks:
                self.draw(self.frame(last=True))
            self.tasks, self.drawn, self.thread = {}, [], None
            self.stop = threading.Event()

    def close(self) -> None:
        """Leave the last state on the screen."""
        self.settle()

    def up(self) -> str:
        """Return what moves the cursor to the first line of the block, were it reflowed or not."""
        width = max(1, self.size()[0])
        rows = sum(max(1, -(-columns // width)) for columns in self.drawn)
        return f"\x1b[{rows}A" if rows else ""

    def draw(self, lines: Iterable[str]) -> None:
        """Put lines in the place of those on the screen."""
        lines = list(lines)
        text = "".join(f"{line}{_ERASE_LINE}\n" for line in lines)
        frame = f"{_HIDE}{self.up()}\r{text}{_ERASE_BELOW}{_SHOW}"
        self.drawn = [cells(_without_color(line)) for line in lines]
        try:
            self.out.write(frame)
            self.out.flush()
        except (OSError, ValueError):  # the terminal is gone; the work goes on
            self.stop.set()

    def frame(self, *, last: bool = False) -> list[str]:
        """Return the block's lines; as many as fit, unless it is the `last` one, that scrolls."""
        columns, rows = self.size()
        tasks = list(self.tasks.values())
        finished = sum(task.status != "working" for task in tasks)
        count = f"{finished}/{len(tasks)}"
        header = fit(" ".join(filter(None, ("[+]", self.title, count))), columns - 1)
        if finished == len(tasks):
            header = self.paint(_BLUE, header)
        room = rows - 1  # the cursor rests on the row below
        if room < 1 and not last:
            return []
        shown, hidden = (tasks, 0) if last else _most_telling(tasks, room - 1)
        width = max((cells(printable(task.id)) for task in shown), default=0)
        lines = [header, *(self.line(task, width, columns) for task in shown)]
        if hidden and room > 1:
            lines.append(fit(f"   … {hidden} more", columns - 1))
        return lines

    def line(self, task: Task, width: int, columns: int) -> str:
        """Return one resource's line, the time at its right end."""
        now = self.clock() if task.ended is None else task.ended
        seconds = f"{max(0.0, now - task.started):.1f}s"
        mark = _MARKS.get(task.status) or _SPINNER[self.spin % len(_SPINNER)]
        name = printable(task.id)
        label = f"{self.prefix} {name}" if self.prefix else name
        padding = " " * (width - cells(name))
        words = " ".join(printable(part) for part in (task.text, task.detail) if part)
        space = columns - len(seconds) - 2
        left = fit(f" {mark} {label}{_transfers(task)}{padding} {words}", max(0, space))
        gap = " " * max(1, space - cells(left) + 1)
        if columns < len(seconds) + 8:
            return fit(left, columns - 1)
        # The colours go in last, so that they never count as columns.
        color = _COLORS[task.status]
        left = left.replace(f" {mark} ", f" {self.paint(color or '33', mark)} ", 1)
        if words and color and left.endswith(words):
            left = left.removesuffix(words) + self.paint(color, words)
        return left + gap + self.paint(_BLUE, seconds)

    def paint(self, color: str, text: str) -> str:
        """Return a text in a colour."""
        return f"\x1b[{color}m{text}\x1b[0m" if self.color and text else text


def _most_telling(tasks: list[Task], room: int) -> tuple[list[Task], int]:
    """Return the tasks to show where not all have room: failed and working ones go first."""
    if len(tasks) <= room:
        return tasks, 0
    kept = max(0, room - 1)
    rank = {"failed": 0, "working": 1, "warning": 2, "skipped": 3, "done": 4}
    chosen = sorted(range(len(tasks)), key=lambda i: (rank[tasks[i].status], i))[:kept]
    return [tasks[i] for i in sorted(chosen)], len(tasks) - kept


def _transfers(task: Task) -> str:
    """Return a pull's layers as a row of gauges, and the bytes: ` [⣿⣦⠀] 3.1MB / 7.2MB`."""
    if not task.layers or task.status != "working":
        return ""
    layers = task.layers.values()
    known = [layer for layer in layers if layer.total]
    gauges = "".join(_gauge(layer) for layer in layers)
    if len(known) < len(task.layers):
        return f" [{gauges}]"
    current, total = sum(layer.current for layer in known), sum(layer.total for layer in known)
    return f" [{gauges}] {human_size(current)} / {human_size(total)}"


def _gauge(layer: Progress) -> str:
    share = min(1.0, layer.current / layer.total) if layer.total else 0.0
    return _FILL[int(share * (len(_FILL) - 1))]


def human_size(size: float) -> str:
    """Return bytes as docker shows them: four digits, powers of 1000, as in `3.146MB`."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.4g}{unit}"


def _without_color(line: str) -> str:
    while (start := line.find("\x1b[")) >= 0:
        line = line[:start] + line[line.index("m", start) + 1 :]
    return line


def _terminal_size(out: TextIO) -> tuple[int, int]:
    """Return columns and rows; a terminal that says 0, or is gone, counts as 80 by 24."""
    try:
        columns, rows = os.get_terminal_size(out.fileno())
    except (OSError, ValueError):
        return 80, 24
    return columns or 80, rows or 24
