"""How a service gets its secrets and configs: mounted from a file, or written into the container.

A file is mounted as it is. What is no file, or is to have an owner or a mode of its own, is written
into the container before it starts; where its root is read-only, into a volume of its own at the
folder, which goes with the container.

Source: rules 164 and 165; a mode or owner of a file is ignored by Docker Compose
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose.model.mounts import Grant
from pycompose.model.project import Project
from pycompose.model.resources import FileObject
from pycompose.model.service import Service

Section: TypeAlias = Literal["secrets", "configs"]

MODE: Final = 0o444  # of what is written and has no mode of its own
_ROOTS: Final[Mapping[Section, str]] = {"secrets": "/run/secrets", "configs": "/"}


class Granted(NamedTuple):
    """One use of a secret or config, at `target`: entry number `entry` of its section."""

    section: Section
    entry: int
    grant: Grant
    item: FileObject
    target: str

    @property
    def name(self) -> str:
        """What labels and digests call it: `secrets.password`."""
        return f"{self.section}.{self.grant.source}"

    @property
    def written(self) -> bool:
        """Whether it is written into the container, rather than mounted."""
        grant = self.grant
        return not self.item.file or bool(grant.uid or grant.gid or grant.mode is not None)


def granted(project: Project, service: Service) -> Iterator[Granted]:
    """Yield the service's secrets and configs, but for those that a volume takes the place of."""
    if not (service.secrets or service.configs):
        return
    taken = {mount.target for mount in service.volumes}
    sections: tuple[tuple[Section, tuple[Grant, ...], Mapping[str, FileObject]], ...] = (
        ("secrets", service.secrets, project.secrets),
        ("configs", service.configs, project.configs),
    )
    for section, grants, items in sections:
        for index, grant in enumerate(grants):
            # A relative target stands below the folder of its kind.
            target = posixpath.join(_ROOTS[section], grant.target or grant.source)
            if target not in taken and grant.source in items:
                yield Granted(section, index, grant, items[grant.source], target)


def folder_of(project: Project, service: Service, each: Granted) -> str:
    """Return where to unpack what is written at a target: the root, or the volume it is in."""
    if not service.read_only:
        return "/"
    volumes = (*_writable(service), *folders(project, service))
    return max((v for v in volumes if _within(each.target, v)), key=len, default="/")


def folders(project: Project, service: Service) -> tuple[str, ...]:
    """Return the folders that need a volume so that they can be written to, sorted.

    A folder below another of them, or in a volume of the service, needs none.
    """
    if not service.read_only:
        return ()
    written = (each.target for each in granted(project, service) if each.written)
    found: list[str] = []
    for folder in sorted({posixpath.dirname(target) for target in written}):
        if not any(_within(folder, other) for other in (*_writable(service), *found)):
            found.append(folder)
    return tuple(found)


def _writable(service: Service) -> list[str]:
    return [m.target for m in service.volumes if m.type == "volume" and not m.read_only]


def _within(folder: str, other: str) -> bool:
    return folder == other or folder.startswith(f"{other.rstrip('/')}/")
