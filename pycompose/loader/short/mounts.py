"""`volumes` of a service: `[source:]target[:options]` to mappings.

Source: compose-spec 05-services.md#volumes; rules 24 and 100
"""

from __future__ import annotations

import posixpath
from typing import Final

from pycompose.errors import Position
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.lists import member
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Scalar

_HINT: Final = "write './src:/app', 'data:/var/lib/data' or './src:/app:ro'"
_PROPAGATION: Final = ("private", "rprivate", "shared", "rshared", "slave", "rslave")


def mount(node: Node) -> Node:
    """Return an entry of `volumes` in long form, its target without `..` and doubled slashes.

    Raises:
        Invalid: it has empty or too many parts.
    """
    if isinstance(node, Map):
        return _with_clean_target(node)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        raise Invalid(node.at, "expected a string or a mapping", _HINT)
    spec, at = node.value, node.at
    if not spec:
        raise Invalid(at, "a volume needs a target", _HINT)
    if len(spec) <= 2:  # Compat: too short for a section of options
        return _long("volume", "", spec, "", at)
    parts = _split(spec)
    if "" in parts:
        raise Invalid(at, f"{spec!r} is empty before or after a colon", _HINT)
    if len(parts) > 3:
        raise Invalid(at, f"{spec!r} has too many colons", _HINT)
    if len(parts) == 1:
        return _long("volume", "", spec, "", at, section=True)
    source, target, options = (*parts, "")[:3]
    kind = "bind" if _is_path(source) else "volume"
    return _long(kind, source, target, options, at, section=True)


def mount_key(node: Node) -> str:
    """Return what makes a mount the same as another one: its target."""
    return member(node, "target")


def is_windows_path(path: str) -> bool:
    r"""Whether a path is absolute on Windows: `C:\data`, `C:/data` or `\\server\share`."""
    return path.startswith("\\\\") or (len(path) > 2 and path[0].isalpha() and path[1:3] in _DRIVES)


def clean(path: str) -> str:
    """Return a path without `.`, `..` and needless slashes; nothing is looked up."""
    if "//" not in path and "/." not in path and path[:1] != "." and path[-1:] != "/":
        return path or "."
    shortest = posixpath.normpath(path)
    return shortest[1:] if shortest.startswith("//") else shortest


_DRIVES: Final = (":\\", ":/")


def _long(
    kind: str, source: str, target: str, options: str, at: Position, *, section: bool = False
) -> Map:
    entries: dict[str, Node] = {"type": text(kind, at)}
    if source:
        entries["source"] = text(source, at)
    entries["target"] = text(_clean(target), at)
    bind: dict[str, Node] = {}
    volume: dict[str, Node] = {}
    for option in options.split(",") if options else ():
        if option in ("ro", "rw"):
            entries["read_only"] = Scalar(option == "ro", at, option)
        elif option == "nocopy":
            volume["nocopy"] = Scalar(True, at, option)
        elif option in ("z", "Z"):
            bind["selinux"] = text(option, at)
        elif option in _PROPAGATION:
            bind["propagation"] = text(option, at)
    if kind == "bind":
        bind["create_host_path"] = Scalar(True, at, "true")
    if bind:
        entries["bind"] = Map(bind, at)
    if volume or (section and kind == "volume"):
        entries["volume"] = Map(volume, at)
    return Map(entries, at)


def _split(spec: str) -> list[str]:
    """Return the parts between colons; a letter and its colon are a drive, `${a:-b}` is text."""
    pieces = spec.split(":")
    if "${" not in spec and 1 not in map(len, pieces):
        return pieces
    parts: list[str] = []
    pending = ""
    for piece in pieces:
        part = f"{pending}:{piece}" if pending else piece
        # Compat: a volume whose name is a single letter can only be written in long form.
        if (len(part) == 1 and part.isalpha()) or part.count("${") > part.count("}"):
            pending = part
        else:
            parts.append(part)
            pending = ""
    return [*parts, pending] if pending else parts


def _is_path(source: str) -> bool:
    drive = len(source) > 1 and source[0].isalpha() and source[1] == ":"
    return source[0] in "./~\\" or drive


def _with_clean_target(node: Map) -> Map:
    target = node.entries.get("target")
    if target is None:
        hint = "write '{type: volume, source: data, target: /data}'"
        raise Invalid(node.at, "'target' is missing", hint)
    written = string(target)
    shortest = _clean(written)
    if shortest == written:
        return node
    entries = {**node.entries, "target": text(shortest, target.at)}
    return Map(entries, node.at, node.keys, node.tag)


def _clean(target: str) -> str:
    return clean(target) if target else target
