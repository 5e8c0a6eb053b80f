"""Lines of logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycompose.follow import split


class Frames:
    """A stream of frames that is there already."""

    def __init__(self, frames: Iterable[tuple[int, bytes]]) -> None:
        self.frames = iter(frames)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return self.frames

    def close(self) -> None:
        pass


def lines(*frames: tuple[int, bytes]) -> list[tuple[int, bytes]]:
    return [(line.stream, line.line) for line in split(Frames(frames), "web-1")]


def test_each_line_is_told_by_itself() -> None:
    assert lines((1, b"a\nb\n"), (2, b"c\n")) == [(1, b"a"), (1, b"b"), (2, b"c")]


def test_a_line_in_several_frames_is_put_together() -> None:
    assert lines((1, b"a"), (2, b"x\n"), (1, b"b"), (1, b"c\nd\n")) == [
        (2, b"x"),
        (1, b"abc"),
        (1, b"d"),
    ]


def test_the_end_of_a_stream_ends_its_line() -> None:
    assert lines((1, b"a\nb"), (2, b"c")) == [(1, b"a"), (1, b"b"), (2, b"c")]


def test_empty_lines_are_kept_and_empty_frames_are_none() -> None:
    assert lines((1, b"\n"), (1, b""), (1, b"\n\n")) == [(1, b""), (1, b""), (1, b"")]


def test_only_the_first_piece_of_a_long_line_keeps_its_time() -> None:
    frames = Frames([(1, b"T1 aa"), (1, b"T2 bb\n"), (1, b"T3 c\n")])
    assert [line.line for line in split(frames, "web-1", stamped=True)] == [b"T1 aabb", b"T3 c"]
