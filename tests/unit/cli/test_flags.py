from __future__ import annotations

import pytest

from pycompose.cli.declared import Argument, Option, Parameter
from pycompose.cli.flags import Words, arguments, check_words, parse, unfinished
from pycompose.errors import UsageError

PARAMETERS = (
    Parameter("services", Argument("[SERVICE...]"), (list[str], type(None)), None),
    Parameter("detach", Option("-d", "--detach"), (bool,), False),
    Parameter("quiet", Option("-q", "--quiet"), (bool,), False),
    Parameter("yes", Option("-y", "--yes"), (bool,), False),
    Parameter("file", Option("-f", "--file"), (str, type(None)), None),
    Parameter("timeout", Option("-t", "--timeout"), (int, type(None)), None),
    Parameter("timings", Option("--timings", bare="-"), (str, type(None)), None),
    Parameter("scale", Option("--scale"), (list[str], type(None)), None),
)


def read(line: str, *, interspersed: bool = True) -> Words:
    return parse(PARAMETERS, line.split(" ") if line else [], interspersed=interspersed)


@pytest.mark.parametrize(
    ("line", "values", "positional"),
    [
        ("", {}, []),
        ("-d", {"detach": True}, []),
        ("-dq", {"detach": True, "quiet": True}, []),
        ("--detach=false", {"detach": False}, []),
        ("-d --detach=f", {"detach": False}, []),
        ("-d=T", {"detach": True}, []),
        ("-f x", {"file": "x"}, []),
        ("-fx", {"file": "x"}, []),
        ("-f=x", {"file": "x"}, []),
        ("-df x", {"detach": True, "file": "x"}, []),
        ("-f -d", {"file": "-d"}, []),
        ("--file --detach", {"file": "--detach"}, []),
        ("--file=", {"file": ""}, []),
        ("--file a=b", {"file": "a=b"}, []),
        ("--file a --file b", {"file": "b"}, []),
        ("-t -5", {"timeout": -5}, []),
        ("--scale a=1 --scale b=2", {"scale": ["a=1", "b=2"]}, []),
        ("--timings a", {"timings": "-"}, ["a"]),
        ("--timings=x a", {"timings": "x"}, ["a"]),
        ("--timings -d", {"timings": "-", "detach": True}, []),
        ("a -d b", {"detach": True}, ["a", "b"]),
        ("a -- -d", {}, ["a", "-d"]),
        ("-", {}, ["-"]),
        ("-h", {"help": True}, []),
    ],
)
def test_words_are_told_apart(line, values, positional) -> None:
    found = read(line)
    assert (found.values, found.positional) == (values, positional)


def test_only_leading_flags_are_read_unless_interspersed() -> None:
    found = read("-d up -q --nosuch", interspersed=False)
    assert found.values == {"detach": True}
    assert found.positional == ["up", "-q", "--nosuch"]


def test_what_is_not_given_has_its_default() -> None:
    given = arguments(PARAMETERS, read("web -t 5"))
    assert given == {
        "services": ["web"],
        "detach": False,
        "quiet": False,
        "yes": False,
        "file": None,
        "timeout": 5,
        "timings": None,
        "scale": None,
    }


def test_words_are_refused_where_a_command_declares_no_argument() -> None:
    check_words(PARAMETERS, ["web"], "pycompose up")
    with pytest.raises(UsageError, match='unknown command "web" for "pycompose version"'):
        check_words(PARAMETERS[1:], ["web"], "pycompose version")


def test_words_that_are_missing_are_asked_for() -> None:
    services = Parameter("services", Argument("SERVICE...", least=1), (list[str],), None)
    with pytest.raises(UsageError, match="'pycompose wait' requires at least 1 argument"):
        check_words([services], [], "pycompose wait")
    check_words([services], ["web"], "pycompose wait")


def test_a_deprecated_spelling_is_replaced_and_told() -> None:
    found = read("--y")
    assert found.values == {"yes": True}
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


@pytest.mark.parametrize(
    ("line", "flag", "ended"),
    [
        ("", None, False),
        ("-d", None, False),
        ("-d -f", "file", False),
        ("--file", "file", False),
        ("-df", "file", False),
        ("-f x", None, False),
        ("--timings", None, False),
        ("a", None, False),
        ("a --", None, True),
    ],
)
def test_what_comes_next_is_known_of_a_line_that_goes_on(line, flag, ended) -> None:
    found = unfinished(PARAMETERS, line.split(" ") if line else [])
    assert (found.flag and found.flag.name, found.ended) == (flag, ended)
