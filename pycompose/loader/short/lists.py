"""Lists that may be written as a single value, and the keys by which their items are one.

Source: compose-spec 05-services.md#dns, #tmpfs, #env_file
"""

from __future__ import annotations

from pycompose.loader.short.scalars import string
from pycompose.loader.tree import Map, Node, Scalar, Seq


def listed(node: Node) -> Node:
    """Return a single value as a list of it, a list as it is."""
    return node if isinstance(node, Seq) else Seq((node,), node.at)


def without_empty(node: Node) -> tuple[Node, ...]:
    """Return an item, or nothing for an empty string."""
    return () if isinstance(node, Scalar) and node.value == "" else (node,)


def member(node: Node, key: str) -> str:
    """Return the value of a mapping's `key` as text; "" where it is not given."""
    child = node.entries.get(key) if isinstance(node, Map) else None
    if child is None:
        return ""
    value = child.value if isinstance(child, Scalar) else None
    return value if isinstance(value, str) else string(child)


def value_key(node: Node) -> str:
    """Return what makes an item of a plain list the same as another one: its text."""
    return string(node)


def assigned_key(node: Node) -> str:
    """Return what makes an item the same as another one: its text before a `=`."""
    return string(node).partition("=")[0]
