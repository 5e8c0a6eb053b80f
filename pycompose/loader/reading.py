"""One load under way: the files that were read, why, and what was found in them.

The stages share it. Each file is read and parsed once. What is found wrong with one service or
resource is kept by its owner: it is nobody's trouble until someone uses that.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from pycompose.errors import ComposeFileError, Link, Owner, Position, Problem
from pycompose.loader.canonical import canonical
from pycompose.loader.environment import reason
from pycompose.loader.faults import Faults
from pycompose.loader.merge import merge
from pycompose.loader.parse import parse
from pycompose.loader.remote import is_remote, is_within, shown
from pycompose.loader.sources import Remote, Source, Sources
from pycompose.loader.trace import Rule, Trace
from pycompose.loader.tree import Map, Node, Scalar, Seq


class Scope(NamedTuple):
    """What a file is read under.

    `environment` is what its variables are taken from, `base` where its relative paths start (both
    it and `home` are absolute). `files` are the file and those that include it, outermost first;
    `chain` the places where they do, nearest first. `root` is the folder that a file from elsewhere
    may not leave.
    """

    environment: Mapping[str, str]
    base: str
    home: str = ""
    files: tuple[str, ...] = ()
    chain: tuple[Link, ...] = ()
    root: str = ""

    def __repr__(self) -> str:
        return f"Scope(base={self.base!r}, files={self.files!r}, …)"  # variables hold secrets


class Place(NamedTuple):
    """Where a file is, the folder its relative paths start from, and the one it may not leave."""

    path: str
    folder: str
    root: str = ""


class Reading:
    """One load under way.

    `canonical` and `merge` are the stages of that name. Without `interpolate` strings stay as they
    are written, without `absolute` paths stay relative, to `folder` if not to their own file's. A
    `trace` is told what gives way; then `merge` is not asked. `environments` are what the
    variables of each file are taken from.
    """

    def __init__(
        self,
        sources: Sources,
        faults: Faults,
        folder: str,
        *,
        canonical: Callable[[Map], Map] = canonical,
        merge: Callable[[Map, Map], Map] = merge,
        interpolate: bool = True,
        absolute: bool = True,
        trace: Trace | None = None,
        remote: Remote | None = None,
    ) -> None:
        self.sources = sources
        self.faults = faults
        self.folder = folder
        self.canonical = canonical
        self._merge = merge
        self.interpolate = interpolate
        self.absolute = absolute
        self.trace = trace
        self.environments: dict[str, Mapping[str, str]] = {}
        self.remote = remote
        self.found: dict[Owner, list[Problem]] = {}
        self.includes = 0
        self._parsed: dict[str, tuple[Source, tuple[Map, ...]]] = {}

    def documents(self, path: str, chain: tuple[Link, ...] = ()) -> tuple[Map, ...]:
        """Return the documents of a Compose file; none where it is empty.

        Raises:
            ComposeFileError: it cannot be read, is no YAML, or holds something else.
        """
        if path not in self._parsed:
            source = read(path, self.sources)
            self.faults.chains.setdefault(source.name, chain)
            self._parsed[path] = (source, mappings(parse(source)))
        return self._parsed[path][1]

    def asked(
        self, path: str, at: Position, attribute: str, chain: tuple[Link, ...]
    ) -> tuple[Map, ...]:
        """Return the documents of a file that another one asks for at `at`, in `attribute`.

        Raises:
            ComposeFileError: as `documents`; a file that is missing is a problem of who asks.
        """
        try:
            return self.documents(path, chain)
        except ComposeFileError as error:
            unread = Position(path, 1, 1)
            moved = [
                it._replace(at=at, path=attribute, message=f"{path}: {it.message}")
                if it.at == unread
                else it
                for it in error.problems
            ]
            raise ComposeFileError(*moved) from None

    def locate(self, reference: str, scope: Scope, at: Position, attribute: str) -> Place:
        """Return where the file is that `attribute` of a Compose file refers to at `at`.

        Raises:
            ComposeFileError: it is elsewhere and cannot be fetched or may not be, or it is outside
                of what the Compose file may read.
        """
        if is_remote(reference):
            return self.fetched(reference, at, attribute)
        path = posixpath.normpath(posixpath.join(scope.base, reference))
        if scope.root and not is_within(path, scope.root):
            message = f"a remote file may not read {path!r}, which is outside of its own folder"
            raise ComposeFileError(Problem(at, attribute, message))
        return Place(path, posixpath.dirname(path), scope.root)

    def fetched(self, reference: str, at: Position, attribute: str) -> Place:
        """Return where a file is that was fetched from elsewhere.

        Raises:
            ComposeFileError: it cannot be fetched, or may not be.
        """
        name = shown(reference)
        if self.remote is None:
            message = f"{name!r} is not on this machine, and remote files are not allowed"
            hint = "pycompose --allow-remote reads it, if you trust it"
            raise ComposeFileError(Problem(at, attribute, message, hint))
        try:
            path, root = self.remote.fetch(reference)
        except (OSError, ValueError) as error:
            message = f"{name!r} cannot be read: {reason(error)}"
            raise ComposeFileError(Problem(at, attribute, message)) from None
        return Place(path, posixpath.dirname(path), root)

    def everything(self) -> tuple[Map, ...]:
        """Return the documents of all files read so far, as they are written."""
        return tuple(document for _, documents in self._parsed.values() for document in documents)

    def name(self, path: str) -> str:
        """Return what messages call a file that was read."""
        return self._parsed[path][0].name

    def note(self, found: Mapping[Owner, Iterable[Problem]]) -> None:
        """Keep what was found, by its owner."""
        for owner, problems in found.items():
            self.found.setdefault(owner, []).extend(problems)

    def merge(self, base: Map, override: Map, rule: Rule = "override") -> Map:
        """Return a document with another one laid over it by a rule.

        Raises:
            ComposeFileError: the two do not go together.
        """
        if self.trace is None:
            return self._merge(base, override)
        return merge(base, override, partial(self.trace.overrule, rule))

    def laid_over(self, path: tuple[str, ...], base: Node, override: Node, rule: Rule) -> Node:
        """Return what stands at a path of keys with something else laid over it by a rule.

        Raises:
            ComposeFileError: the two do not go together.
        """
        found: Node = self.merge(_at(path, base), _at(path, override), rule)
        for key in path:
            assert isinstance(found, Map)
            found = found.entries[key]
        return found


def _at(path: tuple[str, ...], node: Node) -> Map:
    for key in reversed(path):
        node = Map({key: node}, node.at, {key: node.at})
    assert isinstance(node, Map)
    return node


def read(path: str, sources: Sources) -> Source:
    """Return the text of a Compose file.

    Raises:
        ComposeFileError: it cannot be read.
    """
    try:
        return sources.read(path)
    except FileNotFoundError:
        raise ComposeFileError(Problem(Position(path, 1, 1), "", "there is no such file")) from None
    except (OSError, ValueError) as error:
        raise ComposeFileError(Problem(Position(path, 1, 1), "", reason(error))) from None


def mappings(documents: tuple[Node, ...]) -> tuple[Map, ...]:
    """Return the documents of a file, none where there is nothing in it.

    Raises:
        ComposeFileError: one of them is no mapping.
    """
    first = documents[0]
    is_empty = isinstance(first, Scalar) and first.value is None and not first.text
    if is_empty and len(documents) == 1 and first.at[1:] == (1, 1):
        return ()
    for node in documents:
        if not isinstance(node, Map):
            message = "expected a mapping with 'services' at the top of the file"
            if isinstance(node, Scalar) and node.value is None:
                message = "there is nothing in this document of the file"
                raise ComposeFileError(Problem(node.at, "", message, "remove its '---'"))
            found = "a list" if isinstance(node, Seq) else "a single value"
            raise ComposeFileError(Problem(node.at, "", f"{message}, found {found}"))
    return tuple(node for node in documents if isinstance(node, Map))
