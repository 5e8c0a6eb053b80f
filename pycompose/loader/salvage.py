"""A document without what the schema refuses, so that later stages can find what else is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from pycompose.errors import Position, Problem
from pycompose.loader.tree import Map, Node, Path, Seq

_NEEDED = ("image", "build")  # a service without either would be blamed for that, too


def salvage(document: Map, problems: Iterable[Problem]) -> Map | None:
    """Return the document without the attributes of services that have a problem.

    None where a problem is elsewhere: without that part, others would be blamed for its absence.
    """
    places = {problem.at for problem in problems}
    left = set(places)
    pruned = _prune(document, (), places, left)
    return pruned if not left and isinstance(pruned, Map) else None


def _prune(node: Node, path: Path, places: Collection[Position], left: set[Position]) -> Node:
    if isinstance(node, Seq):
        # An entry of a list goes with the whole list: what is left of one may mean another thing.
        return node
    if not isinstance(node, Map):
        return node
    entries: dict[str, Node] = {}
    for key, value in node.entries.items():
        below = (*path, key)
        found = {at for at in _places(node, key, value, deep=len(below) == 3) if at in places}
        if found and len(below) >= 3 and path[0] == "services" and below[2] not in _NEEDED:
            left -= found
            continue
        entries[key] = _prune(value, below, places, left) if len(below) < 3 else value
    return replace(node, entries=entries)


def _places(node: Map, key: str, value: Node, *, deep: bool) -> Iterable[Position]:
    """Yield where an entry stands; with `deep`, everything below it too."""
    yield node.key_at(key)
    yield value.at
    if not deep:
        return
    stack: list[Node] = [value]
    while stack:
        one = stack.pop()
        yield one.at
        if isinstance(one, Map):
            yield from one.keys.values()
            stack.extend(one.entries.values())
        elif isinstance(one, Seq):
            stack.extend(one.items)
