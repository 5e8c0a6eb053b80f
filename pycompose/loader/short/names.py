"""`networks` and `models` of a service: a list of names to a mapping.

Source: compose-spec 05-services.md#networks, #models
"""

from __future__ import annotations

from pycompose.errors import Position
from pycompose.loader.short.scalars import string
from pycompose.loader.tree import Map, Node, Scalar, Seq


def by_name(node: Node) -> Node:
    """Return what a service uses by name; the entries of a list have no settings."""
    if not isinstance(node, Seq):
        return node
    entries: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    for item in node.items:
        entries[string(item)] = Scalar(None, item.at)
        keys[string(item)] = item.at
    return Map(entries, node.at, keys)
