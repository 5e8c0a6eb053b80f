"""Log lines: golden bytes, as Docker Compose 2.40.3 prints them."""

from __future__ import annotations

import io

import pytest

from pycompose.events import LogLine
from pycompose.ui.logs import Logs, LogStyle


def shown(*lines: LogLine, color: bool = False, **style: bool) -> tuple[bytes, bytes]:
    out, errors = io.BytesIO(), io.BytesIO()
    sink = Logs(out, errors, LogStyle(**style), color=color)
    for line in lines:
        sink(line)
    sink.flush()
    return out.getvalue(), errors.getvalue()


def test_names_are_lined_up_and_the_column_grows() -> None:
    out, _ = shown(
        LogLine(name="web-1", line=b"one"),
        LogLine(name="longname-1", line=b"two"),
        LogLine(name="web-1", line=b"three"),
    )
    assert out == b"web-1  | one\nlongname-1  | two\nweb-1       | three\n"


def test_an_announced_name_counts_from_the_start() -> None:
    out, _ = shown(
        LogLine(name="web-1", line=b"", raw=True),
        LogLine(name="longname-1", line=b"", raw=True),
        LogLine(name="web-1", line=b"one"),
    )
    assert out == b"web-1       | one\n"


def test_colours_go_round_in_the_order_of_appearance() -> None:
    out, _ = shown(*(LogLine(name=f"s{n}", line=b"x") for n in range(11)), color=True)
    codes = [line.split(b"m", 1)[0] for line in out.splitlines()]
    hues = [b"36", b"33", b"32", b"35", b"34"]
    expected = [*hues, *(hue + b";1" for hue in hues), hues[0]]
    assert codes == [b"\x1b[" + code for code in expected]
    assert out.startswith(b"\x1b[36ms0  | \x1b[0mx\n")


def test_no_color_wins_over_a_terminal() -> None:
    out = io.BytesIO()
    Logs(out, out, LogStyle(color=False), color=True)(LogLine(name="a", line=b"x"))
    assert out.getvalue() == b"a  | x\n"


def test_lines_without_names() -> None:
    out, _ = shown(LogLine(name="a", line=b"x"), prefix=False)
    assert out == b"x\n"


def part(text: bytes, name: str = "a", *, first: bool = False, last: bool = False) -> LogLine:
    return LogLine(name=name, line=text, partial=not last, continued=not first)


def test_the_parts_of_a_long_line_are_one_row() -> None:
    out, _ = shown(
        part(b"1", first=True), part(b"2"), part(b"3", last=True), part(b"4", first=True)
    )
    assert out == b"a  | 123\na  | 4"


def test_what_comes_between_the_parts_of_a_line_has_a_row_of_its_own() -> None:
    out, _ = shown(
        part(b"1", first=True),
        LogLine(name="b", line=b"x"),
        part(b"2"),
        LogLine(name="b", line=b"exited with code 0", stream=0),
        part(b"3", last=True),
    )
    assert out == b"a  | 1\nb  | x\na  | 2\nb exited with code 0\na  | 3\n"


def test_a_terminal_is_shown_what_it_must_not_obey() -> None:
    out = io.BytesIO()
    logs = Logs(out, out, LogStyle(), terminal=True)
    logs(LogLine(name="a", line=b"\x1b]0;title\x07\x1b[31mred"))
    logs(LogLine(name="a", line=b"plain \xff\xc2\x9b2J"))
    assert out.getvalue().splitlines() == [
        b"a  | \\e]0;title\\x07\x1b[31mred\x1b[0m",
        b"a  | plain \xef\xbf\xbd\\x9b2J",
    ]


@pytest.mark.parametrize("split", [True, False])
def test_stderr_goes_to_stderr_only_where_asked(split) -> None:
    out, errors = shown(
        LogLine(name="a", line=b"1"), LogLine(name="a", line=b"2", stream=2), split=split
    )
    assert out + errors == b"a  | 1\na  | 2\n"
    assert (errors == b"a  | 2\n") is split


def test_remarks_have_no_column() -> None:
    line = LogLine(name="web-1", line=b"exited with code 0", stream=0)
    assert shown(line)[0] == b"web-1 exited with code 0\n"


def test_bytes_pass_unchanged() -> None:
    line = bytes(range(256)).replace(b"\n", b"")
    assert shown(LogLine(name="a", line=line))[0] == b"a  | " + line + b"\n"
    assert shown(LogLine(name="a", line=line, raw=True))[0] == line


def test_names_are_made_safe() -> None:
    assert shown(LogLine(name="a\x1b[2J", line=b"x"))[0] == b"a\\e[2J  | x\n"


class Counting(io.BytesIO):
    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


@pytest.mark.parametrize(("follow", "flushes"), [(True, 3), (False, 0)])
def test_only_following_flushes_each_line(follow, flushes) -> None:
    out = Counting()
    sink = Logs(out, out, LogStyle(follow=follow))
    for _ in range(3):
        sink(LogLine(name="a", line=b"x"))
    assert out.flushes == flushes
