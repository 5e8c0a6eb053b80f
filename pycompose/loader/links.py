"""Links in absolute paths, where what they lead to counts: `watch` hears of real files only.

In comes a document with absolute paths, out comes one in which those of `develop.watch` are real.

Source: compose.md rule 59
"""

from __future__ import annotations

from typing import Final

from pycompose.loader.fields import FIELDS, Field, rewrite, tree_of
from pycompose.loader.sources import Sources
from pycompose.loader.tree import Map, Node, Scalar

_ROWS: Final = tree_of(field for field in FIELDS if field.path == "linked")


def follow(document: Map, sources: Sources) -> Map:
    """Return the document with the links in its paths followed, as far as they lead anywhere."""

    def change(node: Node, field: Field) -> Node:
        del field
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return node
        real = sources.follow(node.value)
        if real == node.value:
            return node
        return Scalar(real, node.at, node.text, node.quoted, node.tag)

    followed = rewrite(document, _ROWS, change)
    assert isinstance(followed, Map)
    return followed
