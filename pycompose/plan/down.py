"""Take a project down: containers, networks, and on request volumes and images; pure.

Source: rules 118-124
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from pycompose import graph, labels
from pycompose.convert.mounts import anonymous_mark
from pycompose.model.project import Project
from pycompose.model.values import EMPTY, familiar
from pycompose.plan import grants, hooks, pre_start, providers
from pycompose.plan.diverged import anonymous
from pycompose.plan.ops import (
    STOPPABLE,
    RemoveContainer,
    RemoveImage,
    RemoveNetwork,
    RemoveVolume,
    Stop,
)
from pycompose.plan.orphans import is_foreign, is_orphan
from pycompose.plan.plan import Plan
from pycompose.plan.resources import fills
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, Snapshot


class Options(NamedTuple):
    """What goes besides containers and networks; `services` empty means all.

    Whatever `volumes` says, those of orphans stay. `timeout` in seconds. `fast` kills all
    containers at once: no order, no grace, no hooks.
    `programs` are those that provide services, by type.
    """

    services: frozenset[str] = frozenset()
    volumes: bool = False
    images: Literal["", "local", "all"] = ""
    remove_orphans: bool = False
    timeout: int | None = None
    fast: bool = False
    programs: Mapping[str, str] = EMPTY


def down(project: Project, snapshot: Snapshot, options: Options) -> Plan:
    """Return the steps that take the project down; external networks and volumes never go."""
    steps = Steps()
    going = [c for c in snapshot.containers if _goes(project, c, options)]
    removed = _containers(project, going, steps, options)
    for container in going:
        grants.remove_volumes(steps, snapshot, container, removed[container.id])
    grants.sweep(steps, snapshot)
    after = [*removed.values(), *_hooks(snapshot, steps, options)]
    staying = [c for c in snapshot.containers if c.id not in removed]
    _networks(project, snapshot, steps, staying, after)
    if options.volumes:
        _volumes(project, snapshot, steps, going, staying, after, options)
    if options.images:
        _images(project, snapshot, steps, options, after)
    if not steps.all:
        steps.warn(f"no resource found to remove for project {project.name!r}")
    return steps.plan()


def _hooks(snapshot: Snapshot, steps: Steps, options: Options) -> list[int]:
    """Plan to remove what is left of `pre_start` hooks that failed, or run still."""
    why = "the project goes down"
    return [
        pre_start.remove(steps, hook, why)
        for hook in snapshot.hooks
        if (not options.services or hook.service in options.services)
        # What tells that a volume is incomplete goes with that volume, not before.
        and (options.volumes or not fills(hook))
    ]


def _goes(project: Project, container: ContainerState, options: Options) -> bool:
    if container.oneoff:
        # Compat: Docker Compose leaves them, and with them the network, unless orphans go.
        whole = options.remove_orphans or not options.services
        return whole and not is_foreign(project, container)
    known = container.service in (options.services or project.services)
    return known or (options.remove_orphans and is_orphan(project, container))


def _is_of_no_service(project: Project, container: ContainerState) -> bool:
    """Whether these files do not know what a container keeps, nor whether it may go."""
    return not container.oneoff and is_orphan(project, container)


def _containers(
    project: Project, going: Iterable[ContainerState], steps: Steps, options: Options
) -> dict[str, int]:
    """Plan to stop and remove containers, dependents first; the removing steps by container."""
    by_service: dict[str, list[ContainerState]] = {}
    for container in going:
        by_service.setdefault(container.service, []).append(container)
    dependents = graph.dependents(project)
    order = [*reversed(graph.order(project))]
    order += sorted(name for name in by_service if name not in project.services)
    removed: dict[str, int] = {}
    ends: dict[str, list[int]] = {}  # by service: the steps after which its dependencies may go
    for name in order:
        before = [end for user in dependents.get(name, ()) for end in ends[user]]
        before = [] if options.fast else before
        mine = [
            _stop_and_remove(project, container, before, steps, options)
            for container in by_service.get(name, ())
        ]
        removed.update(mine)
        ends[name] = [step for _, step in mine] or before
        service = project.services.get(name)
        if service and service.provider and (not options.services or name in options.services):
            end = providers.call(steps, project, options.programs, service, "down", ends[name])
            ends[name] = [end]
    return removed


def _stop_and_remove(
    project: Project,
    container: ContainerState,
    before: Iterable[int],
    steps: Steps,
    options: Options,
) -> tuple[str, int]:
    resource = f"Container {container.name}"
    why = "the project goes down"
    after = list(before)
    if container.state in STOPPABLE and not options.fast:
        stop = steps.add(
            Stop,
            after=hooks.pre_stop(steps, project, container, after),
            resource=resource,
            cause="asked",
            why=why,
            container=container.id,
            timeout=options.timeout,
            service=container.service,
        )
        after = [stop]
    volumes = options.volumes and not _is_of_no_service(project, container)
    lost = any(map(anonymous, container.mounts)) and volumes
    return container.id, steps.add(
        RemoveContainer,
        after=after,
        resource=resource,
        cause="asked",
        why=why,
        container=container.id,
        force=True,
        volumes=volumes,
        destroys=f"the anonymous volumes of {container.name}" if lost else "",
        service=container.service,
    )


def _networks(
    project: Project,
    snapshot: Snapshot,
    steps: Steps,
    staying: Iterable[ContainerState],
    after: Iterable[int],
) -> None:
    used = {id: c.name for c in staying for id in c.networks.values()}
    names = {n.name: key for key, n in project.networks.items() if not n.external}
    for network in snapshot.networks:
        key = names.get(network.name)
        ours = network.labels.get(labels.PROJECT) == project.name
        if key is None or not ours or network.labels.get(labels.NETWORK) != key:
            continue
        if network.id in used:
            steps.warn(f"network {network.name} is kept: {used[network.id]} is still on it")
            continue
        steps.add(
            RemoveNetwork,
            after=after,
            resource=f"Network {network.name}",
            cause="asked",
            why="the project goes down",
            network=network.id,
        )


def _volumes(
    project: Project,
    snapshot: Snapshot,
    steps: Steps,
    going: Iterable[ContainerState],
    staying: Iterable[ContainerState],
    after: Iterable[int],
    options: Options,
) -> None:
    used = {mount.name: c.name for c in staying for mount in c.mounts}
    declared = {v.name for v in project.volumes.values()}
    names = {v.name for v in project.volumes.values() if not v.external}
    for volume in snapshot.volumes:
        if volume.name not in names:
            continue
        if volume.labels.get(labels.PROJECT) != project.name:
            steps.warn(f"volume {volume.name} is kept: it was not created by this project")
            continue
        if volume.name in used:
            steps.warn(f"volume {volume.name} is kept: {used[volume.name]} still uses it")
            continue
        steps.add(
            RemoveVolume,
            after=after,
            resource=f"Volume {volume.name}",
            cause="asked",
            why="--volumes",
            volume=volume.name,
            destroys=f"volume {volume.name}",
        )
    mine = [c for c in going if not _is_of_no_service(project, c)]
    theirs = {m.name for c in mine for m in c.mounts if anonymous(m)} - grants.volumes(snapshot)
    left = _left(project, snapshot, options.services or frozenset(project.services))
    for name in sorted((theirs | left) - declared - {*used}):
        # Engine: one that was handed on by a recreate has a name to it and outlives `rm -v`.
        steps.add(
            RemoveVolume,
            after=after,
            resource=f"Volume {name[:12]}",
            cause="asked",
            why="--volumes",
            volume=name,
            destroys="" if name in theirs else f"volume {name[:12]}, left of a container",
            best_effort=True,
        )


def _left(project: Project, snapshot: Snapshot, services: Iterable[str]) -> set[str]:
    """Return the volumes without a name that were made for containers of the services, ever."""
    marks = {anonymous_mark(project, service) for service in services}
    return {v.name for v in snapshot.volumes if v.labels.get(labels.ANONYMOUS) in marks}


def _images(
    project: Project, snapshot: Snapshot, steps: Steps, options: Options, after: Iterable[int]
) -> None:
    names = set()
    for service in project.services.values():
        if options.services and service.name not in options.services:
            continue
        image = project.image(service)
        if options.images == "all" or not service.image:
            names.add(image)
    local = {
        familiar(tag)
        for image in snapshot.images.values()
        if image.labels.get(labels.PROJECT) == project.name
        and (not options.services or image.labels.get(labels.SERVICE) in options.services)
        for tag in image.tags[:1]
    }
    there = {familiar(tag) for image in snapshot.images.values() for tag in image.tags}
    for name in sorted({familiar(name) for name in names} & there | local):
        steps.add(
            RemoveImage,
            after=after,
            resource=f"Image {name}",
            cause="asked",
            why=f"--rmi {options.images}",
            image=name,
            best_effort=True,
        )
