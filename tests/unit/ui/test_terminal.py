"""The live display, on the screen of a terminal in memory."""

from __future__ import annotations

import io

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose.events import Event, LogLine, Notice, Progress, StepEvent
from pycompose.ui.tty import Tty, human_size


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal:
    """A display and the screen it draws on; frames are drawn by hand, no thread runs."""

    def __init__(self, columns: int = 60, rows: int = 10, **options) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.clock = Clock()
        self.out = io.StringIO()
        self.columns, self.rows = columns, rows
        size = lambda: (self.columns, self.rows)  # noqa: E731 - what a terminal's `size` is: a function of no arguments
        self.tty = Tty(self.out, title="up", size=size, clock=self.clock, **options)

    def tell(self, *events: Event) -> None:
        for event in events:
            self.tty.take(event)

    def draw(self) -> list[str]:
        self.tty.draw(self.tty.frame())
        return self.look()

    def end(self) -> list[str]:
        self.tty.close()
        return self.look()

    def look(self) -> list[str]:
        self.stream.feed(self.out.getvalue().replace("\n", "\r\n"))
        self.out.seek(0)
        self.out.truncate()
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines


def step(name: str, text: str, status="working", detail: str = "") -> StepEvent:
    return StepEvent(id=name, text=text, status=status, detail=detail)


def test_the_block_is_redrawn_in_place() -> None:
    terminal = Terminal()
    terminal.tell(step("Network demo_default", "Creating"))
    terminal.clock.now = 0.14
    assert terminal.draw() == [
        "[+] up 0/1",
        " ⠋ Network demo_default Creating                       0.1s",
    ]
    terminal.tell(step("Network demo_default", "Created", "done"))
    terminal.tell(step("Container x", "Starting"))
    terminal.clock.now = 1.2
    assert terminal.draw() == [
        "[+] up 1/2",
        " ✔ Network demo_default Created                        0.1s",
        " ⠋ Container x          Starting                       1.1s",
    ]
    terminal.tell(step("Container x", "Error", "failed", "no\x1b[2J luck"))
    assert terminal.end() == [
        "[+] up 2/2",
        " ✔ Network demo_default Created                        0.1s",
        " ✘ Container x          Error no\\e[2J luck             1.1s",
    ]
    assert not terminal.screen.cursor.hidden
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (0, 3)


def test_the_clock_counts_from_the_first_word_to_the_last() -> None:
    terminal = Terminal()
    for now, text, status in (
        (0.0, "Stopping", "working"),
        (1.0, "Stopped", "done"),
        (1.0, "Removing", "working"),
        (2.5, "Removed", "done"),
    ):
        terminal.clock.now = now
        terminal.tell(step("Container x", text, status))
    assert terminal.end()[1].endswith("2.5s")


def test_notices_stand_above_the_block() -> None:
    terminal = Terminal()
    terminal.tell(step("Container x", "Starting"))
    terminal.draw()
    terminal.tell(Notice(message="first"), Notice(message="second\nline", level="info"))
    lines = terminal.draw()
    assert lines[:4] == ["warning: first", "second", "line", "[+] up 0/1"]
    assert len(lines) == 5


def test_layers_are_gauges_until_the_image_is_there() -> None:
    terminal = Terminal()
    terminal.tell(step("Image redis", "Pulling"))
    for layer, current in (("a", 0), ("b", 500_000), ("c", 1_000_000)):
        terminal.tell(
            Progress(
                parent="Image redis", id=layer, text="Downloading", current=current, total=10**6
            )
        )
    assert terminal.draw()[1].startswith(" ⠋ Image redis [⠀⣤⣿] 1.5MB / 3MB Pulling ")
    terminal.tell(step("Image redis", "Pulled", "done"))
    assert terminal.end()[1].startswith(" ✔ Image redis Pulled ")


def test_what_does_not_fit_is_counted() -> None:
    terminal = Terminal(rows=6)
    for number in range(20):
        terminal.tell(step(f"Container c{number}", "Started", "done"))
    terminal.tell(step("Container slow", "Starting"), step("Container bad", "Error", "failed"))
    for _ in range(3):
        lines = terminal.draw()
    assert lines[0] == "[+] up 21/22"
    assert [line.split()[2] for line in lines[1:4]] == ["c0", "slow", "bad"]
    assert lines[4] == "   … 19 more"
    assert len(lines) == 5


def test_the_last_block_is_whole_and_scrolls() -> None:
    terminal = Terminal(rows=6)
    for number in range(20):
        terminal.tell(step(f"Container c{number}", "Started", "done"))
    terminal.draw()
    assert [line.split()[2] for line in terminal.end()] == ["c15", "c16", "c17", "c18", "c19"]


def test_settling_begins_a_new_block() -> None:
    terminal = Terminal()
    terminal.tell(step("Container x", "Started", "done"))
    terminal.tty.settle()
    terminal.tell(step("Container y", "Stopping"))
    lines = terminal.draw()
    assert [line[:6] for line in lines] == ["[+] up", " ✔ Con", "[+] up", " ⠋ Con"]


def test_without_colours_none_are_written() -> None:
    out = io.StringIO()
    tty = Tty(out, color=False, size=lambda: (60, 10))
    tty.take(Notice(message="x"))
    tty.take(step("Container x", "Started", "done"))
    tty.close()
    assert "m" not in {part[-1:] for part in out.getvalue().split("\x1b[")[1:]}
    assert "\x1b[3" not in out.getvalue()


def test_nothing_told_is_nothing_written() -> None:
    terminal = Terminal()
    terminal.tell(LogLine(name="x", line=b"y"))
    assert terminal.end() == []


def test_a_real_thread_ticks_and_ends() -> None:
    out = io.StringIO()
    tty = Tty(out, size=lambda: (60, 10))
    tty(step("Container x", "Starting"))
    thread = tty.thread
    assert thread is not None
    assert thread.daemon
    tty.close()
    tty.close()
    assert not thread.is_alive()
    assert out.getvalue().endswith("\x1b[J\x1b[?25h")


NAMES = st.text(max_size=12).map(lambda text: f"Container {text}")
STATUSES = st.sampled_from(["working", "done", "failed", "skipped", "warning"])


@given(
    st.integers(0, 50),
    st.integers(0, 8),
    st.lists(st.builds(step, NAMES, st.text(max_size=12), STATUSES, st.text(max_size=30))),
)
def test_no_frame_is_wider_or_higher_than_the_terminal(columns, rows, events) -> None:
    terminal = Terminal(max(1, columns), max(1, rows))
    terminal.columns, terminal.rows = columns, rows
    terminal.tell(*events)
    terminal.tty.draw(terminal.tty.frame())
    assert len(terminal.tty.drawn) <= max(0, rows - 1)
    assert all(width < max(1, columns) for width in terminal.tty.drawn)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0B"), (999, "999B"), (1000, "1kB"), (3_146_000, "3.146MB"), (12_345_678, "12.35MB")],
)
def test_sizes_are_dockers(size, text) -> None:
    assert human_size(size) == text
