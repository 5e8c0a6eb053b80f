"""One document of a file, by itself: from text in YAML to the canonical form that merging knows.

The stages interpolate, validate, canonical and resolve_paths, on a document or on what is to be
taken from it. A document that is laid over another one need not be whole: what it must have may
stand in the other, and a null there takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from pycompose.errors import ComposeFileError, Owner, Problem
from pycompose.loader.confine import outside
from pycompose.loader.fractions import fractions
from pycompose.loader.interpolate import interpolate
from pycompose.loader.merge import over_short_forms, without_null_attributes, without_nulls
from pycompose.loader.paths import relative
from pycompose.loader.paths import resolve as resolve_paths
from pycompose.loader.reading import Reading, Scope
from pycompose.loader.schema import validate
from pycompose.loader.tree import Map, Node


class Layer(NamedTuple):
    """A canonical document, and what is wrong with single values of its parts, by their owners.

    It is `whole` if the schema found that it has all that it must have.
    """

    document: Map
    found: Mapping[Owner, tuple[Problem, ...]]
    whole: bool


def layer(
    parsed: Map, below: Map | None, scope: Scope, reading: Reading, *, part: bool = False
) -> Layer:
    """Return a document in canonical form, with absolute paths; `below` is what it is laid over.

    With `part` it need not be whole, even if it is laid over nothing. Where a value of one service
    or resource has no text, the attribute is left out.

    Raises:
        ComposeFileError: more is wrong with it.
    """
    document: Map = parsed
    found: dict[Owner, tuple[Problem, ...]] = {(): obsolete(parsed)}
    if reading.interpolate:
        reading.environments.setdefault(parsed.at.file, scope.environment)
        node, told = interpolate(parsed, scope.environment.get)
        assert isinstance(node, Map)
        document = node
        found |= _noted(told, found[()])
    if below is not None:
        if closed := list(over_short_forms(document, below)):
            raise ComposeFileError(*closed)
        document = without_nulls(document, below)
    open = _open(document, all=part)
    document = _with_services(document, open)
    part = part or below is not None or bool(open)
    document = reading.faults.outlived(document, partial(validate, part=part))
    for owner, warnings in fractions(document).items():
        found[owner] = (*found.get(owner, ()), *warnings)
    document = reading.faults.outlived(document, reading.canonical)
    placed = resolve_paths(document, scope.base, scope.home)
    if scope.root:
        found[()] += _confined(placed, scope.root)
    if not reading.absolute:
        base = relative(scope.base, reading.folder)
        placed = document if base == "." else resolve_paths(document, base, scope.home)
    return Layer(placed, found, not part)


def _confined(document: Map, root: str) -> tuple[Problem, ...]:
    """Return warnings of what a document uses outside of a folder.

    Raises:
        ComposeFileError: there are files among it that would be read.
    """
    problems = tuple(outside(document, root))
    if refused := [it for it in problems if it.severity == "error"]:
        raise ComposeFileError(*refused)
    return problems


def obsolete(document: Map) -> tuple[Problem, ...]:
    """Return a warning for a `version`, which has no meaning any more."""
    if "version" not in document.entries:
        return ()
    at = document.key_at("version")
    message = "the attribute 'version' is obsolete, it is ignored"
    return (Problem(at, "version", message, "remove it to avoid confusion", "warning"),)


def _noted(
    found: Mapping[Owner, tuple[Problem, ...]], shared: tuple[Problem, ...]
) -> dict[Owner, tuple[Problem, ...]]:
    """Return what is to be kept of what interpolation found; nobody uses extensions.

    What belongs to no part of the project comes after what is `shared`.

    Raises:
        ComposeFileError: what is wrong is not with a part that may go unused.
    """
    kept: dict[Owner, tuple[Problem, ...]] = {(): shared}
    fatal: list[Problem] = []
    for owner, problems in found.items():
        if len(owner) == 2:
            kept[owner] = problems
        elif not owner[0].startswith("x-"):
            warnings = (it for it in problems if it.severity == "warning")
            kept[()] += tuple(warnings)
            if owner != ("name",):  # chosen already, or not asked for
                fatal += (it for it in problems if it.severity == "error")
    if fatal:
        raise ComposeFileError(*fatal)
    return kept


def _open(document: Map, *, all: bool) -> dict[str, Node]:
    """Return the services that extend others, or all, without nulls: another service may fill them.

    Compat: those that stay unfilled are refused by Docker Compose.
    """
    services = document.get("services")
    return {
        name: without_null_attributes(service)
        for name, service in (services.entries if isinstance(services, Map) else {}).items()
        if isinstance(service, Map) and (all or "extends" in service.entries)
    }


def _with_services(document: Map, changed: dict[str, Node]) -> Map:
    services = document.get("services")
    if not changed or not isinstance(services, Map):
        return document
    services = replace(services, entries={**services.entries, **changed})
    return replace(document, entries={**document.entries, "services": services})
