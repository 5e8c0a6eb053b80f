"""Nodes of a YAML document that know where they stand.

Every stage of the loader takes nodes and returns nodes; none edits one that it was given. A value
keeps its position while it moves through merge and short syntaxes, so that whatever is wrong with
it later can be said at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pycompose.errors import Position

# The sections of a Compose file whose entries are used one by one.
SECTIONS: Final = ("services", "networks", "volumes", "secrets", "configs", "models")

Value: TypeAlias = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Scalar:
    """A single value: resolved (`value`, YAML 1.2) and as written (`text`).

    `quoted` is true for quoted and block scalars, whose value is always the text. `tag` is one of
    "", "!reset" and "!override".
    """

    value: Value
    at: Position
    text: str = ""
    quoted: bool = False
    tag: str = ""


@dataclass(slots=True, eq=False)
class Seq:
    """A list of nodes, in file order."""

    items: tuple[Node, ...]
    at: Position
    tag: str = ""


@dataclass(slots=True, eq=False)
class Map:
    """A mapping by string key, in file order; `keys` holds where each key stands."""

    entries: dict[str, Node]
    at: Position
    keys: dict[str, Position] = field(default_factory=dict)
    tag: str = ""

    def get(self, key: str) -> Node | None:
        """Return the value of `key`, or None."""
        return self.entries.get(key)

    def key_at(self, key: str) -> Position:
        """Return where `key` stands; the place of the mapping for a key no file spells out."""
        return self.keys.get(key, self.at)


Node: TypeAlias = Scalar | Seq | Map
Path: TypeAlias = tuple[str | int, ...]


def plain(node: Node) -> Any:
    """Return the node as plain dicts, lists and scalars (values resolved, positions lost)."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Seq):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node below `node` with its path, itself first, in file order."""
    stack: list[tuple[Path, Node]] = [(path, node)]
    while stack:
        path, node = stack.pop()
        yield path, node
        if isinstance(node, Map):
            stack.extend(((*path, key), value) for key, value in reversed(node.entries.items()))
        elif isinstance(node, Seq):
            last = len(node.items) - 1
            stack.extend(((*path, last - i), item) for i, item in enumerate(reversed(node.items)))


def dotted(path: Path) -> str:
    """Return a path as people write it: `services.web.ports[0]`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out
