"""Relative paths to absolute ones, against the directory of the project.

Pure text: nothing is looked up, links are not followed. Which attributes are paths stands in the
table of fields.

Source: compose.md rule 59
"""

from __future__ import annotations

import posixpath
from typing import Final

from pycompose.loader.fields import FIELDS, Field, rewrite, tree_of
from pycompose.loader.short.lists import member
from pycompose.loader.short.mounts import clean, is_windows_path
from pycompose.loader.tree import Map, Node, Scalar

_ROWS: Final = tree_of(field for field in FIELDS if field.path)
_REMOTE: Final = ("https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:")


def resolve(document: Map, base: str, home: str) -> Map:
    """Return a canonical document whose paths are absolute.

    `base` is what relative paths start from, `home` what `~` stands for; both are absolute.
    """

    def change(node: Node, field: Field) -> Node:
        if field.path == "mount":
            return _member(node, "source", base, home) if member(node, "type") == "bind" else node
        if field.path == "device":
            return _device(node, base, home)
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return node
        if field.path == "context" and (is_remote(node.value) or not node.value):
            return node
        path = absolute(node.value, base, home, portable=field.path == "portable")
        return _replaced(node, path)

    resolved = rewrite(document, _ROWS, change)
    assert isinstance(resolved, Map)
    return resolved


def absolute(path: str, base: str, home: str, *, portable: bool = False) -> str:
    """Return a path, absolute; where that is `portable`, one of Windows as it is."""
    if path.startswith("~") and home:
        # Compat: what follows the tilde is below the home directory, with a slash or without.
        return clean(f"{home}/{path[1:]}")
    if path.startswith("/") or (portable and is_windows_path(path)):
        return path
    return clean(f"{base}/{path.removeprefix('./')}")


def relative(path: str, folder: str) -> str:
    """Return an absolute path as seen from a folder."""
    return posixpath.relpath(path, folder)


def is_remote(context: str) -> bool:
    """Whether the context of a build is no directory of this machine."""
    return "://" in context or context.startswith(_REMOTE)


def _device(node: Node, base: str, home: str) -> Node:
    """Return a volume whose driver binds a directory, with that directory absolute."""
    options = node.entries.get("driver_opts") if isinstance(node, Map) else None
    if not isinstance(node, Map) or options is None or member(node, "driver") != "local":
        return node
    if member(options, "o") != "bind":
        return node
    resolved = _member(options, "device", base, home)
    if resolved is options:
        return node
    return Map({**node.entries, "driver_opts": resolved}, node.at, node.keys, node.tag)


def _member(node: Node, key: str, base: str, home: str) -> Node:
    """Return a mapping whose `key` is an absolute path."""
    path = node.entries.get(key) if isinstance(node, Map) else None
    if not isinstance(node, Map) or not isinstance(path, Scalar) or not isinstance(path.value, str):
        return node
    resolved = _replaced(path, absolute(path.value, base, home, portable=True))
    if resolved is path:
        return node
    return Map({**node.entries, key: resolved}, node.at, node.keys, node.tag)


def _replaced(node: Scalar, path: str) -> Scalar:
    if path == node.value:
        return node
    return Scalar(path, node.at, node.text, node.quoted, node.tag)
