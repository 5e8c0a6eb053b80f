"""`lint`: the known traps in a project's files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycompose.app.session import Session

if TYPE_CHECKING:
    from pycompose.lint.findings import Finding
    from pycompose.loader.sources import Source, Sources


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, and the texts that were read."""

    findings: tuple[Finding, ...]
    texts: tuple[Source, ...]


class _Kept:
    """Sources that keep what they were asked for."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.texts: dict[str, Source] = {}

    def read(self, path: str) -> Source:
        """Return the text at a path."""
        source = self.texts[path] = self.sources.read(path)
        return source

    def follow(self, path: str) -> str:
        """Return a path with the first link in it followed."""
        return self.sources.follow(path)


def lint(session: Session, services: Sequence[str] = ()) -> Linted:
    """Return the traps in the project's files, those in some services only if any are named.

    Raises:
        ComposeFileError: the files are missing or wrong.
        UsageError: there is no such service.
    """
    from pycompose.files.disk import DiskSources
    from pycompose.lint.findings import lint as find

    disk = DiskSources(session.settings.cwd, sys.stdin.buffer)
    sources = _Kept(disk)
    project = session.read(sources=sources, all_resources=True)
    session.known(project, tuple(services))
    texts = tuple(sources.texts.values())
    return Linted(find(project, texts, disk, services), texts)
