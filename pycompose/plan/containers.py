"""kill, pause, unpause and rm: one step for each container that is there; pure.

Source: rules 127 and 128
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Literal

from pycompose.model.project import Project
from pycompose.plan import grants
from pycompose.plan.diverged import anonymous
from pycompose.plan.lifecycle import stop
from pycompose.plan.ops import STOPPABLE, Kill, Pause, RemoveContainer, Unpause
from pycompose.plan.orphans import is_foreign
from pycompose.plan.plan import Plan
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, Snapshot

_RUNNING: Final = ("running", "restarting", "paused")  # what an engine lists as running


def kill(
    project: Project,
    snapshot: Snapshot,
    services: Collection[str],
    *,
    signal: str = "SIGKILL",
    remove_orphans: bool = False,
) -> Plan:
    """Return the steps that send a signal to what runs of the services, one-off containers too.

    Without `services`, `remove_orphans` reaches every container of the project that was not made
    from other files; like Docker Compose's, it removes nothing.
    """
    steps = Steps()
    for container in snapshot.containers:
        known = container.service in (services or project.services)
        orphan = remove_orphans and not services and not is_foreign(project, container)
        if container.state in _RUNNING and (known or orphan):
            steps.add(
                Kill,
                resource=f"Container {container.name}",
                cause="asked",
                why=f"kill with {signal}",
                container=container.id,
                signal=signal,
                service=container.service,
            )
    return steps.plan()


def pause(project: Project, snapshot: Snapshot, services: Collection[str]) -> Plan:
    """Return the steps that pause what runs of the services.

    Compat: the engine refuses to pause a container twice, and the command fails with it.
    """
    return _each(project, snapshot, services, "pause")


def unpause(project: Project, snapshot: Snapshot, services: Collection[str]) -> Plan:
    """Return the steps that let the services' containers go on.

    Compat: the engine refuses for a container that is not paused, and the command fails with it.
    """
    return _each(project, snapshot, services, "unpause")


def _each(
    project: Project,
    snapshot: Snapshot,
    services: Collection[str],
    what: Literal["pause", "unpause"],
) -> Plan:
    kind: type[Pause] | type[Unpause] = Pause if what == "pause" else Unpause
    steps = Steps()
    for container in _of(project, snapshot, services):
        if container.state in _RUNNING:
            steps.add(
                kind,
                resource=f"Container {container.name}",
                cause="asked",
                why=what,
                container=container.id,
                service=container.service,
            )
    return steps.plan()


def removable(
    project: Project, snapshot: Snapshot, services: Collection[str], *, stopping: bool = False
) -> tuple[str, ...]:
    """Return the names of the containers `rm` removes: what has stopped, or all if `stopping`."""
    found = _of(project, snapshot, services)
    return tuple(c.name for c in found if stopping or c.state not in STOPPABLE)


def remove(
    project: Project,
    snapshot: Snapshot,
    services: Collection[str],
    *,
    stopping: bool = False,
    volumes: bool = False,
) -> Plan:
    """Return the steps that remove what `removable` names, stopped first in the order of `stop`."""
    steps = Steps()
    stops: dict[str, int] = {}
    if stopping:
        for step in stop(project, snapshot, services).steps:
            steps.all.append(step)
            stops[step.resource] = step.id
    names = removable(project, snapshot, services, stopping=stopping)
    for container in _of(project, snapshot, services):
        if container.name not in names:
            continue
        resource = f"Container {container.name}"
        private = grants.volumes(snapshot)
        lost = volumes and any(anonymous(m) and m.name not in private for m in container.mounts)
        removed = steps.add(
            RemoveContainer,
            after=[stops[resource]] if resource in stops else (),
            resource=resource,
            cause="asked",
            why="rm",
            container=container.id,
            volumes=volumes,
            destroys=f"the anonymous volumes of {container.name}" if lost else "",
            service=container.service,
        )
        grants.remove_volumes(steps, snapshot, container, removed)
    return steps.plan()


def _of(
    project: Project, snapshot: Snapshot, services: Iterable[str]
) -> tuple[ContainerState, ...]:
    chosen = set(services) or {*project.services}
    return tuple(c for c in snapshot.containers if c.service in chosen and not c.oneoff)
