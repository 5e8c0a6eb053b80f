"""Scalars of one type from scalars of another: `"5"` where a number is meant, `yes` for true.

A scalar goes in and comes out, itself where it has the type already.

Source: compose-spec 12-interpolation.md; rule 19
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal, TypeAlias, TypeVar

from pycompose.errors import Position
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.tree import Node, Scalar
from pycompose.model.values import go_duration, go_float, nanoseconds, size

Cast: TypeAlias = Literal["int", "float", "bool", "str", "size", "duration", "mode"]
_T = TypeVar("_T")

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_NEGATIVE: Final = re.compile(r"-[0-9]{1,18}")
_OCTAL: Final = re.compile(r"[0-7]{1,6}")
_BOOLEANS: Final = {
    **dict.fromkeys(("true", "y", "yes", "on"), True),
    **dict.fromkeys(("false", "n", "no", "off"), False),
}


def text(value: str, at: Position) -> Scalar:
    """Return a string that stands at a place."""
    return Scalar(value, at, value, True)


def string(node: Node) -> str:
    """Return a scalar as the text Docker Compose makes of it; "" for null and for collections."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return go_float(value) if isinstance(value, float) else str(value)


def cast(node: Node, to: Cast) -> Node:
    """Return a scalar as the type its attribute has; null and collections as they are.

    Raises:
        Invalid: it cannot be one.
    """
    if not isinstance(node, Scalar) or node.value is None:
        return node
    value = _CASTS[to](node)
    return node if value is node.value else Scalar(value, node.at, node.text, node.quoted, node.tag)


def within(lowest: int, highest: int | None = None) -> Callable[[Node], Node]:
    """Return a function that casts to a whole number, and raises `Invalid` for one out of range."""
    expected = f"{lowest} or more" if highest is None else f"one from {lowest} to {highest}"

    def change(node: Node) -> Node:
        new = cast(node, "int")
        value = new.value if isinstance(new, Scalar) else None
        if isinstance(value, int) and (value < lowest or (highest is not None and value > highest)):
            raise Invalid(node.at, f"the number {value} is out of range, expected {expected}")
        return new

    return change


def counted(node: Node) -> Node:
    """Return a number as a whole one from 0.

    Raises:
        Invalid: it is none.
    """
    if isinstance(node, Scalar) and isinstance(node.value, float) and node.value >= 0:
        return whole(node)
    return within(0)(node)


def sized(node: Node) -> Node:
    """Return a size as the text of its number of bytes, where no number may stand.

    Raises:
        Invalid: it is none.
    """
    found = cast(node, "size")
    if not isinstance(found, Scalar) or found.value is None:
        return node
    return Scalar(str(found.value), node.at, found.text, found.quoted, found.tag)


def whole(node: Node) -> Node:
    """Return a number as a whole one.

    Raises:
        Invalid: it is none.
    """
    if isinstance(node, Scalar) and isinstance(node.value, float):
        # Compat: the fraction is cut off, but not off a text.
        return Scalar(int(node.value), node.at, node.text, node.quoted, node.tag)
    return cast(node, "int")


def microseconds(node: Node) -> Node:
    """Return a time as a whole number of microseconds.

    Raises:
        Invalid: it is none; durations such as `100ms` have never been read here.
    """
    try:
        return cast(node, "int")
    except Invalid as error:
        raise Invalid(error.at, error.message, "in microseconds: 100000 for 100ms") from None


def _int(node: Scalar) -> int:
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise Invalid(node.at, f"expected a whole number, not {_shown(node)}")


def _float(node: Scalar) -> float:
    value = node.value
    if isinstance(value, float):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and _FLOAT.fullmatch(value):
        return float(value)
    raise Invalid(node.at, f"expected a number such as 0.5, not {_shown(node)}")


def _bool(node: Scalar) -> bool:
    value = node.value
    if isinstance(value, bool):
        return value
    found = _BOOLEANS.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise Invalid(node.at, f"expected true or false, not {_shown(node)}")
    return found


def _str(node: Scalar) -> str:
    return string(node)


def _size(node: Scalar) -> int:
    value = node.value
    if isinstance(value, str) and not _NEGATIVE.fullmatch(value):
        return _measured(node, value, size)
    if isinstance(value, float):
        return 0  # Compat: a number with a fraction, be it zero, is no size
    return _int(node)  # -1 is unlimited; what `config` prints as text is to be read again


def _duration(node: Scalar) -> str:
    value = string(node)
    found = _measured(node, value, _go_style)
    return value if found == value else found


@lru_cache(maxsize=256)  # files say the same few durations again and again
def _go_style(duration: str) -> str:
    return go_duration(nanoseconds(duration))


def _mode(node: Scalar) -> int:
    value = node.value
    if isinstance(value, str):
        if _OCTAL.fullmatch(value):
            return int(value, 8)
        raise Invalid(node.at, f"expected octal digits such as '0440', not {_shown(node)}")
    return _int(node)


def _measured(node: Scalar, value: str, measure: Callable[[str], _T]) -> _T:
    try:
        return measure(value)
    except ValueError as error:
        raise Invalid(node.at, str(error)) from None


def _shown(node: Scalar) -> str:
    return f"'{string(node)[:80]}'"


_CASTS: Final[dict[Cast, Callable[[Scalar], str | int | float | bool]]] = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "str": _str,
    "size": _size,
    "duration": _duration,
    "mode": _mode,
}
