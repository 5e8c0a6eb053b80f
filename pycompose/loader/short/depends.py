"""`depends_on`: a list of services to a mapping.

Source: compose-spec 05-services.md#depends_on
"""

from __future__ import annotations

from pycompose.errors import Position
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Scalar, Seq


def depends_on(node: Node) -> Node:
    """Return dependencies by service; those of a list are to be started, and required."""
    if not isinstance(node, Seq):
        return node
    entries: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    for item in node.items:
        service = string(item)
        condition = text("service_started", item.at)
        required = Scalar(True, item.at, "true")
        entries[service] = Map({"condition": condition, "required": required}, item.at)
        keys[service] = item.at
    return Map(entries, node.at, keys)
