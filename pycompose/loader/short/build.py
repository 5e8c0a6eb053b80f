"""`build`, `additional_contexts` and `ssh`: texts and lists to mappings.

Source: compose-spec build.md
"""

from __future__ import annotations

from pycompose.errors import Position
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.mappings import strings
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Scalar, Seq


def build(node: Node) -> Node:
    """Return how to build an image in long form: a text is the context."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return Map({"context": node}, node.at)
    return node


def contexts(node: Node) -> Node:
    """Return the additional contexts of a build by name.

    Raises:
        Invalid: one has no place.
    """
    named = strings(node)
    for index, (name, place) in enumerate(named.entries.items() if isinstance(named, Map) else ()):
        if place.tag != "!reset" and string(place) == "":
            below = (index,) if isinstance(node, Seq) else (name,)
            message = f"context {name!r} is nowhere, expected a path, a URL or 'service:NAME'"
            raise Invalid(place.at, message, f"write '{name}: ./{name}'", below=below)
    return named


def ssh(node: Node) -> Node:
    """Return the SSH keys of a build by id; the agent's have no path.

    Raises:
        Invalid: an item of a list is neither `default` nor `id=path`.
    """
    if not isinstance(node, Seq):
        return node
    entries: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    for index, item in enumerate(node.items):
        id, found, path = string(item).partition("=")
        if not found:
            # Compat: `id: path` is how keys are printed.
            id, found, path = string(item).partition(": ")
        if not found and id != "default":
            message = f"{id!r} is no SSH key, expected 'default' or 'id=path'"
            raise Invalid(item.at, message, f"write '{id}=~/.ssh/id_rsa'", below=(index,))
        entries[id] = text(path, item.at) if found else Scalar(None, item.at)
        keys[id] = item.at
    return Map(entries, node.at, keys)
