"""A document without what a stage refuses, so that later stages can find what else is wrong.

What is taken out must not make others look wrong: a stand-in takes the place of a service or of a
resource, so that its name stays known. Nothing that was salvaged is ever used, problems are found
with it and that is all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pycompose.errors import Position, Problem
from pycompose.loader.tree import Map, Node, Scalar, Seq

_SOURCES: Final = ("image", "build", "provider", "extends")  # a service needs one of them
_NAMED: Final = ("networks", "volumes", "secrets", "configs", "models")


def salvage(document: Map, problems: Iterable[Problem]) -> Map | None:
    """Return the document without what has a problem.

    None where that leaves nothing to go on with: services that are no mapping, or a problem that
    is nowhere in the document.
    """
    refused = {problem.at for problem in problems}
    left = set(refused)
    entries: dict[str, Node] = {}
    for key, value in document.entries.items():
        if key == "services":
            if not isinstance(value, Map):
                return None
            left.discard(document.key_at(key))
            services = {name: _service(value, name, refused, left) for name in value.entries}
            entries[key] = _map(value, services)
        elif key in _NAMED:
            entries[key] = _section(document, key, refused, left)
        elif found := _within(document, key) & refused:
            left -= found
        else:
            entries[key] = value
    return _map(document, entries) if not left else None


def _service(services: Map, name: str, refused: set[Position], left: set[Position]) -> Node:
    """Return a service without its refused attributes, a stand-in where it is refused itself."""
    service, at = services.entries[name], services.key_at(name)
    if not isinstance(service, Map):
        left -= {at, service.at}
        return Map({"image": _stand_in(at)}, at)
    left.discard(at)
    kept: dict[str, Node] = {}
    for key, value in service.entries.items():
        found = _within(service, key) & refused
        left -= found
        blank = isinstance(value, Scalar) and value.value is None  # what it lacks was told of
        if not found and not blank:
            kept[key] = value
    if len(kept) < len(service.entries) and not any(key in kept for key in _SOURCES):
        kept["image"] = _stand_in(at)
    return _map(service, kept)


def _section(document: Map, kind: str, refused: set[Position], left: set[Position]) -> Node:
    """Return the networks, say, of a document; of what is refused, the names."""
    section, at = document.entries[kind], document.key_at(kind)
    if not isinstance(section, Map):
        left -= {at, section.at}
        names = _names(section) or _used(document, kind)
        return Map({name: _resource(kind, place) for name, place in names.items()}, at, names)
    left.discard(at)
    entries: dict[str, Node] = {}
    for name, value in section.entries.items():
        found = _within(section, name) & refused
        left -= found
        entries[name] = _resource(kind, value.at) if found else value
    return _map(section, entries)


def _names(section: Node) -> dict[str, Position]:
    """Return the names in a list that should have been a mapping."""
    names: dict[str, Position] = {}
    for item in section.items if isinstance(section, Seq) else ():
        if isinstance(item, Scalar) and isinstance(item.value, str):
            names[item.value] = item.at
        elif isinstance(item, Map):
            names.update((key, item.key_at(key)) for key in item.entries)
    return names


def _used(document: Map, kind: str) -> dict[str, Position]:
    """Return the names that services use of a section that names nothing itself."""
    names: dict[str, Position] = {}
    services = document.entries.get("services")
    for service in services.entries.values() if isinstance(services, Map) else ():
        used = service.entries.get(kind) if isinstance(service, Map) else None
        if isinstance(used, Map):
            names.update((key, used.key_at(key)) for key in used.entries)
        for item in used.items if isinstance(used, Seq) else ():
            source = item.entries.get("source") if isinstance(item, Map) else item
            if isinstance(source, Scalar) and isinstance(source.value, str):
                names[source.value.partition(":")[0]] = source.at
    return names


def _within(node: Map, key: str) -> set[Position]:
    """Return where an entry stands, and everything below it."""
    places = {node.key_at(key)}
    stack = [node.entries[key]]
    while stack:
        one = stack.pop()
        places.add(one.at)
        if isinstance(one, Map):
            places.update(one.keys.values())
            stack.extend(one.entries.values())
        elif isinstance(one, Seq):
            stack.extend(one.items)
    return places


def _stand_in(at: Position) -> Node:
    return Scalar("stand-in", at, "stand-in")


def _resource(kind: str, at: Position) -> Node:
    if kind == "models":
        return Map({"model": _stand_in(at)}, at)
    return Map({"external": Scalar(True, at, "true")}, at)


def _map(node: Map, entries: dict[str, Node]) -> Map:
    return Map(entries, node.at, node.keys, node.tag)
