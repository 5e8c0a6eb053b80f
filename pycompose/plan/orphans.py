"""Containers of a project whose service its files do not know: left over, or another file's; pure.

Two files may share a project (two files in one folder do, unless they say otherwise). What was
made from files that none of ours is among is not left over from ours.

Source: rule 83, but for the containers of other files
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pycompose import labels
from pycompose.model.project import Project
from pycompose.snapshot import ContainerState


def is_orphan(project: Project, container: ContainerState) -> bool:
    """Whether nobody knows the container's service, and none but these files can have known it.

    A one-off container is one once it has ended.
    """
    if container.oneoff:
        over = container.state in ("exited", "dead")
        return over and not is_foreign(project, container)
    known = container.service in project.services or container.service in project.disabled
    return not known and not is_foreign(project, container)


def is_foreign(project: Project, container: ContainerState) -> bool:
    """Whether a container was made from other files than the project's, as its labels tell."""
    made_from = set(files(container))
    return bool(made_from and project.config_files) and made_from.isdisjoint(project.config_files)


def files(container: ContainerState) -> tuple[str, ...]:
    """Return the Compose files that a container was made from, as its labels tell."""
    told = container.labels.get(labels.CONFIG_FILES, "")
    return tuple(told.split(",")) if told else ()


def warnings(
    project: Project, orphans: Collection[ContainerState], there: Iterable[ContainerState]
) -> Iterator[str]:
    """Yield what to tell of orphans that stay, and of what other files made."""
    if orphans:
        names = ", ".join(orphan.name for orphan in orphans)
        yield (
            f"found orphan containers ({names}) for this project; if you removed or renamed"
            " their service in the Compose file, --remove-orphans cleans them up"
        )
    known = {*project.services, *project.disabled}
    others = [c for c in there if c.service not in known and is_foreign(project, c)]
    if others:
        names = ", ".join(other.name for other in others)
        made_from = ", ".join(sorted({path for other in others for path in files(other)}))
        yield (
            f"containers of this project ({names}) were made from other files ({made_from});"
            " they are left alone"
        )
