"""start, stop and restart of containers that exist; pure.

Source: rules 108-118 and 126
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from pycompose import graph
from pycompose.errors import UsageError
from pycompose.model.project import Project
from pycompose.plan import hooks
from pycompose.plan.joins import joins, standing
from pycompose.plan.ops import STOPPABLE, Restart, Start, Stop, Unpause
from pycompose.plan.plan import Plan
from pycompose.plan.pre_start import pre_start
from pycompose.plan.progress import Progress, gate_of, wait_for_all
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, Snapshot

_TOLD: Final = "it was told to stop before"


def _of(snapshot: Snapshot, service: str) -> list[ContainerState]:
    return [c for c in snapshot.containers if c.service == service and not c.oneoff]


def stop(
    project: Project, snapshot: Snapshot, services: Iterable[str], *, timeout: int | None = None
) -> Plan:
    """Return the steps that stop the containers of the services, dependents first."""
    steps = Steps()
    chosen = set(services) or {*project.services}
    dependents = graph.dependents(project)
    ends: dict[str, list[int]] = {}
    for name in reversed(graph.order(project)):
        before = [end for user in dependents[name] for end in ends[user]]
        mine = [
            steps.add(
                Stop,
                after=hooks.pre_stop(steps, project, container, before),
                resource=f"Container {container.name}",
                cause="asked",
                why="stop",
                container=container.id,
                timeout=timeout,
                service=name,
            )
            for container in _of(snapshot, name)
            if name in chosen and container.state in STOPPABLE
        ]
        mine += [
            steps.add(
                Stop,
                after=before,
                resource=f"Container {hook.name}",
                cause="asked",
                why="stop",
                container=hook.id,
                timeout=timeout,
                service=name,
            )
            for hook in snapshot.hooks
            if name in chosen and hook.service == name and hook.state in STOPPABLE
        ]
        ends[name] = mine or before
    return steps.plan()


def start(
    project: Project, snapshot: Snapshot, services: Iterable[str], *, wait: bool = False
) -> Plan:
    """Return the steps that start containers of the services and of all that they depend on.

    Each starts once the conditions of its dependencies hold. A service without containers is
    passed over, unless another waits for it, or the project has none at all.

    Raises:
        UsageError: there is no container to start, or to wait for.
    """
    steps = Steps()
    named = tuple(services)
    chosen = {*(graph.closure(project, named) if named else project.services)}
    _needed(project, snapshot, chosen, steps)
    progress: dict[str, Progress] = {}
    for name in graph.order(project):
        if name not in chosen:
            continue
        gate = gate_of(steps, progress, project.services[name])
        containers = _of(snapshot, name)
        mine = progress[name] = Progress()
        prepared = any(c.state in ("running", "restarting", "paused") for c in containers)
        for container in containers:
            mine.add(container.number or 1, container.name, container.id)
            stops = []
            if container.stopping:
                stops = [_stopped(steps, container)]
            elif container.state in ("running", "restarting", "removing"):
                mine.settled.append(container)
                steps.running.append(container.name)
                continue
            if not prepared:
                gate = _prepare(project, snapshot, steps, container, gate)
                prepared = True
            mine.started.append(_start(project, steps, container, gate, stops))
    if wait:
        wait_for_all(steps, project, progress)
    return steps.plan()


def _stopped(steps: Steps, container: ContainerState) -> int:
    """Plan to wait for the end of a container that was told to stop by somebody before."""
    return steps.add(
        Stop,
        resource=f"Container {container.name}",
        cause="interrupted",
        why=_TOLD,
        container=container.id,
        service=container.service,
    )


def _needed(project: Project, snapshot: Snapshot, chosen: Collection[str], steps: Steps) -> None:
    """Check that what is to be started, or to be waited for, is there."""
    there = {c.service for c in snapshot.containers if not c.oneoff}
    for name in sorted(chosen):
        service = project.services[name]
        if not there and service.instances and not service.provider:
            raise UsageError(f"service {name!r} has no container to start, 'up' creates one")
        for other, need in sorted(service.depends_on.items()):
            depended = project.services.get(other)
            if other in there or depended is None or need.condition == "service_started":
                continue
            if depended.instances and not depended.provider:
                missing = f"service {name!r} waits for {other!r}, which has no container"
                if need.required:
                    raise UsageError(f"{missing}, 'up' creates one")
                steps.warn(missing)


def _prepare(
    project: Project, snapshot: Snapshot, steps: Steps, first: ContainerState, gate: list[int]
) -> list[int]:
    service = project.services[first.service]
    if not service.pre_start:
        return gate
    joined = joins(project, service, partial(standing, snapshot))
    return pre_start(steps, project, snapshot, service, first.id, gate, joined)


def _start(
    project: Project,
    steps: Steps,
    container: ContainerState,
    gate: list[int],
    stops: list[int],
) -> int:
    kind: type[Unpause] | type[Start] = Unpause if container.state == "paused" else Start
    step = steps.add(
        kind,
        after=[*gate, *stops],
        resource=f"Container {container.name}",
        cause="asked",
        why=_TOLD if stops else f"it is {container.state}",
        container=container.id,
        service=container.service,
    )
    if kind is Unpause:
        return step
    return hooks.post_start(steps, project, container.service, container.name, container.id, step)


def restart(
    project: Project,
    snapshot: Snapshot,
    services: Iterable[str],
    *,
    timeout: int | None = None,
    dependents: bool = True,
) -> Plan:
    """Return the steps that restart the services' containers, each after what it depends on.

    With `dependents`, services follow whose dependency on one of them says `restart: true`,
    whether that one has a container or not.
    """
    steps = Steps()
    chosen = set(services) or {*project.services}
    done: dict[str, list[int]] = {}
    for name in graph.order(project):
        needs = project.services[name].depends_on
        follows = [other for other, need in needs.items() if need.restart and other in done]
        why = f"{follows[0]} is restarted" if follows and name not in chosen else "restart"
        if name not in chosen and not (dependents and follows):
            continue
        done[name] = []
        after = [step for other in needs for step in done.get(other, [])]
        for container in _of(snapshot, name):
            step = steps.add(
                Restart,
                after=hooks.pre_stop(steps, project, container, after),
                resource=f"Container {container.name}",
                cause="asked" if name in chosen else "dependency",
                why=why,
                container=container.id,
                timeout=timeout,
                service=name,
            )
            last = hooks.post_start(steps, project, name, container.name, container.id, step)
            done[name].append(last)
    return steps.plan()
