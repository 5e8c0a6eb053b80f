"""Output of several containers in the order in which it was written."""

from __future__ import annotations

import pytest
from projects import IMAGE

from pycompose.engine.fake import FakeEngine
from pycompose.events import LogLine
from pycompose.follow import Ended, Target
from pycompose.interleave import OPENING, WINDOW, Followed, Reordered, stored


def line(moment: str, text: str = "") -> LogLine:
    return LogLine(name="web-1", line=text.encode(), time=moment.encode())


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def engine() -> FakeEngine:
    """Two containers that have written in turn."""
    engine = FakeEngine()
    engine.add_image(IMAGE)
    for name in ("aa", "bb"):
        engine.create_container(name, {"Image": IMAGE, "Cmd": ["x"], "Tty": False})
        engine.start_container(name)
    for number in range(6):
        engine.advance(1)
        engine.write(("aa", "bb")[number % 2], str(number).encode() + b"\n")
    return engine


def targets(engine: FakeEngine) -> list[Target]:
    return [Target(id=engine.container(name).id, name=name) for name in ("aa", "bb")]


def test_what_was_written_is_merged_by_its_time(engine: FakeEngine) -> None:
    found = list(stored(engine, targets(engine)))
    assert [(one.name, one.line) for one in found] == [
        (("aa", "bb")[number % 2], str(number).encode()) for number in range(6)
    ]
    assert [one.time for one in found] == sorted(one.time for one in found)


def test_a_container_that_cannot_be_read_does_not_hide_the_others(engine: FakeEngine) -> None:
    *lines, error = stored(engine, [*targets(engine), Target(id="gone", name="gone")])
    assert len(lines) == 6
    assert "gone" in str(error)


def test_who_listens_no_longer_stops_the_reading(engine: FakeEngine) -> None:
    found = stored(engine, targets(engine))
    next(found)
    found.close()


def test_a_line_that_comes_late_goes_before_younger_ones() -> None:
    clock = Clock()
    order = Reordered(clock)
    order.put(line("3"))
    order.put(line("1"))
    order.put(line("2"))
    assert [order.get().time for _ in range(3)] == [b"1", b"2", b"3"]
    assert order.get(0) is None


def test_lines_are_held_back_no_longer_than_needed() -> None:
    clock = Clock()
    order = Reordered(clock)
    order.put(line("2"))
    clock.now += WINDOW
    assert order.get(0) == line("2")
    order.hold()
    order.put(line("4"))
    order.put(line("3"))
    clock.now += OPENING + WINDOW
    assert [order.get(0), order.get(0)] == [line("3"), line("4")]


def test_containers_that_start_again_and_again_hold_nothing_back_for_long() -> None:
    clock = Clock()
    order = Reordered(clock)
    order.put(line("1"))
    for _ in range(10):
        order.hold()
        clock.now += OPENING / 10
    assert order.get(0) == line("1")


def test_what_is_no_output_comes_at_once_and_the_rest_in_order() -> None:
    order = Reordered(Clock())
    for item in (line("2"), Ended("a"), line("1"), "event"):
        order.put(item)
    assert order.get() == "event"
    assert order.rest() == [line("1"), line("2"), Ended("a")]
    assert order.get(0) is None


def test_followed_containers_are_told_of_once_and_new_ones_join(engine: FakeEngine) -> None:
    [a, b] = targets(engine)
    followed = Followed(engine, [a], linger=0.2)

    def watch(found: Followed) -> None:
        found.expect()
        found.begin(b)
        engine.write("aa", b"more\n")
        engine.exit("aa", 0)
        engine.exit("bb", 0)

    lines = [(one.name, one.line) for one in followed.lines(watch)]
    assert sorted(lines) == sorted(
        [(("aa", "bb")[n % 2], str(n).encode()) for n in range(6)] + [("aa", b"more")]
    )
    followed.close()


def test_a_container_that_starts_again_goes_on_where_it_was(engine: FakeEngine) -> None:
    [a, _] = targets(engine)
    followed = Followed(engine, [a], linger=0.5)

    def watch(found: Followed) -> None:
        engine.exit("aa", 0)
        engine.until(lambda: not found.follower.streams)
        engine.start_container("aa")
        engine.write("aa", b"again\n")
        found.expect()
        found.begin(a)
        engine.exit("aa", 0)

    lines = [one.line for one in followed.lines(watch)]
    assert lines == [b"0", b"2", b"4", b"again"]
