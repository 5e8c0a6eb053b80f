"""The part of a document that breaks the schema, so that a mistake in a huge file is found soon.

jsonschema needs a minute for what the gate reads in a second. In comes a document the gate
refuses, out goes what it refuses of it: sections, services, attributes and items that are valid by
themselves are left out. Items of lists leave a mark, so that the others keep their index.
"""

from __future__ import annotations

from pycompose.errors import MOST_PROBLEMS
from pycompose.loader.gate import Check
from pycompose.loader.tree import Map, Node, Scalar, Seq

_DEEPEST = 4  # levels that are taken apart: section, name, attribute, item
_FEW = 50  # items that are not worth it


def narrow(document: Map, gate: Check) -> Map:
    """Return the part of a document that `gate` refuses; all of it if only the whole is wrong."""
    found = _narrowed(document, lambda node: not gate(node), 1)
    return found if isinstance(found, Map) else document


def _narrowed(node: Node, fails: Check, depth: int) -> Node:
    """Return what of a node makes `fails` true, the node itself if no part of it does."""
    if isinstance(node, Map):
        return _entries(node, fails, depth)
    if isinstance(node, Seq) and len(node.items) > _FEW:
        return _items(node, fails)
    return node


def _entries(node: Map, fails: Check, depth: int) -> Map:
    kept: dict[str, Node] = {}
    for key, value in node.entries.items():
        only = _only(node, key, fails)
        if only(value):
            kept[key] = _narrowed(value, only, depth + 1) if depth < _DEEPEST else value
    smaller = Map(kept, node.at, node.keys, node.tag)
    return smaller if fails(smaller) else node


def _only(node: Map, key: str, fails: Check) -> Check:
    """Return whether a mapping fails that has nothing but a value at this key."""
    return lambda value: fails(Map({key: value}, node.at, node.keys, node.tag))


def _items(node: Seq, fails: Check) -> Seq:
    """Return a list with a mark in the place of items that are valid by themselves."""
    wrong: set[int] = set()
    halves = [(0, len(node.items))]
    while halves and len(wrong) < MOST_PROBLEMS:
        start, end = halves.pop()
        if not fails(Seq(node.items[start:end], node.at, node.tag)):
            continue
        if end - start == 1:
            wrong.add(start)
        else:
            middle = (start + end) // 2
            halves += [(middle, end), (start, middle)]
    mark = Scalar(None, node.at, "", tag="!reset")
    items = tuple(item if index in wrong else mark for index, item in enumerate(node.items))
    smaller = Seq(items, node.at, node.tag)
    return smaller if fails(smaller) else node
