"""Two canonical documents to one: mappings by key, lists appended, all else replaced.

What differs from that stands in the table of fields. A value tagged `!override` takes the place of
what is there; one tagged `!reset` takes it away, and stays as a mark (for what is merged later or
from below) until `settle` removes it.

Source: compose-spec 13-merge.md; compose.md rules 33-41
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias, TypeGuard

from pycompose.errors import ComposeFileError, Problem
from pycompose.loader.canonical import distinct
from pycompose.loader.fields import FIELDS, Row, tree_of
from pycompose.loader.short.lists import member
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted, plain

_ROWS: Final = tree_of(field for field in FIELDS if field.merge or field.unique)
_ALL: Final = tree_of(FIELDS)
_NOTHING: Final = Row()
# Attributes of a service whose short form nothing may be laid under, and how their long form looks.
_CLOSED: Final[tuple[tuple[Path, type[Node], str], ...]] = (
    (("build", "ssh"), Seq, "'ssh: {key: ./key}'"),
    (("gpus",), Scalar, "'gpus: [{count: all}]'"),
)


# Called with a path, what stands there now and what it has replaced.
Overrule: TypeAlias = Callable[[Path, Node, Node], None]


def merge(base: Map, override: Map, overrule: Overrule | None = None) -> Map:
    """Return a document with another one laid over it; neither is changed.

    `overrule` is told of each value of the base that gives way.

    Raises:
        ComposeFileError: mappings, lists and scalars stand against each other.

    Source: compose-spec 13-merge.md
    """
    walk = _Walk(overrule)
    node = walk.entries(base, override, _ROWS, ())
    if walk.problems:
        raise ComposeFileError(*walk.problems)
    return node


def without_nulls(document: Map, below: Map) -> Map:
    """Return a document, as written, without the nulls that `merge` would pass over.

    `below` is what it is to be laid over. Alone, the schema would refuse such a null.
    """
    entries = {
        key: _without_nulls(value, under, _ALL.entries.get(key, _NOTHING))
        if isinstance(value, Map) and isinstance(under := below.entries.get(key), Map)
        else value
        for key, value in document.entries.items()
        # Compat: `services` may not be null, be it over others.
        if key == "services" or key not in below.entries or not _is_null(value)
    }
    return Map(entries, document.at, document.keys, document.tag)


def over_short_forms(document: Map, below: Map) -> Iterator[Problem]:
    """Yield the short forms of a document, as written, that nothing may be laid under.

    Compat: Docker Compose merges these attributes before they get their long form.
    """
    services, others = document.get("services"), below.get("services")
    if not (isinstance(services, Map) and isinstance(others, Map)):
        return
    for name, service in services.entries.items():
        for path, short, long in _CLOSED:
            value, under = _at(service, path), _at(others.get(name), path)
            if isinstance(value, short) and not value.tag and _stands(value) and _stands(under):
                message = f"this form cannot be merged with what is there at {under.at}"
                where = dotted(("services", name, *path))
                hint = f"write {long}, or tag it '!override' to replace what is there"
                yield Problem(value.at, where, message, hint)


def _at(node: Node | None, path: Path) -> Node | None:
    for key in path:
        node = node.get(str(key)) if isinstance(node, Map) else None
    return node


def _stands(node: Node | None) -> TypeGuard[Node]:
    return node is not None and not _is_null(node) and node.tag != "!reset"


def without_null_attributes(service: Map) -> Map:
    """Return a service, as written, without the attributes that give way to whatever is below."""
    row = _ALL.entries["services"].any or _NOTHING
    kept = {
        key: value
        for key, value in service.entries.items()
        if not _is_null(value) or key == "extends" or _replaces(row.entries.get(key, _NOTHING))
    }
    return service if len(kept) == len(service.entries) else replace(service, entries=kept)


def _replaces(row: Row) -> bool:
    return row.field is not None and row.field.merge == "replace"


def _without_nulls(document: Map, below: Map, row: Row) -> Map:
    if document.tag or _is_free(row):
        return document
    changed: dict[str, Node | None] = {}
    for key, value in document.entries.items():
        under = below.entries.get(key)
        beneath = row.entries.get(key, row.any) or _NOTHING
        if under is None or _replaces(beneath):
            continue
        if isinstance(value, Map) and isinstance(under, Map):
            changed[key] = _without_nulls(value, under, beneath)
        elif _is_null(value) and not _is_null(under):
            changed[key] = None
    if not changed:
        return document
    entries = {key: changed.get(key, value) for key, value in document.entries.items()}
    kept = {key: value for key, value in entries.items() if value is not None}
    return Map(kept, document.at, document.keys)


def _is_free(row: Row) -> bool:
    """Whether a mapping holds plain values by free names, a null being one such as any other."""
    values = row.any
    structured = row.entries or (values is not None and (values.entries or values.item))
    return row.field is not None and row.field.shape is not None and not structured


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None and not node.tag


def settle(document: Map) -> Map:
    """Return a merged document without its `!reset` marks and `!override` tags."""
    return _untagged(document) if _has_tags(document) else document


def _has_tags(document: Map) -> bool:
    pending: list[Map | Seq] = [document]
    while pending:
        node = pending.pop()
        for child in node.entries.values() if isinstance(node, Map) else node.items:
            if child.tag:
                return True
            if not isinstance(child, Scalar):
                pending.append(child)
    return bool(document.tag)


def _untagged(node: Map) -> Map:
    entries = {key: _settled(value) for key, value in node.entries.items()}
    kept = {key: value for key, value in entries.items() if value is not None}
    return Map(kept, node.at, node.keys)


def _settled(node: Node) -> Node | None:
    if node.tag == "!reset":
        return None
    if isinstance(node, Map):
        return _untagged(node)
    if isinstance(node, Scalar):
        return Scalar(node.value, node.at, node.text, node.quoted) if node.tag else node
    # Compat: a tag on an item of a list has no effect.
    items = [_untagged(item) if isinstance(item, Map) else item for item in node.items]
    return Seq(tuple(items), node.at)


class _Walk:
    """One merge; gathers what cannot be merged."""

    def __init__(self, overrule: Overrule | None) -> None:
        self.overrule = overrule
        self.problems: list[Problem] = []

    def node(self, base: Node, override: Node, row: Row, path: Path) -> Node:
        """Return what an attribute is that both documents give; tell if the base gives way."""
        node = self.joined(base, override, row, path)
        if node is override and self.overrule is not None:
            self.overrule(path, override, base)
        return node

    def joined(self, base: Node, override: Node, row: Row, path: Path) -> Node:
        """Return what an attribute is that both documents give."""
        if override.tag or base.tag == "!reset":
            return override
        rule = row.field.merge if row.field is not None else None
        if rule == "replace":
            return override
        if isinstance(override, Scalar) and override.value is None:
            return base
        if isinstance(base, Scalar):
            return override
        if isinstance(base, Map) and isinstance(override, Map):
            if rule == "driver" and _drivers_differ(base, override):
                return override
            return self.entries(base, override, row, path)
        if isinstance(base, Seq) and isinstance(override, Seq):
            if rule == "subnet":
                return self.pools(base, override, path)
            self.tell_of_items(base, override, row, path)
            return _appended(base, override, row)
        message = f"{_kind(override)} cannot be merged with {_kind(base)} at {base.at}"
        hint = "tag it '!override' to replace what is there"
        self.problems.append(Problem(override.at, dotted(path), message, hint))
        return base

    def entries(self, base: Map, override: Map, row: Row, path: Path) -> Map:
        """Return the entries of two mappings."""
        if not override.entries:
            return base
        known, other = row.entries, row.any
        entries = dict(base.entries)
        for key, value in override.entries.items():
            old = entries.get(key)
            if old is None:
                entries[key] = value
            elif old is not value:
                below = known.get(key, other) or _NOTHING
                entries[key] = self.node(old, value, below, (*path, key))
        return Map(entries, base.at, {**override.keys, **base.keys})

    def tell_of_items(self, base: Seq, override: Seq, row: Row, path: Path) -> None:
        """Tell of the items that give way to one with the same key."""
        key = row.field.unique if row.field is not None else None
        if self.overrule is None or key is None:
            return
        known = {key(item): item for item in base.items}
        for index, item in enumerate(override.items):
            if key(item) in known:
                self.overrule((*path, index), item, known[key(item)])

    def pools(self, base: Seq, override: Seq, path: Path) -> Seq:
        """Return the pools of the override, laid over those of the base in an odd way."""
        # Compat: each pool of the base takes in the pools of the override one after the other,
        # be their subnets its own or known already; pools are changed while they are compared.
        pools: list[list[Node]] = []  # each in a box of its own
        for old in base.items:
            box = [old]
            for index, new in enumerate(override.items):
                subnet = member(new, "subnet")
                if subnet == member(box[0], "subnet") or _with_subnet(pools, subnet) is not None:
                    box[0] = self.node(box[0], new, _NOTHING, (*path, index))
                    place = _with_subnet(pools, member(box[0], "subnet"))
                    if place is None:
                        pools.append(box)
                    else:
                        pools[place] = box
                else:
                    pools.append([new])
        return Seq(tuple(pool for [pool] in pools), base.at)


def _with_subnet(pools: list[list[Node]], subnet: str) -> int | None:
    return next((i for i, [pool] in enumerate(pools) if member(pool, "subnet") == subnet), None)


def _appended(base: Seq, override: Seq, row: Row) -> Seq:
    field = row.field
    if field is not None and field.merge == "union":
        known = [plain(item) for item in base.items]
        items = [*base.items, *(item for item in override.items if plain(item) not in known)]
    else:
        items = [*base.items, *override.items]
    if field is not None and field.unique is not None:
        items = distinct(items, field.unique)
    return Seq(tuple(items), base.at)


def _drivers_differ(base: Map, override: Map) -> bool:
    return member(base, "driver") != member(override, "driver") and all(
        member(node, "driver") for node in (base, override)
    )


def _kind(node: Node) -> str:
    if isinstance(node, Map):
        return "a mapping"
    return "a list" if isinstance(node, Seq) else "a single value"
