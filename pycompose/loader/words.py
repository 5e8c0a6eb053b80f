"""The parts that messages are made of: a value in quotes, a choice, the kind of a value.

Whatever a terminal could act on is escaped here, and long values are cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from pycompose.model.values import Json

_LONGEST = 60  # characters of a value that are shown


def show(value: object) -> str:
    """Return a value in quotes, cut short, its control characters escaped."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...")


def brief(text: str) -> str:
    """Return a text as `show` does, without the quotes."""
    return show(text)[1:-1]


def listed(words: Sequence[str]) -> str:
    """Return words as a choice: `a, b or c`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def kind_of(value: Json) -> str:
    """Return what a value is, in a word or two."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, float) and not value.is_integer():
        return "a fraction"
    if isinstance(value, str):
        return "a string"
    return (
        "a list"
        if isinstance(value, list)
        else "a mapping"
        if isinstance(value, dict)
        else "a number"
    )
