"""Bytes between containers and us: whole, in pieces, and with what tar says of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from projects import IMAGE

from pycompose.engine.fake import Behaviour, FakeEngine
from pycompose.errors import EngineError
from pycompose.mover import Said, feed, output, run


def made(engine: FakeEngine, **behaviour: object) -> str:
    engine.behave("mover", Behaviour(**behaviour))  # type: ignore[arg-type]
    return str(engine.create_container("mover", {"Image": IMAGE})["Id"])


def test_what_is_written_comes_out_and_what_is_said_is_kept_apart(engine: FakeEngine) -> None:
    said = Said()
    pieces = ((1, b"ab"), (2, b"tar: x\ntar: "), (1, b"c"), (2, b"y"))
    assert b"".join(output(engine, made(engine, exits=0, output=pieces), said)) == b"abc"
    assert said.lines == ("tar: x", "tar: y")


def test_files_that_change_meanwhile_are_no_failure(engine: FakeEngine) -> None:
    said = Said()
    container = made(engine, exits=1, output=((2, b"tar: a: file changed as we read it\n"),))
    assert list(output(engine, container, said)) == []
    assert said.lines == ("tar: a: file changed as we read it",)


WAYS: dict[str, Callable[[FakeEngine, str], object]] = {
    "output": lambda engine, container: list(output(engine, container, Said())),
    "feed": lambda engine, container: feed(engine, container, iter([b"x"]), Said()),
    "run": lambda engine, container: run(engine, container, Said()),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_tar_that_fails_says_why(
    engine: FakeEngine, way: Callable[[FakeEngine, str], object]
) -> None:
    container = made(engine, exits=2, output=((2, b"tar: no space left\n"),))
    with pytest.raises(EngineError, match="status 2\n  tar: no space left"):
        way(engine, container)


def test_what_is_fed_arrives_in_order_and_ends(engine: FakeEngine) -> None:
    container = made(engine, exits=0)
    feed(engine, container, iter([b"one ", b"two"]), Said())
    assert engine.container(container).stdin == b"one two"
    assert engine.container(container).stdin_closed


def test_only_the_end_of_much_talk_is_kept() -> None:
    said = Said()
    for number in range(1000):
        said.take(b"line %d\n" % number)
    assert said.lines[-1] == "line 999"
    assert len(said.lines) == 20
