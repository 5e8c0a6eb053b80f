"""Mappings that may be written as a list of `key=value`: environment, labels, args and others.

Values become the text that Docker Compose makes of them. Messages name keys, never values.

Source: compose-spec 05-services.md#environment, #labels
"""

from __future__ import annotations

from pycompose.errors import Position
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Scalar, Seq


def variables(node: Node) -> Node:
    """Return a mapping to strings; a key without a value has null, to be resolved later.

    Raises:
        Invalid: an item is no string, or a value is a collection.
    """
    if isinstance(node, Map):
        return _texts(node, empty=None)
    return _mapping(node, empty=None)


def strings(node: Node) -> Node:
    """Return a mapping to strings; a key without a value has an empty one.

    Raises:
        Invalid: an item is no string, or a value is a collection.
    """
    if isinstance(node, Map):
        return _texts(node, empty="")
    return _mapping(node, empty="")


def _texts(node: Map, *, empty: str | None) -> Map:
    if "" in node.entries:
        raise Invalid(node.key_at(""), "expected a name before ':'", below=("",))
    changed: dict[str, Node] = {}
    for key, value in node.entries.items():
        if type(value) is not Scalar:
            if value.tag != "!reset":
                raise Invalid(value.at, "expected a string", below=(key,))
        elif type(value.value) is not str and value.tag != "!reset":
            found = empty if value.value is None else string(value)
            if found is not value.value:
                changed[key] = Scalar(found, value.at, value.text, value.quoted, value.tag)
    return Map({**node.entries, **changed}, node.at, node.keys, node.tag) if changed else node


def _mapping(node: Node, *, empty: str | None) -> Node:
    if not isinstance(node, Seq):
        raise Invalid(node.at, "expected a mapping or a list of 'key=value'")
    entries: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    for index, item in enumerate(node.items):
        if type(item) is not Scalar or item.value is None:
            raise Invalid(item.at, "expected 'key=value'", below=(index,))
        key, assigned, value = string(item).partition("=")
        entries[key] = text(value, item.at) if assigned else Scalar(empty, item.at)
        keys[key] = item.at
    return Map(entries, node.at, keys)
