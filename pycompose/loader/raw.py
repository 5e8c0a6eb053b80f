"""The model as it is written: long forms only where files are merged by them, nothing cast.

What `config --no-interpolate` prints, and where variables are looked for. `canonical` and `merge`
stand in for the stages of the same name. A value that its variables keep from being told apart
(`"${PORT}:80"`) stays as it is; of two documents that give a mapping as different forms, a list is
made.

Source: compose-go transform/canonical.go, override/merge.go (rule 26)
"""

from __future__ import annotations

from typing import Final

from pycompose.loader import merge as merging
from pycompose.loader.canonical import Walk
from pycompose.loader.defaults import defaults
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
    *("label_file", "models", "networks", "secrets.[]", "volumes.[]"),
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
        return field._replace(cast=None)
    unique = assigned_key if field.shape in (strings, variables) else field.unique
    return field._replace(shape=None, expand=None, cast=None, unique=unique)


_ROWS: Final = tree_of(
    field for field in map(_raw, FIELDS) if field.shape or field.expand or field.unique
)
_PORTS: Final = tree_of(field for field in FIELDS if field.pattern == ("services", "*", "ports"))
_LISTED: Final = tree_of(field for field in FIELDS if field.shape in _LISTS)


def load_raw(options: LoadOptions, sources: Sources) -> Map:
    """Return the merged document, its strings and most short forms as they are written.

    Of the stages, `check`, `resolve_environment` and whatever selects services are left out.

    Raises:
        ComposeFileError: files are missing or wrong; holds every problem that could be found.
        UsageError: the project has no name.
    """
    faults = Faults()
    options = options._replace(stages=options.stages._replace(interpolate=False))
    whole = merged(options, sources, faults, canonical, merge)
    faults.settle()
    document = defaults(_expanded(whole.document))
    return _without_valueless(document) if options.stages.normalize else document


def _without_valueless(document: Map) -> Map:
    """Return the document without the arguments of builds that have no value."""
    services = document.get("services")
    changed: dict[str, Node] = {}
    for name, service in services.entries.items() if isinstance(services, Map) else ():
        build = service.get("build") if isinstance(service, Map) else None
        args = build.get("args") if isinstance(build, Map) else None
        if isinstance(service, Map) and isinstance(build, Map) and args is not None:
            build = _with(build, {"args": _valued(args)})
            changed[name] = _with(service, {"build": build})
    if not isinstance(services, Map) or not changed:
        return document
    return _with(document, {"services": _with(services, changed)})


def _valued(args: Node) -> Node:
    if isinstance(args, Map):
        kept = {key: node for key, node in args.entries.items() if not _is_null(node)}
        return Map(kept, args.at, args.keys, args.tag)
    if isinstance(args, Seq):
        return Seq(tuple([item for item in args.items if "=" in string(item)]), args.at, args.tag)
    return args


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def canonical(document: Map) -> Map:
    """Return a document with its mappings and lists in the form they are merged by."""
    return Walk().entries(document, _ROWS)


def merge(base: Map, override: Map) -> Map:
    """Return a document with another one laid over it; neither is changed.

    Raises:
        ComposeFileError: mappings, lists and scalars stand against each other.
    """
    return canonical(merging.merge(*_alike(_expanded(base), override, _LISTED)))


def _expanded(document: Map) -> Map:
    """Return a document with its ports in long form, where all of a service have one."""
    return Walk().entries(document, _PORTS)


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
    return node if isinstance(node, Seq) or _is_null(node) else Seq((node,), node.at)


def _pair(key: str, value: Node) -> list[Node]:
    if isinstance(value, Seq):
        return [part for item in value.items for part in _pair(key, item)]
    return [text(key if _is_null(value) else f"{key}={string(value)}", value.at)]
