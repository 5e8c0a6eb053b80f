"""Node tree → model: every attribute gets its type, and the tree stays as the project's places.

In goes a normalized document whose attributes all have the long form; out comes a `Project` with
every service in it, enabled or not. What cannot be converted (a duration, a size) is told at its
place. Attributes the model does not have are none of this package's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.loader.bind.resources import CONFIG, MODEL, NETWORK, SECRET, VOLUME, network
from pycompose.loader.bind.service import SERVICE
from pycompose.loader.bind.values import Table, Wrong, extensions, text
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted
from pycompose.model.models import Model
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, Volume
from pycompose.model.service import Service


class NodePlaces(NamedTuple):
    """The `Places` of a project that was read from files."""

    document: Map

    def find(self, *path: str | int) -> Position | None:
        """Return the place of the value at `path`, or of the nearest one around it."""
        node: Node = self.document
        found: Position | None = None
        for part in path:
            child: Node | None = None
            if isinstance(node, Map) and isinstance(part, str):
                child = node.get(part)
            elif isinstance(node, Seq) and isinstance(part, int) and 0 <= part < len(node.items):
                child = node.items[part]
            if child is None:
                break
            node, found = child, child.at
        return found


def bind(document: Map) -> Project:
    """Return the project that a normalized document describes.

    Its directories, files and environment are left for the caller to fill in.

    Raises:
        ComposeFileError: values have no such type as their attribute.
    """
    problems: list[Problem] = []
    parts: dict[str, Any] = {}
    for kind, table in KINDS.items():
        found = document.get(kind)
        parts[kind] = {}
        unnamed = {} if kind == "services" else {"name": ""}  # without `normalize`
        for key, node in sorted(found.entries.items()) if isinstance(found, Map) else ():
            values = _values(node, table, (kind, key), problems)
            if values is not None:
                parts[kind][key] = _MAKERS[kind](**{**unnamed, **values})
    if problems:
        raise ComposeFileError(*problems)
    services = {key: Service(name=key, **values) for key, values in parts.pop("services").items()}
    name = document.get("name")
    return Project(
        name=text(name) if name is not None else "",
        services=services,
        extensions=extensions(document),
        places=NodePlaces(document),
        **parts,
    )


def _values(node: Node, table: Table, path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """Return what a node gives for each attribute; None where some of it is wrong."""
    if not isinstance(node, Map):
        return {}
    before = len(problems)
    values: dict[str, Any] = {}
    extended = False
    for key, child in node.entries.items():
        convert = table.get(key)
        if convert is None:
            extended = extended or key.startswith("x-")
        elif child.__class__ is not Scalar or child.value is not None:
            try:
                values[key] = convert(child)
            except Wrong as wrong:
                problems.append(Problem(wrong.node.at, dotted((*path, key)), str(wrong)))
    if extended:
        values["extensions"] = extensions(node)
    return values if len(problems) == before else None


KINDS: Final[dict[str, Table]] = {
    "services": SERVICE,
    "networks": NETWORK,
    "volumes": VOLUME,
    "secrets": SECRET,
    "configs": CONFIG,
    "models": MODEL,
}
_MAKERS: Final[dict[str, Callable[..., Any]]] = {
    "services": dict,
    "networks": network,
    "volumes": Volume,
    "secrets": FileObject,
    "configs": FileObject,
    "models": Model,
}
