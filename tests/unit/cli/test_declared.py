from __future__ import annotations

from typing import Annotated

from pycompose.cli.declared import Argument, Option, parameters

Names = Annotated[list[str] | None, Option("--name", help="A name; repeatable")]


def command(
    ctx: str,
    words: Annotated[list[str] | None, Argument("[WORD...]")] = None,
    *,
    count: Annotated[int | None, Option("-c", "--count", help="How many")] = None,
    names: Names = None,
    text: Annotated[str, Option("--text", help="A text")] = "x",
    quiet: Annotated[bool, Option("-q", "--quiet", help="Say nothing")] = False,
) -> None:
    del ctx, words, count, names, text, quiet


def test_what_is_declared_is_read_from_the_annotations() -> None:
    found = {each.name: each for each in parameters(command)}
    assert list(found) == ["words", "count", "names", "text", "quiet"]
    assert isinstance(found["words"].declaration, Argument)
    assert found["text"].default == "x"


def test_kinds_follow_from_types() -> None:
    kinds = {each.name: (each.switch, each.integer, each.repeated) for each in parameters(command)}
    assert kinds == {
        "words": (False, False, True),
        "count": (False, True, False),
        "names": (False, False, True),
        "text": (False, False, False),
        "quiet": (True, False, False),
    }


def test_spellings_are_told_apart() -> None:
    option = Option("-q", "--quiet")
    assert (option.long, option.short, Option("--text").short) == ("quiet", "q", "")
