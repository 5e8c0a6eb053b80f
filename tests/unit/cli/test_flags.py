from __future__ import annotations

import pytest

from pycompose.cli.flags import Flag, Words, parse
from pycompose.errors import UsageError

FLAGS = (
    Flag("detach", "detach", "d", switch=True, integer=False),
    Flag("quiet", "quiet", "q", switch=True, integer=False),
    Flag("yes", "yes", "y", switch=True, integer=False),
    Flag("file", "file", "f", switch=False, integer=False),
    Flag("timeout", "timeout", "t", switch=False, integer=True),
    Flag("scale", "scale", "", switch=False, integer=False),
)


def read(line: str, *, interspersed: bool = True) -> Words:
    return parse(FLAGS, line.split(" ") if line else [], interspersed=interspersed)


@pytest.mark.parametrize(
    ("line", "switches", "valued", "positional"),
    [
        ("", {}, [], []),
        ("-d", {"detach": True}, [], []),
        ("-dq", {"detach": True, "quiet": True}, [], []),
        ("--detach=false", {"detach": False}, [], []),
        ("-d --detach=f", {"detach": False}, [], []),
        ("-d=T", {"detach": True}, [], []),
        ("-f x", {}, ["--file=x"], []),
        ("-fx", {}, ["--file=x"], []),
        ("-f=x", {}, ["--file=x"], []),
        ("-df x", {"detach": True}, ["--file=x"], []),
        ("-f -d", {}, ["--file=-d"], []),
        ("--file --detach", {}, ["--file=--detach"], []),
        ("--file=", {}, ["--file="], []),
        ("--file a=b", {}, ["--file=a=b"], []),
        ("-t -5", {}, ["--timeout=-5"], []),
        ("a -d b", {"detach": True}, [], ["a", "b"]),
        ("a -- -d", {}, [], ["a", "-d"]),
        ("-", {}, [], ["-"]),
    ],
)
def test_words_are_told_apart(line, switches, valued, positional) -> None:
    found = read(line)
    assert (found.switches, found.valued, found.positional) == (switches, valued, positional)


def test_only_leading_flags_are_read_unless_interspersed() -> None:
    found = read("-d up -q --nosuch", interspersed=False)
    assert found.switches == {"detach": True}
    assert found.positional == ["up", "-q", "--nosuch"]


def test_words_for_click_guard_what_looks_like_a_flag() -> None:
    assert read("-f x -- -d").click() == ["--file=x", "--", "-d"]


def test_a_deprecated_spelling_is_replaced_and_told() -> None:
    found = read("--y")
    assert found.switches == {"yes": True}
    assert found.replaced == [("--y", "--yes")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--nosuch", "unknown flag: --nosuch"),
        ("--nosuch=1", "unknown flag: --nosuch"),
        ("--det", "unknown flag: --det"),
        ("---x", "bad flag syntax: ---x"),
        ("--=x", "bad flag syntax: --=x"),
        ("-Z", "unknown shorthand flag: 'Z' in -Z"),
        ("-dZq", "unknown shorthand flag: 'Z' in -Zq"),
        ("--file", "flag needs an argument: --file"),
        ("-df", "flag needs an argument: 'f' in -f"),
        ("-t x", 'invalid argument "x" for "-t, --timeout" flag: expected a whole number'),
        ("-d=", "unknown shorthand flag: '=' in -="),
        ("--detach=", 'invalid argument "" for "-d, --detach" flag: expected true or false'),
    ],
)
def test_what_cannot_be_read_is_told(line, message) -> None:
    with pytest.raises(UsageError) as caught:
        read(line)
    assert str(caught.value) == message
