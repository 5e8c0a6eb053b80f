"""`extends`: a service laid over another one, of its own file or of another.

In goes a canonical document, out comes one whose services are whole. Of another file only the
services that are extended are looked at. The marks of a base (`!reset`, `!override`) have had their
effect within its own file. Where a document is laid over others of the project, its services extend
what these make together. Chains are walked, not recursed into: they may be long.

Source: compose-spec 05-services.md#extends; rules 42-46
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from pycompose.errors import ComposeFileError, Link, Position, Problem
from pycompose.loader.layer import layer
from pycompose.loader.merge import settle
from pycompose.loader.reading import Reading, Scope
from pycompose.loader.short.scalars import text
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import Map, Node, Scalar

_LONGEST: Final = 12  # steps shown of one circle
MOST_FILES: Final = 1000  # that one file leads to: 2 seconds' work


class _Reference(NamedTuple):
    """What a service extends: another one, of its own file where `file` is None."""

    owner: str
    service: Scalar
    file: Scalar | None


@dataclass(slots=True, eq=False)
class _File:
    """What services are taken from: the document at hand, or another file.

    `services` are known by now, `documents` are where others are found; `problems` are those of
    single values, by service; `empty` are services that are null wherever they stand.
    """

    path: str
    scope: Scope
    services: Map
    documents: tuple[Map, ...] = ()
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)


class _Step(NamedTuple):
    """A service on the way to the last base."""

    file: _File
    name: str
    service: Map
    reference: _Reference | None


def extends(document: Map, scope: Scope, reading: Reading, below: Map | None = None) -> Map:
    """Return a document whose services are laid over what they extend.

    `below` is what the document itself will be laid over. What is wrong goes to the faults of the
    reading.
    """
    services = document.get("services")
    if not isinstance(services, Map):
        return document
    walk = _Walk(_File(scope.files[-1], scope, services), reading, below)
    changed: dict[str, Node] = {}
    for name, service in services.entries.items():
        if isinstance(service, Map) and "extends" in service.entries:
            changed[name] = _without_extends(service)
            with reading.faults:
                changed[name] = whole = walk.whole(name)
                if kept := walk.kept(name):  # Compat: it stays in the model, and in its hash
                    changed[name] = replace(whole, entries={**whole.entries, "extends": kept})
    if not changed:
        return document
    whole = replace(services, entries={**services.entries, **changed})
    return replace(document, entries={**document.entries, "services": whole})


class _Walk:
    """Extends the services of one document; each is made whole once."""

    def __init__(self, here: _File, reading: Reading, below: Map | None) -> None:
        self.here = here
        self.reading = reading
        self.below = below
        self.files: dict[str, _File] = {}
        self.done: dict[tuple[_File, str], Map] = {}
        self.broken: set[tuple[str, str]] = set()

    def whole(self, name: str) -> Map:
        """Return a service of the document laid over all that it extends.

        Raises:
            ComposeFileError: what it extends is missing or wrong, or extends it in turn.
        """
        steps = [self.step(self.here, name)]
        seen = {(self.here.path, name)}
        chain = self.here.scope.chain
        while (last := steps[-1]).reference is not None:
            if (last.file, last.name) in self.done or (last.file.path, last.name) in self.broken:
                break
            chain = (Link("extended by", last.reference.service.at), *chain)
            step = self.base(last.file, last.reference, chain)
            steps.append(step)
            self.inherit(name, step, chain)
            key = (step.file.path, step.name)
            if key in seen:
                self.broken |= seen
                raise ComposeFileError(_circle(steps))
            seen.add(key)
        return self.folded(steps)

    def kept(self, name: str) -> Map | None:
        """Return what a service refers to, if that is empty and stands in another file."""
        reference = self.step(self.here, name).reference
        if reference is None or reference.file is None:
            return None
        file = self.other(self.here.scope, reference.file, name, self.here.scope.chain)
        service = str(reference.service.value)
        if service not in file.empty:
            return None
        shown = file.path if self.reading.absolute else str(reference.file.value)
        at = reference.file.at
        return Map({"file": text(shown, at), "service": reference.service}, at)

    def folded(self, steps: list[_Step]) -> Map:
        """Return the first service laid over the second one, and so on to the last."""
        base: Map | None = None
        for step in reversed(steps):
            key = (step.file, step.name)
            if key not in self.done:
                whole = _without_extends(step.service)
                if base is not None:
                    whole = self.laid_over(step.name, base, whole)
                self.done[key] = whole
            base = self.done[key]
            if step is not steps[0] and step.file is self.here:
                base = self.over_below(step.name, base)
        assert base is not None
        return base

    def laid_over(self, name: str, base: Map, service: Map) -> Map:
        """Return a service laid over another one."""
        merged = self.reading.laid_over(("services", name), settle(base), service, "extends")
        assert isinstance(merged, Map)
        return merged

    def over_below(self, name: str, service: Map) -> Map:
        """Return a service of the document laid over what there is of it below the document."""
        below = self.beneath.get(name)
        if below is None or name not in self.here.services.entries:
            return service
        return self.laid_over(name, below, service)

    @cached_property
    def beneath(self) -> Mapping[str, Map]:
        """The services below the document; all that they extend is in them."""
        services = settle(self.below).get("services") if self.below is not None else None
        return {
            name: _without_extends(service)
            for name, service in (services.entries if isinstance(services, Map) else {}).items()
            if isinstance(service, Map)
        }

    def step(self, file: _File, name: str) -> _Step:
        """Return a service of a file with what it refers to.

        Raises:
            ComposeFileError: it is no mapping, or does not say what it extends.
        """
        service = file.services.entries[name]
        if not isinstance(service, Map):
            raise ComposeFileError(Problem(service.at, f"services.{name}", "expected a mapping"))
        return _Step(file, name, service, _reference(service, name))

    def base(self, file: _File, reference: _Reference, chain: tuple[Link, ...]) -> _Step:
        """Return the service that is referred to.

        Raises:
            ComposeFileError: there is no such file or service, or it is wrong.
        """
        name = str(reference.service.value)
        if reference.file is not None:
            file = self.other(file.scope, reference.file, reference.owner, chain)
        if name not in file.services.entries:
            with self.reading.faults.led(chain):
                self.take(file, name)
        if name in file.services.entries:
            return self.step(file, name)
        known = file.services.entries.keys() | set(_names(file.documents))
        if file is self.here:
            if name in self.beneath:
                return _Step(file, name, self.beneath[name], None)
            known |= self.beneath.keys()
        where = f"in {self.reading.name(file.path)}" if file.documents else "in this file"
        hint = did_you_mean(name, sorted(known))
        if not hint and not file.documents:
            hint = "name the 'file' of a service of another file"
        path = f"services.{reference.owner}.extends"
        message = f"no service {name!r} is defined {where}"
        raise ComposeFileError(Problem(reference.service.at, path, message, hint))

    def other(self, scope: Scope, file: Scalar, owner: str, chain: tuple[Link, ...]) -> _File:
        """Return the file that a service of another one is extended from."""
        path = f"services.{owner}.extends.file"
        place = self.reading.locate(str(file.value), scope, file.at, path)
        if place.path not in self.files:
            if len(self.files) == MOST_FILES:
                message = f"services of this file extend those of more than {MOST_FILES} others"
                raise ComposeFileError(Problem(file.at, path, message))
            documents = self.reading.asked(place.path, file.at, path, chain)
            inner = scope._replace(
                base=place.folder, files=(place.path,), chain=chain, root=place.root
            )
            self.files[place.path] = _File(
                place.path, inner, Map({}, Position(place.path, 1, 1)), documents
            )
        return self.files[place.path]

    def take(self, file: _File, name: str) -> None:
        """Make a service of a file known, if the file has it."""
        merged: Map | None = None
        problems: list[Problem] = []
        empty = True
        for document in file.documents:
            services = document.get("services")
            if isinstance(services, Map) and name in services.entries:
                service = services.entries[name]
                if isinstance(service, Scalar) and service.value is None:
                    service = Map({}, service.at)  # Compat: in another file, nothing will do
                else:
                    empty = False
                alone = replace(services, entries={name: service})
                part = Map({"services": alone}, document.at)
                result = layer(part, merged, file.scope, self.reading, part=True)
                merged = self.reading.merge(merged, result.document) if merged else result.document
                problems += (it for found in result.found.values() for it in found)
        found = settle(merged).get("services") if merged is not None else None
        if isinstance(found, Map):
            file.empty |= {name} if empty else set()
            file.services = replace(found, entries={**file.services.entries, **found.entries})
            file.problems[name] = tuple(problems)

    def inherit(self, name: str, step: _Step, chain: tuple[Link, ...]) -> None:
        """Let the problems of a base be those of the service that extends it, too."""
        problems: Iterable[Problem] = step.file.problems.get(step.name, ())
        if step.file is self.here:
            problems = self.reading.found.get(("services", step.name), ())
        told = [problem._replace(chain=problem.chain or chain) for problem in problems]
        if told:
            self.reading.note({("services", name): told})


def _reference(service: Map, name: str) -> _Reference | None:
    """Return what a service refers to, None where it extends nothing.

    Raises:
        ComposeFileError: it does not say which service it extends.
    """
    base = service.get("extends")
    if base is None or base.tag == "!reset":
        return None
    if isinstance(base, Scalar):
        return _Reference(name, base, None)
    target = base.get("service") if isinstance(base, Map) else None
    if not isinstance(base, Map) or not isinstance(target, Scalar) or not target.value:
        path, message = f"services.{name}.extends", "attribute 'service' is missing"
        raise ComposeFileError(Problem(base.at, path, message, "name the service to extend"))
    file = base.get("file")
    return _Reference(name, target, file if isinstance(file, Scalar) and file.value else None)


def _without_extends(service: Map) -> Map:
    entries = {key: value for key, value in service.entries.items() if key != "extends"}
    return replace(service, entries=entries)


def _names(documents: Iterable[Map]) -> Iterator[str]:
    for document in documents:
        services = document.get("services")
        if isinstance(services, Map):
            yield from services.entries


def _circle(steps: list[_Step]) -> Problem:
    """Return the problem that the last step is a service that came before."""
    shown = [f"{step.name} ({_place(step)})" for step in steps[:-1]]
    middle = len(shown) - _LONGEST
    if middle > 0:
        shown[_LONGEST // 2 : -_LONGEST // 2] = [f"({middle} more)"]
    first = steps[0]
    assert first.reference is not None
    message = f"services extend each other in a circle: {' -> '.join([*shown, steps[-1].name])}"
    return Problem(first.reference.service.at, f"services.{first.name}.extends", message)


def _place(step: _Step) -> Position:
    return step.file.services.key_at(step.name)
