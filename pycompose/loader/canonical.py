"""Short syntax to long, and each attribute to its type: shape only, no defaults.

In goes one valid document, out comes the same with one form for everything, so that all later
stages know just that one. Values keep the place of what they came from. `!reset` values are passed
over, `!override` stays on what the value becomes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pycompose.errors import ComposeFileError, Problem
from pycompose.loader.fields import FIELDS, Field, Row, tree_of
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import Cast, cast
from pycompose.loader.tree import Map, Node, Scalar, Seq, dotted

_ROWS: Final = tree_of(
    field for field in FIELDS if field.shape or field.expand or field.cast or field.unique
)

# The types that need no cast; a duration's text has many forms.
_TYPES: Final[dict[Cast | None, type]] = {
    "int": int,
    "size": int,
    "mode": int,
    "float": float,
    "bool": bool,
    "str": str,
}


def canonical(document: Map) -> Map:
    """Return a document whose attributes all have their long form and their type.

    Raises:
        ComposeFileError: values have none; holds every one of them.

    Source: compose-spec 05-services.md; compose.md rules 19, 24, 35-38 and 95-100
    """
    walk = Walk()
    node = walk.entries(document, _ROWS)
    if walk.problems:
        raise ComposeFileError(*walk.problems)
    return node


class Walk:
    """One pass over a document: where it is, and what it found wrong."""

    def __init__(self) -> None:
        self.path: list[str | int] = []
        self.problems: list[Problem] = []

    def node(self, node: Node, row: Row) -> Node:
        """Return a node in its long form, itself where it has that already."""
        field = row.field
        if field is not None and (field.shape or field.cast):
            try:
                node = _shaped(node, field)
            except Invalid as error:
                self.problem(error)
                return node
        if isinstance(node, Map):
            if row.entries or row.any:
                return self.entries(node, row)
        elif isinstance(node, Seq) and (row.item or (field and (field.expand or field.unique))):
            return self.items(node, row)
        return node

    def entries(self, node: Map, row: Row) -> Map:
        """Return a mapping with its values in long form."""
        known, other, path = row.entries, row.any, self.path
        changed: dict[str, Node] = {}
        for key, value in node.entries.items():
            below = known.get(key, other)
            if below is None or value.tag == "!reset" or _is_done(value, below.field):
                continue
            path.append(key)
            new = self.node(value, below)
            path.pop()
            if new is not value:
                changed[key] = new
        return Map({**node.entries, **changed}, node.at, node.keys, node.tag) if changed else node

    def items(self, node: Seq, row: Row) -> Seq:
        """Return a list with its items in long form, each one once where that is the rule.

        A list of which an item stands for others that cannot be told is returned as it is.
        """
        field, before = row.field, len(self.problems)
        expand = field.expand if field is not None else None
        found: list[Node] = []
        for index, item in enumerate(node.items):
            self.path.append(index)
            for part in self.expanded(item, expand) if expand else (item,):
                found.append(self.node(part, row.item) if row.item is not None else part)
            self.path.pop()
        if len(self.problems) > before:
            return node
        if field is not None and field.unique is not None:
            found = distinct(found, field.unique)
        items = tuple(found)
        same = len(items) == len(node.items) and all(map(_is, items, node.items))
        return node if same else Seq(items, node.at, node.tag)

    def expanded(self, item: Node, expand: Callable[[Node], tuple[Node, ...]]) -> tuple[Node, ...]:
        """Return the items that an item stands for; none where it is wrong."""
        try:
            return expand(item)
        except Invalid as error:
            self.problem(error)
            return ()

    def problem(self, error: Invalid) -> None:
        """Keep what is wrong with the node at hand."""
        path = dotted((*self.path, *error.below))
        self.problems.append(Problem(error.at, path, error.message, error.hint))


def _is_done(node: Node, field: Field | None) -> bool:
    """Whether a node is a scalar of the type that its attribute has."""
    if type(node) is not Scalar:
        return False
    if field is None or node.value is None:
        return True
    return field.shape is None and type(node.value) is _TYPES.get(field.cast)


def _shaped(node: Node, field: Field) -> Node:
    """Return the long form of a node, cast.

    Raises:
        Invalid: it has none.
    """
    new = node
    if field.shape is not None:
        new = field.shape(new)
    if field.cast is not None:
        new = cast(new, field.cast)
    return _tagged(new, node.tag) if new.tag != node.tag else new


def distinct(items: list[Node], key: Callable[[Node], str]) -> list[Node]:
    """Return items with each key once: the last one, at the place of the first."""
    if len(items) < 2:
        return items
    return list({key(item): item for item in items}.values())


def _is(one: Node, other: Node) -> bool:
    return one is other


def _tagged(node: Node, tag: str) -> Node:
    if isinstance(node, Map):
        return Map(node.entries, node.at, node.keys, tag)
    if isinstance(node, Seq):
        return Seq(node.items, node.at, tag)
    return Scalar(node.value, node.at, node.text, node.quoted, tag)
