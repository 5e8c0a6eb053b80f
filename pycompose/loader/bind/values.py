"""Nodes to values of one type: what the tables of attributes are made of.

A converter takes a node and returns the value that the model holds, or raises `Wrong` with the node
that has no such value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, TypeAlias

from pycompose.loader.tree import Map, Node, Scalar, Seq, plain
from pycompose.model.values import nanoseconds, single, size

Convert: TypeAlias = Callable[[Node], Any]
Table: TypeAlias = Mapping[str, Convert]


class Wrong(Exception):
    """A value that cannot be converted."""

    def __init__(self, node: Node, message: str) -> None:
        super().__init__(message)
        self.node = node


def table(**converters: Convert) -> Table:
    """Return a table of attributes."""
    return converters


def section(attributes: Table, make: Callable[..., Any], *, extended: bool = True) -> Convert:
    """Return a converter of mappings with these attributes; null attributes count as not given.

    `extended` says that the model keeps the `x-*` of this section.
    """

    needed = _needed(make)

    def convert(node: Node) -> Any:
        if not isinstance(node, Map):
            raise Wrong(node, "expected a mapping")
        values: dict[str, Any] = {}
        rest = False
        for key, child in node.entries.items():
            attribute = attributes.get(key)
            if attribute is None:
                rest = True
            elif child.__class__ is not Scalar or child.value is not None:
                values[key] = attribute(child)
        for name in needed:
            if name not in values:
                raise Wrong(node, f"attribute '{name}' is missing")
        if rest and extended and (own := extensions(node)):
            values["extensions"] = own
        return make(**values)

    return convert


def _needed(make: Callable[..., Any]) -> list[str]:
    """Return the fields without a default of a named tuple."""
    defaults = getattr(make, "_field_defaults", {})
    return [name for name in getattr(make, "_fields", ()) if name not in defaults]


def extensions(node: Map) -> dict[str, Any]:
    """Return the `x-*` entries of a mapping as plain values."""
    return {key: plain(child) for key, child in node.entries.items() if key.startswith("x-")}


def text(node: Node) -> str:
    """Return a scalar as it was written; "" for null."""
    if not isinstance(node, Scalar):
        raise Wrong(node, "expected a string")
    value = node.value
    if isinstance(value, str):
        return value
    return "" if value is None else node.text or str(value)


def number(node: Node) -> int:
    """Return a whole number."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int):
        return value
    try:
        return int(text(node), 10)
    except ValueError:
        raise Wrong(node, f"expected a whole number, not {text(node)!r}") from None


def fraction(node: Node) -> float:
    """Return a number with a fraction, as precise as Docker Compose takes it."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str) or not isinstance(value, int | float) or not isfinite(value):
        raise Wrong(node, f"expected a number, not {text(node)!r}")
    try:
        return single(value)
    except ValueError as error:
        raise Wrong(node, str(error)) from None


def flag(node: Node) -> bool:
    """Return true or false."""
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise Wrong(node, "expected true or false")


def duration(node: Node) -> int:
    """Return a duration in nanoseconds."""
    try:
        return nanoseconds(text(node))
    except ValueError as error:
        raise Wrong(node, str(error)) from None


def octets(node: Node) -> int:
    """Return a size in bytes."""
    if isinstance(node, Scalar) and isinstance(node.value, int):
        return node.value
    try:
        return size(text(node))
    except ValueError as error:
        raise Wrong(node, str(error)) from None


def permissions(node: Node) -> int:
    """Return permission bits: a number as it is, a text as octal digits."""
    if isinstance(node, Scalar) and isinstance(node.value, int):
        return node.value
    try:
        return int(text(node), 8)
    except ValueError:
        raise Wrong(node, f"expected octal digits such as '0440', not {text(node)!r}") from None


def texts(node: Node) -> tuple[str, ...]:
    """Return the texts of a list."""
    return tuple([text(item) for item in items(node)])


def items(node: Node) -> tuple[Node, ...]:
    """Return the items of a list."""
    if not isinstance(node, Seq):
        raise Wrong(node, "expected a list")
    return node.items


def entries(node: Node) -> dict[str, Node]:
    """Return the entries of a mapping."""
    if not isinstance(node, Map):
        raise Wrong(node, "expected a mapping")
    return node.entries


def pairs(node: Node) -> dict[str, str]:
    """Return texts by key."""
    return {key: text(child) for key, child in entries(node).items()}


def variants(node: Node) -> dict[str, tuple[str, ...]]:
    """Return the texts of each key, from one value or a list; keys of empty lists are left out."""
    found = {
        key: texts(child) if isinstance(child, Seq) else (text(child),)
        for key, child in entries(node).items()
    }
    return {key: several for key, several in found.items() if several}


def variables(node: Node) -> dict[str, str | None]:
    """Return texts by key; None where a key has no value."""
    return {
        key: None if isinstance(child, Scalar) and child.value is None else text(child)
        for key, child in entries(node).items()
    }


def each(convert: Convert) -> Convert:
    """Return a converter of lists, from that of their items."""
    return lambda node: tuple([convert(item) for item in items(node)])


def keyed(convert: Convert) -> Convert:
    """Return a converter of mappings by name, from that of their values."""
    return lambda node: {key: convert(child) for key, child in entries(node).items()}


def hosts(node: Node) -> dict[str, tuple[str, ...]]:
    """Return addresses by host, from `host=address` items or a mapping."""
    if isinstance(node, Seq):
        found: dict[str, tuple[str, ...]] = {}
        for item in node.items:
            host, _, address = text(item).partition("=")
            found[host] = (*found.get(host, ()), address)
        return found
    return {
        host: texts(child) if isinstance(child, Seq) else (text(child),)
        for host, child in entries(node).items()
    }
