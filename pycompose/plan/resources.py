"""Networks and volumes of a project: create what is missing, refuse what is not ours; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from pycompose import labels
from pycompose.convert import network as convert
from pycompose.convert.hashing import network_hash, volume_hash
from pycompose.errors import Position, Problem
from pycompose.model.project import Project
from pycompose.plan.ops import (
    STOPPABLE,
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


class Networks(NamedTuple):
    """What became of a project's networks, by key.

    `made` holds the step that makes each, or the id of the one that is there; `cleared` the steps
    after which it is the only one of its name. `left` are the ids of containers that were taken
    off a network that goes, to be made anew.
    """

    made: dict[str, int | str]
    cleared: dict[str, list[int]]
    left: set[str]


def networks(
    project: Project, snapshot: Snapshot, steps: Steps, going: Collection[str] = ()
) -> Networks:
    """Plan the project's networks; `going` are the ids of containers that the plan removes.

    An external one that is missing, a stranger that holds a name, and containers that would be
    taken off a network for good are problems of the steps.
    """
    planned = Networks({}, {}, set())
    made = planned.made
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
            keep = min(ours, key=lambda n: (n.created, n.id))
            made[key] = keep.id
            extra = [n for n in ours if n.id != keep.id]
            users = _Users(project, snapshot, steps, going, planned.left)
            planned.cleared[key] = [_remove_extra(users, key, one) for one in extra]
            there = keep.labels.get(labels.CONFIG_HASH)
            if there is not None and there != network_hash(wanted):
                made[key] = _change_network(users, key, keep)
    return planned


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


class _Users(NamedTuple):
    """What it takes to take containers off a network that goes."""

    project: Project
    snapshot: Snapshot
    steps: Steps
    going: Collection[str]
    left: set[str]

    def leave(self, key: str, network: NetworkState, why: str) -> list[int]:
        """Plan to stop and disconnect whatever of the project is on a network; the last steps."""
        on_it = [c for c in self.snapshot.containers if network.id in c.networks.values()]
        for container in on_it:
            if self._stays(container):
                message = f"{why}, but {container.name} runs on it and is not to be made anew"
                hint = "name its service as well, or remove that container"
                self.steps.problems.append(problem(self.project, ("networks", key), message, hint))
        self.left.update(container.id for container in on_it)
        return [_leave(container, network, self.steps, why) for container in on_it]

    def _stays(self, container: ContainerState) -> bool:
        ours = container.service in self.project.services and not container.oneoff
        return container.state in STOPPABLE and not ours and container.id not in self.going


def _remove_extra(users: _Users, key: str, extra: NetworkState) -> int:
    """Plan to remove a second network of a name, with which no container could be started."""
    left = users.leave(key, extra, f"a second network is named {extra.name}")
    return users.steps.add(
        RemoveNetwork,
        after=left,
        resource=f"Network {extra.name}",
        cause="surplus",
        why=f"a second network of this name ({extra.id[:12]})",
        network=extra.id,
        best_effort=not left,  # where nothing of ours is on it, what runs goes on as it is
    )


def _change_network(users: _Users, key: str, old: NetworkState) -> int:
    """Plan a network anew: its containers leave it first, and are recreated on the new one."""
    steps = users.steps
    left = users.leave(key, old, f"network {old.name} is made anew")
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
        body=convert.network(users.project, key),
    )


def _leave(container: ContainerState, network: NetworkState, steps: Steps, why: str) -> int:
    after: list[int] = []
    if container.state in STOPPABLE:
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
        if wanted.name in incomplete(snapshot):
            message = f"volume '{wanted.name}' is incomplete: what was to fill it was cut off"
            hint = "restore or clone it once more, or remove it by 'down --volumes'"
            steps.problems.append(problem(project, ("volumes", key), message, hint))
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


def incomplete(snapshot: Snapshot) -> set[str]:
    """Return the volumes that a restore or a clone was to fill, and did not to the end."""
    return {hook.labels[labels.MOVER_FILLS] for hook in snapshot.hooks if fills(hook)}


def fills(hook: ContainerState) -> bool:
    """Tell whether a container is one that was to fill a volume, and did not to the end."""
    return labels.MOVER_FILLS in hook.labels and not hook.name.endswith(labels.MOVER_DONE)


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
