"""`build`: a path to a mapping.

Source: compose-spec build.md
"""

from __future__ import annotations

from pycompose.loader.tree import Map, Node, Scalar


def build(node: Node) -> Node:
    """Return how to build an image in long form: a text is the context."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return Map({"context": node}, node.at)
    return node
