"""Give a project another name: what is carried over, what forbids it, what goes at the end; pure.

Containers, networks and volumes bear their project's name and labels, which cannot be changed. So
volumes are copied first, then each container is made anew in the place of the old one, and at last
the old networks go. Until then a container that never runs tells that, and what ran before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from pycompose import labels
from pycompose.convert.mover import MOVER
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json
from pycompose.plan.lifecycle import stop
from pycompose.plan.ops import (
    STOPPABLE,
    CreateContainer,
    RemoveNetwork,
    RemoveVolume,
)
from pycompose.plan.plan import Plan
from pycompose.plan.resources import fills
from pycompose.plan.steps import Steps
from pycompose.plan.volumes import remove
from pycompose.snapshot import ContainerState, Snapshot, VolumeState
from pycompose.version import VERSION


class Both(NamedTuple):
    """A project under its old name and its new one, and what the engine holds of each.

    `old` and `new` are from the same files; `mark` is what an earlier attempt has left, if any.
    """

    old: Project
    new: Project
    before: Snapshot
    after: Snapshot

    @property
    def mark(self) -> ContainerState | None:
        """The container that tells of an attempt that was cut off."""
        return next((c for c in self.before.hooks if labels.RENAME in c.labels), None)

    @property
    def mine(self) -> tuple[ContainerState, ...]:
        """The old project's containers that are carried over."""
        known = self.old.services
        return tuple(c for c in self.before.containers if c.service in known and not c.oneoff)

    @property
    def copies(self) -> Mapping[str, tuple[str, str]]:
        """Old and new names of the volumes to copy, by key."""
        there = {volume.name for volume in self.before.volumes}
        found = {}
        for key, volume in sorted(self.old.volumes.items()):
            new = self.new.volumes[key]
            if not volume.external and volume.name != new.name and volume.name in there:
                found[key] = (volume.name, new.name)
        return found

    @property
    def running(self) -> tuple[str, ...]:
        """The services that run, or ran before an attempt that was cut off."""
        found = {c.service for c in self.mine if c.state in STOPPABLE}
        if self.mark is not None:
            found |= {*filter(None, self.mark.labels[labels.RENAME_RUNS].split(","))}
        return tuple(sorted(found))


def refusal(both: Both) -> str:
    """Return what forbids to rename a project, "" for nothing."""
    old, new, mark = both.old.name, both.new.name, both.mark
    if mark is not None and mark.labels[labels.RENAME] != new:
        begun = mark.labels[labels.RENAME]
        return f"project {old} was being renamed to {begun}: do that again to finish it"
    owned = [v for v in both.before.volumes if v.labels.get(labels.PROJECT) == old]
    if mark is None and not (both.mine or owned):
        return f"there is nothing of a project {old} (containers of its services, or volumes)"
    others = [c for c in both.before.containers if c not in both.mine]
    left = [c.name for c in others if not c.oneoff or c.state in STOPPABLE]
    if left:
        return (
            f"project {old} has containers that are not of its services: {', '.join(left)}"
            " (end or remove them first)"
        )
    if mark is None:
        names = {name for _, name in both.copies.values()}
        taken = [f"container {c.name}" for c in both.after.containers]
        taken += [
            f"network {n.name}" for n in both.after.networks if n.labels.get(labels.PROJECT) == new
        ]
        taken += [
            f"volume {v.name}"
            for v in both.after.volumes
            if v.name in names or v.labels.get(labels.PROJECT) == new
        ]
        if taken:
            return f"there is a project {new} already: {', '.join(taken)}"
    elif both.after.containers and any(c.state in STOPPABLE for c in both.mine):
        return (
            f"projects {old} and {new} both have containers, and those of {old} run again"
            f" ('down' the one that is not wanted)"
        )
    programs = [s.name for s in both.old.services.values() if s.provider]
    if programs or both.old.models:
        return f"what programs provide is not renamed: {', '.join(programs) or 'models'}"
    return ""


