"""A minimal Project from the labels of what is there, for commands without a Compose file; pure.

Source: rule 193
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from pycompose import graph, labels
from pycompose.errors import UsageError
from pycompose.model.project import Project
from pycompose.model.resources import Network, Volume
from pycompose.model.service import Condition, Dependency, Service
from pycompose.snapshot import ContainerState, Snapshot


def adopt(snapshot: Snapshot) -> Project:
    """Return what can be known of a project from its containers, networks and volumes.

    Its services have an image, a scale and dependencies; nothing can be created from them.
    """
    by_service: dict[str, list[ContainerState]] = {}
    for container in snapshot.containers:
        if container.service and not container.oneoff:
            by_service.setdefault(container.service, []).append(container)
    services = {
        name: Service(
            name=name,
            image=containers[0].image,
            scale=len(containers),
            depends_on=_depends_on(containers[0], set(by_service)),
        )
        for name, containers in sorted(by_service.items())
    }
    mine = [n for n in snapshot.networks if n.labels.get(labels.PROJECT) == snapshot.project]
    owned = [v for v in snapshot.volumes if v.labels.get(labels.PROJECT) == snapshot.project]
    return Project(
        name=snapshot.project,
        services=services,
        networks={n.labels.get(labels.NETWORK, n.name): Network(name=n.name) for n in mine},
        volumes={v.labels.get(labels.VOLUME, v.name): Volume(name=v.name) for v in owned},
    )


def check(project: Project, services: Iterable[str]) -> None:
    """Check that services are there, as far as labels tell: all there is to know of them.

    Raises:
        UsageError: one is not.
    """
    for name in services:
        if name not in project.services:
            raise UsageError(f"no such service: {name}")


def check_start(project: Project, snapshot: Snapshot, services: Iterable[str]) -> None:
    """Check that services, and what they depend on, can be started without their files.

    Raises:
        UsageError: there is no container at all, or none of one of these services.
    """
    if not project.services:
        raise UsageError(f"no container found for project {project.name!r}")
    named = tuple(services)
    check(project, named)
    chosen = graph.closure(project, named) if named else project.services
    for container in snapshot.containers:
        if container.oneoff or container.service not in chosen:
            continue
        for entry in container.labels.get(labels.DEPENDS_ON, "").split(","):
            other = entry.partition(":")[0]
            if other and other not in project.services:
                raise UsageError(
                    f"service {container.service!r} depends on {other!r}, which has no container"
                )


def with_dependents(project: Project, services: Iterable[str]) -> tuple[str, ...]:
    """Return services, and those that need them: what goes down together where no file tells.

    Compat: with a file, Docker Compose takes down what was named and nothing else.
    """
    named = tuple(services)
    return tuple(sorted({*named, *graph.reach(graph.dependents(project), named)}))


def _depends_on(container: ContainerState, known: set[str]) -> dict[str, Dependency]:
    found: dict[str, Dependency] = {}
    for entry in container.labels.get(labels.DEPENDS_ON, "").split(","):
        name, _, rest = entry.partition(":")
        condition, _, restart = rest.partition(":")
        if name not in known or name == container.service:
            continue
        for allowed in get_args(Condition):
            if condition == allowed:
                found[name] = Dependency(condition=allowed, restart=restart == "true")
        found.setdefault(name, Dependency(restart=True))
    return found
