"""JSON as Go's encoder writes it, byte for byte: what hashes are taken of, and what is printed.

It differs from Python's in fractions, in what is escaped, and in what is not Unicode. Written
here and not with `json.dumps` and corrections, it takes half of the time for hashes field by field.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

from pycompose.model.values import Json

_ESCAPES: Final = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
        **{chr(code): "\ufffd" for code in range(0xD800, 0xE000)},
    }
)
string: Final = encode_basestring  # `compact` of what is a string for certain


def go_json(value: Json, *, indent: int | None = None) -> str:
    """Return JSON as Go's encoder writes it; keys keep their order, nothing is sorted here.

    `value` is made of dict, list, tuple, str, int, float, bool and None; keys are strings.
    """
    return escaped(compact(value) if indent is None else _indented(value, "\n", " " * indent))


def escaped(text: str) -> str:
    """Return what `compact` wrote, whole or a part, with what Go escapes besides."""
    if text.isascii() and "<" not in text and ">" not in text and "&" not in text:
        return text
    return text.translate(_ESCAPES)


def compact(value: Json) -> str:
    """Return JSON without spaces; `escaped` is left to be done, once for many."""
    return _WRITERS.get(type(value), _other)(value)


def _mapping(value: dict[str, Json]) -> str:
    items = [
        f"{string(key)}:{string(item) if type(item) is str else compact(item)}"
        for key, item in value.items()
    ]
    return "{" + ",".join(items) + "}"


def _listed(value: Sequence[Json]) -> str:
    items = [string(item) if type(item) is str else compact(item) for item in value]
    return "[" + ",".join(items) + "]"


def _indented(value: Json, before: str, step: str) -> str:
    """Return JSON over several lines; `before` is the line break and the indentation so far."""
    kind = type(value)
    deeper = before + step
    if kind is dict and value:
        items = [f"{string(key)}: {_indented(item, deeper, step)}" for key, item in value.items()]
        return "{" + deeper + f",{deeper}".join(items) + before + "}"
    if kind in (list, tuple) and value:
        items = [_indented(item, deeper, step) for item in value]
        return "[" + deeper + f",{deeper}".join(items) + before + "]"
    return compact(value)


def _other(value: Json) -> str:
    return _float(value) if isinstance(value, float) else json.dumps(value)


def _float(value: float) -> str:
    from decimal import Decimal  # a fraction is rare, the import takes a millisecond

    exact = Decimal(repr(value))
    if not exact.is_finite():
        return json.dumps(value)  # Go has no word for it
    if value and not 1e-6 <= abs(value) < 1e21:
        mantissa, _, exponent = f"{exact.normalize():e}".partition("e")
        return f"{mantissa}e{int(exponent):+d}"
    return f"{exact.normalize():f}"


# Who writes a value, by its type. Most are strings, and written in C.
_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: string,
    dict: _mapping,
    list: _listed,
    tuple: _listed,
    int: repr,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
