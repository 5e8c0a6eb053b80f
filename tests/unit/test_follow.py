"""Output of containers that is followed over lost connections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import pytest

from pycompose.engine.fake import FakeEngine
from pycompose.errors import EngineError, EngineUnavailable
from pycompose.events import LogLine
from pycompose.follow import MOST_BREAKS, Follower, Target, stamped


class Frames:
    """A stream of frames that is there already."""

    def __init__(self, frames: Iterable[tuple[int, bytes]]) -> None:
        self.frames = iter(frames)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return self.frames

    def close(self) -> None:
        pass


LOST = EngineUnavailable("lost the connection", request="GET /logs")


class BreakingEngine(FakeEngine):
    """An engine whose streams of logs break off after so many frames, one after the other."""

    breaks: tuple[int, ...] = ()

    def logs(self, container, **options):
        stream = super().logs(container, **options)
        if not options.get("follow") or not self.breaks:
            return stream
        count, *rest = self.breaks
        self.breaks = tuple(rest)

        def some():
            for number, frame in enumerate(stream):
                if number == count:
                    break
                yield frame
            raise LOST

        return Frames(some())


def running(
    *breaks: int, written: int = 5, engine: FakeEngine | None = None
) -> tuple[FakeEngine, str]:
    """Return an engine with a container that wrote some lines, two at each moment, and ended."""
    engine = engine or BreakingEngine()
    if isinstance(engine, BreakingEngine):
        engine.breaks = breaks
    engine.add_image("busybox:latest")
    id = engine.create_container("web", {"Image": "busybox:latest", "Tty": False})["Id"]
    engine.start_container(id)
    for number in range(written):
        engine.write(id, b"line %d\n" % number)
        engine.advance(number % 2)
    engine.exit(id)
    return engine, id


def followed(engine: FakeEngine, **target) -> list[bytes]:
    lines = Follower(engine, lambda output: None).lines(Target(**target, name="web"))
    return [line.line for line in lines if isinstance(line, LogLine)]


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("breaks", [(), (0,), (1,), (2, 1), (2, 2, 2), (3, 0, 0, 3)])
def test_f_28_output_goes_on_where_a_connection_broke_off(breaks, whole) -> None:
    engine, id = running(*breaks)

    assert followed(engine, id=id, whole=whole) == [b"line %d" % n for n in range(5)]


def test_f_28_a_stream_that_breaks_off_again_and_again_is_lost() -> None:
    engine, id = running(*[0] * (MOST_BREAKS + 1))

    with pytest.raises(EngineError, match="lost the connection"):
        followed(engine, id=id)


class HastyEngine(FakeEngine):
    """An engine that ends a stream that is followed after so many lines, as if all was told."""

    def logs(self, container, **options):
        stream = super().logs(container, **options)
        return Frames(islice(stream, 2)) if options.get("follow") else stream


@pytest.mark.parametrize("whole", [False, True])
def test_what_an_engine_leaves_out_at_the_end_of_a_stream_is_told(whole) -> None:
    engine, id = running(engine=HastyEngine())

    assert followed(engine, id=id, whole=whole) == [b"line %d" % n for n in range(5)]


def test_only_the_lines_asked_for_are_told_after_a_break() -> None:
    engine, id = running(0, 1)

    assert followed(engine, id=id, tail="2") == [b"line 3", b"line 4"]


def test_times_are_told_beside_the_lines() -> None:
    engine, id = running(2, written=3)
    follower = Follower(engine, lambda output: None)

    told = list(follower.lines(Target(id=id, name="web")))

    assert [line.line for line in told] == [b"line 0", b"line 1", b"line 2"]
    assert [stamped(line).line for line in told] == [
        b"%b %b" % (line.time, line.line) for line in told
    ]
    assert all(line.time.endswith(b"Z") for line in told)
