"""What attributes are that no document gives, once all documents are merged.

These defaults take no part in merging; which attributes have one stands in the table of fields.

Source: compose-spec; compose.md rule 24
"""

from __future__ import annotations

from typing import Final

from pycompose.loader.fields import FIELDS, Field, rewrite, tree_of
from pycompose.loader.merge import settle
from pycompose.loader.short.scalars import text
from pycompose.loader.tree import Map, Node

_BUILD: Final = ("services", "*", "build")
_ROWS: Final = tree_of(field for field in FIELDS if field.default or field.pattern == _BUILD)


def defaults(project: Map, base: str = ".") -> Map:
    """Return a merged document with its defaults filled in and all tags removed.

    `base` is the directory of the project, the context of a build that has none.
    """

    def change(node: Node, field: Field) -> Node:
        if field.pattern == _BUILD and isinstance(node, Map) and "context" not in node.entries:
            context = text(base, node.at)
            return Map({**node.entries, "context": context}, node.at, node.keys)
        return field.default(node) if field.default is not None else node

    filled = rewrite(settle(project), _ROWS, change)
    assert isinstance(filled, Map)
    return filled
