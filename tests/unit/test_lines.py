"""Lines of logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from pycompose.lines import LONGEST, split


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
    found = [(line.time, line.line) for line in split(frames, "web-1", "frames")]
    assert found == [(b"T1", b"aabb"), (b"T3", b"c")]


def test_each_line_of_a_terminal_begins_with_its_time() -> None:
    frames = Frames([(1, b"T1 a\nT2 "), (1, b"b c\n")])
    found = [(line.time, line.line) for line in split(frames, "web-1", "lines")]
    assert found == [(b"T1", b"a"), (b"T2", b"b c")]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_very_long_line_comes_in_parts_with_one_time(end: bytes) -> None:
    piece = b"x" * (LONGEST // 4)
    frames = Frames([*[(1, b"T1 " + piece)] * 9, (1, b"T2 y" + end), (2, b"T3 other\n")])
    *parts, other = split(frames, "web-1", "frames")
    if not end:
        parts, other = [*parts[:-1], other], parts[-1]
    assert b"".join(part.line for part in parts) == piece * 9 + b"y"
    assert {part.time for part in parts} == {b"T1"}
    assert [part.partial for part in parts] == [True, True, False]
    assert [part.continued for part in parts] == [False, True, True]
    assert max(len(part.line) for part in parts) <= LONGEST + len(piece)
    assert (other.time, other.line, other.partial, other.continued) == (
        b"T3",
        b"other",
        False,
        False,
    )


def test_a_line_that_ends_with_its_last_part_is_one_line() -> None:
    found = list(split(Frames([(1, b"x" * LONGEST), (1, b"\n"), (1, b"y\n")]), "web-1"))
    assert [(len(line.line), line.partial, line.continued) for line in found] == [
        (LONGEST, True, False),
        (0, False, True),
        (1, False, False),
    ]
