"""Secrets and configs that are written into containers, and the volumes made for them; pure.

Source: rules 115, 164 and 165
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pycompose import labels
from pycompose.convert.grants import MODE, Granted, folder_of, folders, granted
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.ops import PutArchive, Ref, RemoveVolume
from pycompose.plan.resources import problem
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, Snapshot


def refused(project: Project) -> Iterator[Problem]:
    """Yield the secrets and configs that no container on a single engine can be given."""
    for section, objects in (("secrets", project.secrets), ("configs", project.configs)):
        for key, item in objects.items():
            if item.external:
                message = f"external {section} are kept by a Swarm, an engine alone has none"
                yield problem(project, (section, key), message, "use 'file' or 'environment'")
            for driver in ("driver", "template_driver"):
                if getattr(item, driver):
                    yield problem(project, (section, key, driver), "only a Swarm has such drivers")
    for service in project.services.values():
        rootless = "/" in folders(project, service)
        for each in granted(project, service):
            path = ("services", service.name, each.section, each.entry)
            for name in ("uid", "gid"):
                owner = getattr(each.grant, name)
                if owner and not owner.isdecimal():
                    message = f"expected a number, not {owner!r}"
                    yield problem(project, (*path, name), message, "names are the image's affair")
            if rootless and each.written and each.target.count("/") == 1:
                message = f"{each.target!r} cannot be written, the container's root is read-only"
                yield problem(project, path, message, "give it a 'target' in a folder of its own")


def put(
    steps: Steps,
    project: Project,
    service: Service,
    name: str,
    container: Ref,
    contents: Mapping[str, str],
    after: Iterable[int] = (),
) -> list[int]:
    """Plan to write what is no mount into a container called `name`; return the steps."""
    return [
        steps.add(
            PutArchive,
            after=after,
            resource=f"Container {name}",
            cause="missing",
            why=f"{each.section.removesuffix('s')} {each.grant.source} is written to {each.target}",
            container=container,
            section=each.section,
            key=each.grant.source,
            digest=contents.get(each.name, ""),
            path=each.target,
            folder=folder_of(project, service, each),
            uid=int(each.grant.uid or 0),
            gid=int(each.grant.gid or 0),
            mode=MODE if each.grant.mode is None else each.grant.mode,
            service=service.name,
        )
        for each in granted(project, service)
        if each.written
    ]


def changed(
    project: Project, service: Service, state: ContainerState, contents: Mapping[str, str]
) -> tuple[Granted, ...]:
    """Return what a container was given other contents of; nothing where nobody noted them."""
    try:
        known = json.loads(state.labels[labels.CONTENTS])
    except (KeyError, ValueError):
        # Compat: a container made by Docker Compose does not tell.
        return ()
    return tuple(
        each
        for each in granted(project, service)
        if each.name in contents and known.get(each.name) not in (None, contents[each.name])
    )


def volumes(snapshot: Snapshot) -> frozenset[str]:
    """Return the names of the volumes that hold nothing but one container's secrets and configs."""
    return frozenset(v.name for v in snapshot.volumes if labels.GRANTS in v.labels)


def remove_volumes(
    steps: Steps, snapshot: Snapshot, container: ContainerState, removed: int
) -> None:
    """Plan to remove, after a container, the volumes that held its secrets and configs."""
    for name in sorted(volumes(snapshot) & {mount.name for mount in container.mounts}):
        steps.add(
            RemoveVolume,
            after=[removed],
            resource=f"Volume {name[:12]}",
            cause="replaced",
            why=f"it held the secrets and configs of {container.name}",
            volume=name,
            best_effort=True,
            service=container.service,
        )


def sweep(steps: Steps, snapshot: Snapshot) -> None:
    """Plan to remove such volumes whose containers have gone: who removed them was cut off."""
    there = (*snapshot.containers, *snapshot.hooks)
    used = {mount.name for container in there for mount in container.mounts}
    for volume in snapshot.volumes:
        if volume.labels.get(labels.GRANTS) == snapshot.project and volume.name not in used:
            steps.add(
                RemoveVolume,
                resource=f"Volume {volume.name[:12]}",
                cause="interrupted",
                why="it held the secrets and configs of a container that has gone",
                volume=volume.name,
                best_effort=True,
            )
