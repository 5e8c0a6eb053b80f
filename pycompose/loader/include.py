"""`include`: whole Compose files, each read for itself, that become part of another one.

In goes a canonical document, out comes one that also has the services and resources of what it
includes. What is included has its own directory and its own variables below those it is included
under; its name and its extensions count for nothing. What both define is merged: the document that
includes is laid over what it includes, an earlier file over a later one.

Source: compose-spec 14-include.md; rules 47-52
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from pycompose.errors import ComposeFileError, Link, Position, Problem
from pycompose.loader.environment import project_environment
from pycompose.loader.environment import resolve_variables as with_variables
from pycompose.loader.reading import Place, Reading, Scope
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import SECTIONS, Map, Node, Scalar, Seq, dotted, plain

Assemble: TypeAlias = Callable[[Sequence[Place], Scope, Reading], Map]

MOST_LEVELS: Final = 100  # every level is a recursion; hand-written projects have two or three
MOST_FILES: Final = 1000  # includes of one project, counted each time: 2 seconds' work
_ATTRIBUTES: Final = ("path", "project_directory", "env_file")


def include(document: Map, scope: Scope, reading: Reading, assemble: Assemble) -> Map:
    """Return a document with what it includes; `assemble` makes one document of some files.

    What is wrong with an entry goes to the faults of the reading.
    """
    entries = document.get("include")
    rest = {key: value for key, value in document.entries.items() if key != "include"}
    document = replace(document, entries=rest)
    for index, entry in enumerate(entries.items if isinstance(entries, Seq) else ()):
        with reading.faults:
            model = _Entry(entry, dotted(("include", index)), scope, reading).model(assemble)
            if model is not None:
                document = _laid_over(model, document, reading)
    return document


class _Entry:
    """One entry of `include`."""

    def __init__(self, entry: Node, path: str, scope: Scope, reading: Reading) -> None:
        self.at = entry.at
        self.entries = entry.entries if isinstance(entry, Map) else {"path": entry}
        self.keys = entry.keys if isinstance(entry, Map) else {}
        self.path = path
        self.scope = scope
        self.reading = reading

    def model(self, assemble: Assemble) -> Map | None:
        """Return the document that the entry stands for; None where it names no file.

        Raises:
            ComposeFileError: files are missing or wrong, or include each other.
        """
        self.ignored()
        named = list(self.texts("path"))
        places = [
            self.reading.locate(text, self.scope, at, f"{self.path}.path") for text, at in named
        ]
        if not places:
            self.environment(self.directory(self.scope.base))
        if not places or not self.counted():
            return None
        chain = (Link("included from", named[0][1]), *self.scope.chain)
        for place, (_, at) in zip(places, named, strict=True):
            self.refuse_circle(place.path, at)
            self.reading.asked(place.path, at, f"{self.path}.path", chain)
        base = self.directory(places[0].folder)
        scope = self.scope._replace(base=base, chain=chain, environment=self.environment(base))
        return with_variables(assemble(places, scope, self.reading), scope.environment)

    def texts(self, key: str) -> Iterator[tuple[str, Position]]:
        """Yield the texts of an attribute that is one or a list, with their places."""
        value = self.entries.get(key)
        for item in value.items if isinstance(value, Seq) else (value,):
            if isinstance(item, Scalar) and item.value:
                yield str(item.value), item.at

    def ignored(self) -> None:
        """Warn of attributes that mean nothing here."""
        # Compat: Docker Compose passes over them in silence, a wrong name along with them.
        problems = [
            Problem(
                self.keys.get(key, self.at),
                self.path,
                f"unknown attribute {key!r} is ignored",
                did_you_mean(key, _ATTRIBUTES),
                "warning",
            )
            for key in self.entries
            if key not in _ATTRIBUTES and not key.startswith("x-")
        ]
        self.reading.note({(): problems})

    def counted(self) -> bool:
        """Whether one more file may be included.

        Raises:
            ComposeFileError: this is the first one too many, or it is nested too deep.
        """
        self.reading.includes += 1
        message = ""
        if self.reading.includes == MOST_FILES + 1:
            message = f"the project includes more than {MOST_FILES} files"
        elif len(self.scope.files) > MOST_LEVELS:
            message = f"files include each other more than {MOST_LEVELS} levels deep"
        if message:
            raise ComposeFileError(Problem(self.at, self.path, message))
        return self.reading.includes <= MOST_FILES

    def refuse_circle(self, path: str, at: Position) -> None:
        """Refuse a file that is about to include itself.

        Raises:
            ComposeFileError: it is on the way here already.
        """
        files = self.scope.files
        if path in files:
            names = [self.reading.name(each) for each in (*files[files.index(path) :], path)]
            message = f"files include each other in a circle: {' -> '.join(names)}"
            raise ComposeFileError(Problem(at, self.path, message, chain=self.scope.chain))

    def directory(self, implied: str) -> str:
        """Return where relative paths of what is included start."""
        given = next(self.texts("project_directory"), None)
        return implied if given is None else absolute(given[0], self.scope.base)

    def environment(self, base: str) -> dict[str, str]:
        """Return the variables of what is included: the ones here over those of its env files.

        Raises:
            ComposeFileError: an env file is wrong, or missing though it was named.
        """
        given = {
            self.reading.locate(text, self.scope, at, f"{self.path}.env_file").path: at
            for text, at in self.texts("env_file")
        }
        files = tuple(given) or (absolute(".env", base),)
        try:
            environment, notices = project_environment(
                self.scope.environment,
                files,
                self.reading.sources,
                required=bool(given),
                trace=self.reading.trace,
            )
        except ComposeFileError as error:
            path = f"{self.path}.env_file"
            raise ComposeFileError(
                *(
                    it._replace(
                        at=given[it.at.file], path=path, message=f"{it.at.file}: {it.message}"
                    )
                    if it.at.file in given
                    else it
                    for it in error.problems
                )
            ) from None
        self.reading.note({(): notices})
        return environment


def absolute(path: str, base: str) -> str:
    """Return a path made absolute from `base`, without dots."""
    return posixpath.normpath(posixpath.join(base, path))


def _laid_over(model: Map, document: Map, reading: Reading) -> Map:
    """Return a document laid over the services and resources of what it includes."""
    entries = dict(document.entries)
    for kind in SECTIONS:
        theirs, ours = model.get(kind), entries.get(kind)
        if isinstance(theirs, Map) and theirs.entries:
            entries[kind] = (
                _section(kind, theirs, ours, reading) if isinstance(ours, Map) else theirs
            )
    return replace(document, entries=entries)


def _section(kind: str, theirs: Map, ours: Map, reading: Reading) -> Map:
    entries = {**theirs.entries, **ours.entries}
    for name in theirs.entries.keys() & ours.entries.keys():
        one, other = theirs.entries[name], ours.entries[name]
        # What is the same stays the same: of two files that include a third one, for example,
        # lists would be doubled.
        same = not other.tag and plain(one) == plain(other)
        entries[name] = one if same else reading.laid_over((kind, name), one, other, "include")
    return Map(entries, ours.at, {**theirs.keys, **ours.keys}, ours.tag)
