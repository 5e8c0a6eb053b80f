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

_ROWS: Final = tree_of(field for field in FIELDS if field.default)
_BUILDS: Final = tree_of(field for field in FIELDS if field.pattern == ("services", "*", "build"))


def defaults(project: Map) -> Map:
    """Return a merged document with its defaults filled in and all tags removed."""

    def change(node: Node, field: Field) -> Node:
        return field.default(node) if field.default is not None else node

    filled = rewrite(settle(project), _ROWS, change)
    assert isinstance(filled, Map)
    return filled


def with_context(document: Map, base: str) -> Map:
    """Return a document whose builds all have a context: `base`, where they do not say."""

    def change(node: Node, field: Field) -> Node:
        del field
        if not isinstance(node, Map) or "context" in node.entries:
            return node
        return Map({**node.entries, "context": text(base, node.at)}, node.at, node.keys)

    filled = rewrite(document, _BUILDS, change)
    assert isinstance(filled, Map)
    return filled
