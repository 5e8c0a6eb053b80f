"""Volumes whose settings have changed, made anew at the user's word; pure.

It destroys what is in them, so nothing but `--recreate-volumes` asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycompose.convert import network as convert
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.plan.ops import CreateVolume, RemoveVolume
from pycompose.plan.resources import problem, volume_changed
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, Snapshot


def volumes(project: Project, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield key and name of each volume that is to be made anew."""
    found = {volume.name: volume for volume in snapshot.volumes}
    for key, wanted in sorted(project.volumes.items()):
        if wanted.name in found and volume_changed(project, found[wanted.name], key):
            yield key, wanted.name


def users(snapshot: Snapshot, name: str) -> tuple[ContainerState, ...]:
    """Return the containers that the volume called `name` is mounted in."""
    return tuple(
        container
        for container in snapshot.containers
        if any(mount.type == "volume" and mount.name == name for mount in container.mounts)
    )


def stranger(project: Project, key: str, using: Iterable[ContainerState]) -> Problem | None:
    """Return what is wrong where a container uses the volume that this plan does not make anew."""
    for container in using:
        if container.oneoff or container.service not in project.services:
            return problem(
                project,
                ("volumes", key),
                f"the volume cannot be made anew: {container.name} uses it too",
                "remove that container, or name its service as well",
            )
    return None


def volume(project: Project, steps: Steps, key: str, removed: Iterable[int]) -> int:
    """Plan a volume anew once its users are `removed`; the step that makes it."""
    name = project.volumes[key].name
    why = f"volumes.{key} changed ({problem(project, ('volumes', key), '').at})"
    gone = steps.add(
        RemoveVolume,
        after=removed,
        resource=f"Volume {name}",
        cause="changed",
        why=why,
        volume=name,
        destroys=f"volume {name}",
    )
    return steps.add(
        CreateVolume,
        after=[gone],
        resource=f"Volume {name}",
        cause="changed",
        why=why,
        body=convert.volume(project, key),
    )
