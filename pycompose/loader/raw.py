"""The model as it is written: long forms only where files are merged by them, nothing cast.

What `config --no-interpolate` prints, and where variables are looked for. `canonical` and `merge`
stand in for the stages of the same name. A value that its variables keep from being told apart
(`"${PORT}:80"`) stays as it is; of two documents that give a mapping as different forms, a list is
made.

Source: compose-go transform/canonical.go, override/merge.go (rule 26)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pycompose.loader import merge as merging
from pycompose.loader.canonical import Walk
from pycompose.loader.faults import Faults
from pycompose.loader.fields import FIELDS, Field, Row, tree_of
from pycompose.loader.short.hosts import hosts
from pycompose.loader.short.lists import assigned_key, listed
from pycompose.loader.short.mappings import strings, variables
from pycompose.loader.short.scalars import string, text
from pycompose.loader.sources import Sources
from pycompose.loader.stages import LoadOptions, merged
from pycompose.loader.tree import Map, Node, Scalar, Seq

# The attributes whose short form is not kept, of a service, of its build, and of the file.
_SERVICE: Final = (
    *("build", "configs.[]", "depends_on", "devices.[]", "dns", "env_file", "env_file.[]", "gpus"),
    *("label_file", "models", "networks", "ports", "secrets.[]", "volumes.[]"),
)
_BUILD: Final = ("additional_contexts", "secrets.[]", "ssh")
_EXPANDED: Final = {
    *(("services", "*", *name.split(".")) for name in _SERVICE),
    *(("services", "*", "build", *name.split(".")) for name in _BUILD),
    *((kind, "*") for kind in ("networks", "volumes", "secrets", "configs")),
}
_LISTS: Final = (hosts, listed, strings, variables)


def _raw(field: Field) -> Field:
    if field.pattern in _EXPANDED:
        return replace(field, cast=None)
    unique = assigned_key if field.shape in (strings, variables) else field.unique
    return replace(field, shape=None, expand=None, cast=None, unique=unique)


_ROWS: Final = tree_of(
    field for field in map(_raw, FIELDS) if field.shape or field.expand or field.unique
)
_LISTED: Final = tree_of(field for field in FIELDS if field.shape in _LISTS)


def load_raw(options: LoadOptions, sources: Sources) -> Map:
    """Return the merged document, its strings and most short forms as they are written.

    Of the stages, `check`, `resolve_environment` and whatever selects services are left out.

    Raises:
        ComposeFileError: files are missing or wrong; holds every problem that could be found.
        UsageError: the project has no name.
    """
    faults = Faults()
    options = replace(options, stages=replace(options.stages, interpolate=False))
    whole = merged(options, sources, faults, canonical, merge)
    faults.settle()
    return whole.document


def canonical(document: Map) -> Map:
    """Return a document with its mappings and lists in the form they are merged by."""
    return Walk().entries(document, _ROWS)


def merge(base: Map, override: Map) -> Map:
    """Return a document with another one laid over it; neither is changed.

    Raises:
        ComposeFileError: mappings, lists and scalars stand against each other.
    """
    return canonical(merging.merge(*_alike(base, override, _LISTED)))


def _alike(base: Map, override: Map, row: Row) -> tuple[Map, Map]:
    """Return both with lists for the attributes that they both give and that may be lists."""
    ours: dict[str, Node] = {}
    theirs: dict[str, Node] = {}
    for key in base.entries.keys() & override.entries.keys():
        below = row.entries.get(key, row.any)
        one, other = base.entries[key], override.entries[key]
        if below is None or one.tag or other.tag:
            continue
        if below.field is not None:
            ours[key], theirs[key] = _list(one), _list(other)
        elif isinstance(one, Map) and isinstance(other, Map):
            ours[key], theirs[key] = _alike(one, other, below)
    return _with(base, ours), _with(override, theirs)


def _with(node: Map, changed: dict[str, Node]) -> Map:
    return Map({**node.entries, **changed}, node.at, node.keys, node.tag) if changed else node


def _list(node: Node) -> Node:
    """Return a list of `key=value`, or of a single value; a list and null as they are."""
    if isinstance(node, Map):
        pairs = sorted(node.entries.items())
        return Seq(tuple([item for key, value in pairs for item in _pair(key, value)]), node.at)
    return node if isinstance(node, Seq) or node.value is None else Seq((node,), node.at)


def _pair(key: str, value: Node) -> list[Node]:
    if isinstance(value, Seq):
        return [part for item in value.items for part in _pair(key, item)]
    empty = isinstance(value, Scalar) and value.value is None
    return [text(key if empty else f"{key}={string(value)}", value.at)]
