"""start, stop and restart of containers that exist; pure.

Source: rules 108-118 and 126
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from pycompose import graph
from pycompose.errors import UsageError
from pycompose.model.project import Project
from pycompose.plan import hooks
from pycompose.plan.joins import joins, standing
from pycompose.plan.ops import STOPPABLE, UNTIL, Restart, Start, Stop, Unpause, Until, Wait
from pycompose.plan.plan import Plan
from pycompose.plan.pre_start import pre_start
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
    """Return the steps that start the services' containers, in order, with their conditions.

    Raises:
        UsageError: a service that was asked for has no container.
    """
    steps = Steps()
    asked = set(services) or {*project.services}
    started: dict[str, list[int]] = {}
    for name in graph.order(project):
        containers = _of(snapshot, name)
        started[name] = []
        if name not in asked:
            continue
        if not containers and project.services[name].instances:
            raise UsageError(f"service {name!r} has no container to start, 'up' creates one")
        gate = _gate(project, snapshot, steps, name, started)
        prepared = any(c.state in ("running", "restarting", "paused") for c in containers)
        for container in containers:
            stops = []
            if container.stopping:
                stops = [_stopped(steps, container)]
            elif container.state in ("running", "restarting", "removing"):
                steps.running.append(container.name)
                continue
            if not prepared:
                gate = _prepare(project, snapshot, steps, container, gate)
                prepared = True
            kind: type[Unpause] | type[Start] = Unpause if container.state == "paused" else Start
            step = steps.add(
                kind,
                after=[*gate, *stops],
                resource=f"Container {container.name}",
                cause="asked",
                why=f"it is {container.state}" if not stops else _TOLD,
                container=container.id,
                service=name,
            )
            if kind is Start:
                step = hooks.post_start(steps, project, name, container.name, container.id, step)
            started[name].append(step)
        if wait and containers:
            _wait(steps, name, containers, started[name], "running_or_healthy", "--wait")
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


def _prepare(
    project: Project, snapshot: Snapshot, steps: Steps, first: ContainerState, gate: list[int]
) -> list[int]:
    service = project.services[first.service]
    if not service.pre_start:
        return gate
    joined = joins(project, service, partial(standing, snapshot))
    return pre_start(steps, project, snapshot, service, first.id, gate, joined)


def _gate(
    project: Project, snapshot: Snapshot, steps: Steps, name: str, started: dict[str, list[int]]
) -> list[int]:
    gate: list[int] = []
    if all(c.state == "running" and not c.stopping for c in _of(snapshot, name)):
        return gate
    for other, need in sorted(project.services[name].depends_on.items()):
        containers = _of(snapshot, other)
        until = UNTIL[need.condition]
        if not containers:
            continue
        if until == "started":
            gate += started.get(other, [])
        else:
            why = f"{name} depends on it ({need.condition})"
            after = started.get(other, [])
            step = _wait(steps, other, containers, after, until, why, best_effort=not need.required)
            gate.append(step)
    return gate


def _wait(
    steps: Steps,
    service: str,
    containers: list[ContainerState],
    after: Iterable[int],
    until: Until,
    why: str,
    *,
    best_effort: bool = False,
) -> int:
    return steps.add(
        Wait,
        after=after,
        resource=f"Service {service}",
        cause="asked" if why == "--wait" else "dependency",
        why=why,
        containers=tuple(c.id for c in containers),
        names=tuple(c.name for c in containers),
        until=until,
        best_effort=best_effort,
        service=service,
    )


def restart(
    project: Project,
    snapshot: Snapshot,
    services: Iterable[str],
    *,
    timeout: int | None = None,
    dependents: bool = True,
) -> Plan:
    """Return the steps that restart the services' containers, each after what it depends on.

    With `dependents`, services follow whose dependency on one of them says `restart: true`.
    """
    steps = Steps()
    chosen = set(services) or {*project.services}
    done: dict[str, list[int]] = {}
    for name in graph.order(project):
        needs = project.services[name].depends_on
        follows = [other for other, need in needs.items() if need.restart and done.get(other)]
        why = f"{follows[0]} is restarted" if follows and name not in chosen else "restart"
        done[name] = []
        if name not in chosen and not (dependents and follows):
            continue
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
