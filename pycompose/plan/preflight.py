"""What would stop a plan half-way, told before its first step; pure.

A plan first says what has to be looked at (`questions`), so that one that makes nothing costs
nothing; then, with the facts, everything that stands in its way comes back at once.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from pycompose import labels
from pycompose.convert.mounts import creates_source
from pycompose.errors import Problem
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.plan.ops import (
    CreateContainer,
    CreateNetwork,
    RemoveContainer,
    RemoveNetwork,
    Rename,
)
from pycompose.plan.plan import Plan
from pycompose.plan.ports import Listener, conflicts, owned, wants
from pycompose.plan.resources import problem
from pycompose.snapshot import NOTHING, ContainerState, NetworkState, Snapshot

Socket: TypeAlias = tuple[int, str]  # a port and its protocol


class Questions(NamedTuple):
    """What a plan wants to know.

    `containers`: which containers the engine holds, of all projects; `sockets`: which of these
    programs of this machine listen on; `sources`: which of these paths are there.
    """

    containers: bool = False
    sockets: frozenset[Socket] = frozenset()
    sources: tuple[str, ...] = ()


class Facts(NamedTuple):
    """The answers; `absent` maps each path that is not there to one like it beside it, or to ""."""

    containers: tuple[ContainerState, ...] = ()
    listeners: tuple[Listener, ...] = ()
    absent: Mapping[str, str] = NOTHING


def questions(project: Project, snapshot: Snapshot, plan: Plan) -> Questions:
    """Return what has to be looked at before a plan is carried out."""
    made = _made(plan)
    wanted = wants(project, plan)
    sockets = frozenset((number, want.port.protocol) for want in wanted for number in want.numbers)
    sources = sorted({mount.source for _, mount in _mounts(project, snapshot, made)})
    return Questions(bool(made or wanted or _going(plan)), sockets, tuple(sources))


def problems(
    project: Project,
    snapshot: Snapshot,
    plan: Plan,
    facts: Facts,
    *,
    pull: str = "",
    build: bool = True,
) -> list[Problem]:
    """Return everything that stands in the way of a plan.

    `pull` overrides each service's `pull_policy`; without `build` no image is built.
    """
    made = _made(plan)
    return [
        *_names(project, plan, facts.containers),
        *_images(project, snapshot, made, pull=pull, build=build),
        *_binds(project, snapshot, made, facts.absent),
        *_subnets(project, snapshot, plan),
        *_strangers(project, snapshot, plan, facts.containers),
        *conflicts(project, plan, wants(project, plan), facts.containers, facts.listeners),
    ]


def _made(plan: Plan) -> tuple[str, ...]:
    """Return the services of which a plan makes containers, sorted."""
    return tuple(sorted({s.service for s in plan.steps if isinstance(s, CreateContainer)}))


def _names(project: Project, plan: Plan, containers: Iterable[ContainerState]) -> Iterator[Problem]:
    """Yield the names that containers are to get and others have and keep."""
    freed = {s.container for s in plan.steps if isinstance(s, RemoveContainer | Rename)}
    holders = {c.name: c for c in containers if c.id not in freed and c.state != "removing"}
    for step in plan.steps:
        if not isinstance(step, CreateContainer | Rename) or step.name not in holders:
            continue
        holder = holders[step.name]
        path: tuple[str, ...] = ("services", step.service)
        if project.services[step.service].container_name:
            path = (*path, "container_name")
        owner = holder.labels.get(labels.PROJECT)
        whose = owned(holder) if owner else f"{owned(holder)}, which no project made"
        hint = "give this one another 'container_name', or remove that one"
        if owner == project.name and not holder.oneoff:
            hint = "--remove-orphans removes containers whose service the files do not know"
        yield problem(project, path, f"the name {step.name!r} is taken by {whose}", hint)


def _images(
    project: Project, snapshot: Snapshot, made: Iterable[str], *, pull: str, build: bool
) -> Iterator[Problem]:
    """Yield the images that are not here and that nobody may bring in."""
    for name in made:
        service = project.services[name]
        image = project.image(service)
        if image in snapshot.images or (service.build is not None and build):
            continue
        policy = pull or service.pull_policy
        if not service.image:
            message = f"image {image!r} is not here, and nothing is to be built"
            yield problem(project, ("services", name, "build"), message, "leave out --no-build")
        elif policy == "never":
            attribute = "image" if pull else "pull_policy"
            message = f"image {image!r} is not here, and its pull policy is 'never'"
            hint = f"'docker pull {image}' brings it here, and so does pull policy 'missing'"
            yield problem(project, ("services", name, attribute), message, hint)


def _mounts(
    project: Project, snapshot: Snapshot, made: Iterable[str]
) -> Iterator[tuple[tuple[str | int, ...], Mount]]:
    """Yield the mounts whose sources on this machine have to be there, and their places."""
    api = snapshot.capabilities.api
    for name in made:
        for index, mount in enumerate(project.services[name].volumes):
            if mount.type == "bind" and not creates_source(mount, api):
                yield ("services", name, "volumes", index, "source"), mount


def _binds(
    project: Project, snapshot: Snapshot, made: Iterable[str], absent: Mapping[str, str]
) -> Iterator[Problem]:
    for path, mount in _mounts(project, snapshot, made):
        source = mount.source
        if source in absent:
            like = absent[source]
            hint = f"did you mean {like!r}?" if like else ""
            if not hint and mount.bind is not None and mount.bind.create_host_path:
                hint = "create it, this engine makes none that has 'propagation' or 'recursive'"
            hint = hint or "create it, or write 'bind: {create_host_path: true}' for a folder"
            yield problem(project, path, f"there is no {source!r} to mount", hint)


def _going(plan: Plan) -> list[RemoveNetwork]:
    """Return the steps that remove a network which the plan cannot do without removing."""
    return [s for s in plan.steps if isinstance(s, RemoveNetwork) and not s.best_effort]


def _strangers(
    project: Project, snapshot: Snapshot, plan: Plan, containers: Iterable[ContainerState]
) -> Iterator[Problem]:
    """Yield the networks that are to be removed and that others are on.

    Engine: one that does not run would not keep the network from being removed, and could not be
    started afterwards.
    """
    mine = {container.id for container in snapshot.containers}
    for step in _going(plan):
        name = step.resource.removeprefix("Network ")
        on_it = [c for c in containers if step.network in c.networks.values() and c.id not in mine]
        if on_it:
            key = next((k for k, n in project.networks.items() if n.name == name), name)
            whose = ", ".join(owned(container) for container in on_it)
            message = f"network {name!r} has to be removed ({step.why}), but {whose} is on it"
            hint = f"'docker network disconnect {name} {on_it[0].name}' takes it off"
            yield problem(project, ("networks", key), message, hint)


def _subnets(project: Project, snapshot: Snapshot, plan: Plan) -> Iterator[Problem]:
    """Yield the subnets of new networks that another network has a part of."""
    new = {s.resource for s in plan.steps if isinstance(s, CreateNetwork)}
    gone = {s.network for s in plan.steps if isinstance(s, RemoveNetwork)}
    others = [network for network in snapshot.networks if network.id not in gone]
    for key, wanted in project.networks.items():
        if f"Network {wanted.name}" not in new:
            continue
        for index, pool in enumerate(wanted.ipam_config):
            holder = next((one for one in others if _overlap(pool.subnet, one)), None)
            if holder is not None:
                owner = holder.labels.get(labels.PROJECT)
                of = f" of project {owner!r}" if owner else ""
                where = ("networks", key, "ipam", "config", index, "subnet")
                message = f"subnet {pool.subnet} overlaps with that of network {holder.name!r}{of}"
                yield problem(project, where, message, "choose another one, or remove that network")


def _overlap(subnet: str, network: NetworkState) -> bool:
    one = _net(subnet)
    # Networks of different versions of IP have nothing in common, which the text tells.
    others = [_net(other) for other in network.subnets]
    return one is not None and any(
        other is not None and one.version == other.version and one.overlaps(other)
        for other in others
    )


def _net(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