def begin(both: Both, name: str, image: str) -> Plan:
    """Return the steps that write down what is to come, and stop the old containers.

    `name` is that of the container that tells, of an image that is there.
    """
    steps = Steps()
    body: Json = {
        "Image": image,
        "Entrypoint": ["true"],
        "Env": [],
        "Labels": {
            labels.PROJECT: both.old.name,
            labels.VERSION: VERSION,
            labels.HOOK: MOVER,
            labels.RENAME: both.new.name,
            labels.RENAME_RUNS: ",".join(both.running),
        },
        "HostConfig": {"NetworkMode": "none"},
    }
    earlier = both.mark
    if earlier is not None and earlier.labels[labels.RENAME_RUNS] == ",".join(both.running):
        return stop(both.old, both.before, ())
    made = steps.add(
        CreateContainer,
        resource=f"Container {name}",
        cause="moving",
        why=f"it tells that {both.old.name} is being renamed to {both.new.name}",
        name=name,
        body=body,
    )
    if earlier is not None:
        made = remove(steps, earlier.name, earlier.id, "another one tells the same", [made])
    for step in stop(both.old, both.before, ()).steps:
        after = tuple(made if id == 0 else id + made for id in (step.after or (0,)))
        steps.all.append(step.replaced(id=step.id + made, after=after))
    return steps.plan()


def halfway(both: Both) -> Both:
    """Return what a rehearsal takes for granted: all is stopped, and the volumes are copied."""
    stopped = tuple(c._replace(state="exited") for c in both.before.containers)
    copies = [
        VolumeState(name=new, labels={labels.PROJECT: both.new.name})
        for _, new in both.copies.values()
    ]
    known = {volume.name for volume in both.after.volumes}
    volumes = (*both.after.volumes, *(copy for copy in copies if copy.name not in known))
    return both._replace(
        before=both.before._replace(containers=stopped),
        after=both.after._replace(volumes=volumes, hooks=()),
    )


def replaced(project: Project, snapshot: Snapshot) -> Snapshot:
    """Return what a rehearsal takes for granted once each container is made anew."""
    names = (
        c._replace(name=project.container_name(project.services[c.service], c.number or 1))
        for c in snapshot.containers
    )
    return snapshot._replace(containers=tuple(names))


def carried(both: Both) -> tuple[Project, Snapshot]:
    """Return what `up` is to make of the old containers: they are taken for the new project's own.

    Each of them has another configuration than it should, so that it is made anew and keeps what
    is in its volumes without a name; and each service has as many as there are.
    """
    moved = [
        c._replace(labels={**c.labels, labels.PROJECT: both.new.name, labels.CONFIG_HASH: ""})
        for c in both.mine
    ]
    there = (*both.after.containers, *moved)
    services = {
        name: service._replace(scale=len({c.number for c in there if c.service == name}))
        for name, service in both.new.services.items()
    }
    kept = {name: service for name, service in services.items() if service.scale}
    networks = {key for service in kept.values() for key in service.networks}
    mounted = {mount.source for service in kept.values() for mount in service.volumes}
    project = replace(
        both.new,
        services=_without_missing(kept),
        networks={k: v for k, v in both.new.networks.items() if k in networks},
        volumes={k: v for k, v in both.new.volumes.items() if k in mounted},
    )
    order = sorted(there, key=lambda c: (c.name, c.id))
    return project, both.after._replace(containers=tuple(order))


def _without_missing(services: Mapping[str, Service]) -> dict[str, Service]:
    """Return services that depend on none that is not there."""
    found = {}
    for name, service in services.items():
        needs = {other: n for other, n in service.depends_on.items() if other in services}
        found[name] = service._replace(depends_on=needs)
    return found


def end(both: Both, *, volumes: bool) -> Plan:
    """Return the steps that remove what is left of the old project, its `volumes` if asked to."""
    steps = Steps()
    gone = []
    for network in both.before.networks:
        if network.labels.get(labels.PROJECT) == both.old.name:
            gone.append(
                steps.add(
                    RemoveNetwork,
                    resource=f"Network {network.name}",
                    cause="asked",
                    why=f"project {both.old.name} is {both.new.name} now",
                    network=network.id,
                )
            )
    for old, new in both.copies.values() if volumes else ():
        gone.append(
            steps.add(
                RemoveVolume,
                resource=f"Volume {old}",
                cause="asked",
                why=f"--remove-old, it is copied to {new}",
                volume=old,
                destroys=f"volume {old}",
            )
        )
    for hook in (*both.before.hooks, *both.after.hooks):
        if labels.MOVER in hook.labels and not fills(hook):
            why = "it is left of an earlier attempt"
            gone.append(remove(steps, hook.name, hook.id, why, ()))
    if both.mark is not None:
        mark, why = both.mark, "the project has its new name"
        remove(steps, mark.name, mark.id, why, gone)
    return steps.plan()
