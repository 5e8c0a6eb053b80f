"""What a rule sees: the project, its documents as they were written, and a look at the disk.

A rule is a function from a `Subject` to `Hit`s. The project tells what a file means, all files
merged and all variables in place; a document tells how it says it. A hit names places and keys; it
repeats no value that may be secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from pycompose.errors import Position, Severity
from pycompose.lint.ignores import Ignore
from pycompose.loader.tree import Map, Node, Path
from pycompose.model.project import Project
from pycompose.model.service import Service


class Disk(Protocol):
    """What rules may ask of the disk."""

    def mode(self, path: str) -> int | None:
        """Return the type and permission bits of what is at an absolute path, links followed.

        None where nothing is there, 0 where that cannot be told.
        """
        ...


class Hit(NamedTuple):
    """One place where a rule applies.

    `message` says what is wrong, `hint` what to do. A `sensitive` place is not shown: its line may
    hold a secret.
    """

    at: Position
    path: Path
    message: str
    hint: str = ""
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True)  # no slots: two attributes are kept once they are known
class Subject:
    """One project under the eyes of the rules; `documents` are those of all files, in order."""

    project: Project
    documents: tuple[Map, ...]
    disk: Disk
    ignores: tuple[Ignore, ...] = ()

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """Every service, enabled or not, by name."""
        return dict(sorted({**self.project.disabled, **self.project.services}.items()))

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of the Compose files."""
        return frozenset(document.at.file for document in self.documents)

    def at(self, *path: str | int) -> Position:
        """Return where the value at a path of the project was written."""
        return self.project.places.find(*path) or self.documents[0].at

    def written(self, section: str = "services") -> Iterator[tuple[Path, Map]]:
        """Yield the mappings of a section as they were written, document by document."""
        for document in self.documents:
            items = document.get(section)
            for name, item in items.entries.items() if isinstance(items, Map) else ():
                if isinstance(item, Map):
                    yield (section, name), item


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A known trap: its id, how much it matters, why, and the function that finds it."""

    id: str
    level: Severity
    reason: str
    check: Callable[[Subject], Iterable[Hit]]


def below(node: Map, *keys: str) -> Node | None:
    """Return what stands at keys below a mapping, None where nothing does."""
    found: Node | None = node
    for key in keys:
        found = found.get(key) if isinstance(found, Map) else None
    return found
