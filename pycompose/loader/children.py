"""What a mapping has under a key, taken as the kind that is looked for; empty where it is another.

For stages that read documents whose shape was validated, and only some of which have the key.
"""

from __future__ import annotations

from pycompose.loader.tree import Map, Node, Scalar, Seq, Value


def map_of(parent: Map, key: str) -> Map:
    """Return the mapping under a key."""
    child = parent.get(key)
    return child if isinstance(child, Map) else Map({}, parent.at)


def entries_of(parent: Map, key: str) -> dict[str, Node]:
    """Return the entries of the mapping under a key."""
    child = parent.get(key)
    return child.entries if isinstance(child, Map) else {}


def items_of(parent: Map, key: str) -> tuple[Node, ...]:
    """Return the items of the list under a key."""
    child = parent.get(key)
    return child.items if isinstance(child, Seq) else ()


def value_of(parent: Map, key: str) -> Value:
    """Return the value of the scalar under a key."""
    child = parent.get(key)
    return child.value if isinstance(child, Scalar) else None
