"""All rules over one project: what is left once the user's `ignore`s are heeded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from pycompose.errors import ComposeFileError, Position
from pycompose.lint.ignores import commented, written
from pycompose.lint.rules import RULES
from pycompose.lint.subject import Disk, Hit, Rule, Subject
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import Map, Seq, dotted
from pycompose.model.project import Project


class Finding(NamedTuple):
    """A rule that applies at one place."""

    rule: Rule
    hit: Hit

    @property
    def at(self) -> Position:
        """Where it applies."""
        return self.hit.at

    @property
    def path(self) -> str:
        """What it applies to, dotted; "" for a whole file."""
        return dotted(self.hit.path)


def lint(
    project: Project, sources: Sequence[Source], disk: Disk, services: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return what the rules find, in the order of the files.

    The project has all the resources of its files; `sources` are the texts it was loaded from, env
    files among them. With `services`, only what is found in these is returned.
    """
    files = [(source, documents) for source in sources if (documents := _documents(source))]
    documents = tuple(document for _, found in files for document in found)
    ignores = (*written(documents), *(each for source, _ in files for each in commented(source)))
    subject = Subject(project=project, documents=documents, disk=disk, ignores=ignores)
    found: dict[tuple[str, Position], Finding] = {}  # what aliases share is told once
    for rule in RULES:
        for hit in rule.check(subject):
            if services and (hit.path[:1] != ("services",) or hit.path[1] not in services):
                continue
            if not any(ignore.covers(rule.id, hit.at, hit.path) for ignore in ignores):
                found.setdefault((rule.id, hit.at), Finding(rule, hit))
    order = {source.name: index for index, (source, _) in enumerate(files)}
    return tuple(
        sorted(found.values(), key=lambda f: (order.get(f.at.file, len(order)), f.at, f.rule.id))
    )


_SECTIONS: Final = ("services", "include", "networks", "volumes", "secrets", "configs", "models")


def _documents(source: Source) -> tuple[Map, ...]:
    """Return the documents of a Compose file; none of an env file, which has no such sections."""
    try:
        documents = [node for node in parse(source) if isinstance(node, Map)]
    except ComposeFileError:
        return ()
    sections = (document.get(name) for document in documents for name in _SECTIONS)
    return tuple(documents) if any(isinstance(each, Map | Seq) for each in sections) else ()
