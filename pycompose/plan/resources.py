"""Networks and volumes of a project: create what is missing, refuse what is not ours; pure."""

from __future__ import annotations

from collections.abc import Mapping

from pycompose import labels
from pycompose.convert import network as convert
from pycompose.convert.hashing import network_hash, volume_hash
from pycompose.errors import Position, Problem
from pycompose.model.project import Project
from pycompose.plan.ops import (
    CreateNetwork,
    CreateVolume,
    Disconnect,
    RemoveNetwork,
    Stop,
)
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, NetworkState, Snapshot, VolumeState


def problem(project: Project, path: tuple[str | int, ...], message: str, hint: str = "") -> Problem:
    """Return a problem at the place of `path` in the project's files."""
    nowhere = Position(project.config_files[0] if project.config_files else project.name, 1, 1)
    at = project.places.find(*path) or nowhere
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return Problem(at, dotted.removeprefix("."), message, hint)


def networks(project: Project, snapshot: Snapshot, steps: Steps) -> dict[str, int | str]:
    """Plan the project's networks; the step that makes each, or the id of the one that is there.

    An external one that is missing and a stranger that holds a name are problems of the steps.
    """
    made: dict[str, int | str] = {}
    for key, wanted in sorted(project.networks.items()):
        path = ("networks", key)
        found = [n for n in snapshot.networks if n.name == wanted.name]
        if wanted.external:
            by_id = [n for n in snapshot.networks if n.id == wanted.name]
            if len(found or by_id) == 1:
                made[key] = (found or by_id)[0].id
            else:
                steps.problems.append(
                    problem(project, path, *_external_network(wanted.name, found))
                )
            continue
        ours = [n for n in found if n.labels.get(labels.PROJECT) == project.name]
        if found and not ours:
            steps.problems.append(problem(project, path, *_foreign_network(found[0])))
        elif not ours:
            made[key] = steps.add(
                CreateNetwork,
                resource=f"Network {wanted.name}",
                cause="missing",
                why="not found",
                body=convert.network(project, key),
            )
        else:
            made[key] = _existing_network(project, snapshot, steps, key, ours)
    return made


def _external_network(name: str, found: list[NetworkState]) -> tuple[str, str]:
    if found:
        return (
            f"there are {len(found)} networks named '{name}'",
            "give the id of one of them as its 'name'",
        )
    return (
        f"the external network '{name}' does not exist",
        f"create it with 'docker network create {name}', or remove 'external'",
    )


def _foreign_network(found: NetworkState) -> tuple[str, str]:
    owner = found.labels.get(labels.PROJECT)
    of = f"belongs to project '{owner}'" if owner else "was not created by this project"
    return (
        f"a network named '{found.name}' exists and {of}",
        "say 'external: true' to use it, or give this one another 'name'",
    )


def _existing_network(
    project: Project, snapshot: Snapshot, steps: Steps, key: str, ours: list[NetworkState]
) -> int | str:
    keep = min(ours, key=lambda n: (n.created, n.id))
    others = [n for n in ours if n.id != keep.id]
    users = {id for c in snapshot.containers for id in c.networks.values()}
    for extra in others:
        if extra.id in users:
            steps.warn(f"there are two networks named {extra.name}; {extra.id[:12]} is still used")
        else:
            steps.add(
                RemoveNetwork,
                resource=f"Network {extra.name}",
                cause="surplus",
                why=f"a second network of this name ({extra.id[:12]}), unused",
                network=extra.id,
                best_effort=True,
            )
    wanted = project.networks[key]
    there = keep.labels.get(labels.CONFIG_HASH)
    if there is None or there == network_hash(wanted):
        return keep.id
    return _change_network(project, snapshot, steps, key, keep)


def _change_network(
    project: Project, snapshot: Snapshot, steps: Steps, key: str, old: NetworkState
) -> int:
    """Plan a network anew: its containers leave it first, and are recreated on the new one."""
    left: list[int] = []
    for container in snapshot.containers:
        if old.id in container.networks.values():
            left.append(_leave(container, old, steps))
    removed = steps.add(
        RemoveNetwork,
        after=left,
        resource=f"Network {old.name}",
        cause="changed",
        why=f"networks.{key} changed",
        network=old.id,
    )
    return steps.add(
        CreateNetwork,
        after=[removed],
        resource=f"Network {old.name}",
        cause="changed",
        why=f"networks.{key} changed",
        body=convert.network(project, key),
    )


def _leave(container: ContainerState, network: NetworkState, steps: Steps) -> int:
    after: list[int] = []
    why = f"network {network.name} is made anew"
    if container.state in ("running", "paused", "restarting"):
        after = [
            steps.add(
                Stop,
                resource=f"Container {container.name}",
                cause="dependency",
                why=why,
                container=container.id,
                service=container.service,
            )
        ]
    return steps.add(
        Disconnect,
        after=after,
        resource=f"Network {network.name}",
        cause="dependency",
        why=f"{container.name} leaves it",
        network=network.id,
        container=container.id,
    )


def volumes(
    project: Project, snapshot: Snapshot, steps: Steps, renewed: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Plan the project's named volumes; the step that makes each missing one. None is removed.

    `renewed` are those that steps make anew already. An external one that is missing is a problem
    of the steps.
    """
    made = dict(renewed or {})
    found = {volume.name: volume for volume in snapshot.volumes}
    for key, wanted in sorted(project.volumes.items()):
        there = found.get(wanted.name)
        if key in made:
            continue
        if there is not None:
            if not wanted.external:
                _existing_volume(project, key, there, steps)
        elif wanted.external:
            message = f"the external volume '{wanted.name}' does not exist"
            hint = f"create it with 'docker volume create {wanted.name}', or remove 'external'"
            steps.problems.append(problem(project, ("volumes", key), message, hint))
        else:
            made[key] = steps.add(
                CreateVolume,
                resource=f"Volume {wanted.name}",
                cause="missing",
                why="not found",
                body=convert.volume(project, key),
            )
    return made


def volume_changed(project: Project, there: VolumeState, key: str) -> bool:
    """Tell whether a volume of the project was made with other settings than it has now."""
    if project.volumes[key].external or there.labels.get(labels.PROJECT) != project.name:
        return False
    made_with = there.labels.get(labels.CONFIG_HASH)
    return made_with not in (None, volume_hash(project.volumes[key]))


def _existing_volume(project: Project, key: str, there: VolumeState, steps: Steps) -> None:
    owner = there.labels.get(labels.PROJECT)
    at = problem(project, ("volumes", key), "").at
    if owner is None:
        steps.warn(
            f"{at}: volumes.{key}: volume '{there.name}' exists and was not created by this"
            " project, it is used as it is (say 'external: true' to tell that this is meant)"
        )
    elif owner != project.name:
        steps.warn(
            f"{at}: volumes.{key}: volume '{there.name}' belongs to project '{owner}', it is used"
            " as it is (say 'external: true' to tell that this is meant)"
        )
    elif volume_changed(project, there, key):
        steps.warn(
            f"{at}: volumes.{key}: volume '{there.name}' exists with other settings, it is kept"
            " with its data (--recreate-volumes makes it anew and destroys what is in it)"
        )
