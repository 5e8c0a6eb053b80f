"""What a Compose file from elsewhere may refer to.

It stands in a folder of its own and may read nothing outside of it: that holds for the files that
the loader reads, and for those whose content would get into containers. What an engine is asked to
mount or to build is told of only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pycompose.errors import Position, Problem
from pycompose.loader.fields import FIELDS, Field, Row, tree_of
from pycompose.loader.paths import is_remote
from pycompose.loader.remote import is_within
from pycompose.loader.short.lists import member
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted

_ROWS: Final = tree_of(field for field in FIELDS if field.path)


def outside(document: Map, root: str) -> Iterator[Problem]:
    """Yield what a canonical document with absolute paths refers to outside of a folder.

    Errors for files that are read, warnings for what is mounted or built.
    """
    pending: list[tuple[Node, Row, Path]] = [(document, _ROWS, ())]
    while pending:
        node, row, path = pending.pop()
        if row.field is not None and (place := _place(node, row.field)) is not None:
            text, at = place
            if not is_within(text, root):
                yield _problem(row.field, text, at, path)
        if isinstance(node, Map):
            for key, value in node.entries.items():
                below = row.entries.get(key, row.any)
                if below is not None:
                    pending.append((value, below, (*path, key)))
        elif isinstance(node, Seq) and row.item is not None:
            pending += ((item, row.item, (*path, i)) for i, item in enumerate(node.items))


def _place(node: Node, field: Field) -> tuple[str, Position] | None:
    """Return the path of a value that has one, and where it stands."""
    if field.path == "mount":
        found = node.entries.get("source") if isinstance(node, Map) else None
        node = (
            found if found is not None and member(node, "type") == "bind" else Scalar(None, node.at)
        )
    elif field.path == "device":
        options = node.entries.get("driver_opts") if isinstance(node, Map) else None
        device = options.entries.get("device") if isinstance(options, Map) else None
        bound = options is not None and member(options, "o") == "bind"
        node = device if device is not None and bound else Scalar(None, node.at)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    elsewhere = field.path == "context" and is_remote(node.value)
    return None if elsewhere else (node.value, node.at)


def _problem(field: Field, text: str, at: Position, path: Path) -> Problem:
    if field.path in ("file", "portable"):
        message = f"a remote file may not read {text!r}, which is outside of its own folder"
        return Problem(at, dotted(path), message)
    message = f"a remote file uses {text!r} of this machine"
    return Problem(at, dotted(path), message, "make sure that it may", "warning")
