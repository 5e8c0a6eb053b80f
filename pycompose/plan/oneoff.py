"""`run`: what a service depends on as `up` makes it, and one container more; pure.

Source: rules 129-137
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pycompose import labels
from pycompose.convert.container import OneOff
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan import ports, unsupported
from pycompose.plan.convergence import Convergence, Options
from pycompose.plan.diverged import Divergence
from pycompose.plan.joins import joins
from pycompose.plan.ops import CreateContainer, CreateNetwork, Made, RemoveNetwork
from pycompose.plan.plan import Plan
from pycompose.plan.platforms import built_for
from pycompose.plan.progress import gate_of
from pycompose.plan.up import converge
from pycompose.snapshot import Snapshot


def draft(
    project: Project,
    snapshot: Snapshot,
    options: Options,
    *,
    service: Service,
    oneoff: OneOff,
    start: bool,
) -> tuple[Plan, list[Problem]]:
    """Return the steps of `run`, and what of missing or taken resources forbids them.

    `service` is the one to run as it is to be run, its container_name that of the container. It is
    created once what it depends on is ready, and started if `start` says so.

    Raises:
        ComposeFileError: the project needs what is not supported, or cannot be planned at all.
    """
    project = replace(project, services={**project.services, service.name: service})
    unsupported.refuse(project, snapshot.capabilities)
    run = Convergence(built_for(project), snapshot, options)
    converge(run, but=service.name)
    gate = gate_of(run.steps, run.services, service)
    run.joins = joins(run.project, service, run.containers)
    run.prepared[service.name] = []  # it is not the service that starts
    name = service.container_name
    why = Divergence("missing", "it is to run on its own")
    made, ready = run.make(service, 0, name, why, after=gate, oneoff=oneoff)
    if start:
        run.begin(service, name, Made(made), [made, *ready], "stopped", "created")
    return ports.in_turn(run.project, snapshot, run.steps.plan()), run.steps.problems


def start(project: Project, snapshot: Snapshot, service: Service, container: str) -> Plan:
    """Return the steps that start a container that `draft` has only created."""
    run = Convergence(project, snapshot, Options())
    run.prepared[service.name] = []
    run.begin(service, service.container_name, container, [], "stopped", "created")
    return run.steps.plan()


def take_back(project: Project, snapshot: Snapshot, plan: Plan, made: Collection[str]) -> Plan:
    """Return the steps that remove the containers and networks that a plan has made, no more.

    `made` are the ids of its containers. What took the place of something stays, and so does every
    volume. A network that has got other users stays, too.
    """
    run = Convergence(project, snapshot, Options())
    replacing = {step.service for step in plan.steps if _replaces(step)}
    gone = [
        state
        for state in snapshot.containers
        if state.id in made and state.service not in replacing
    ]
    removed = [run.remove(state, "asked", "it was made for this run") for state in gone]
    names = {step.body["Name"] for step in plan.steps if isinstance(step, CreateNetwork)}
    going = {state.id for state in gone}
    used = {n for c in snapshot.containers if c.id not in going for n in c.networks}
    for network in snapshot.networks:
        if (
            network.name in names
            and network.labels.get(labels.PROJECT) == project.name
            and network.name not in used
        ):
            run.steps.add(
                RemoveNetwork,
                after=removed,
                resource=f"Network {network.name}",
                cause="asked",
                why="it was made for this run",
                network=network.id,
            )
    return run.steps.plan()


def _replaces(step: object) -> bool:
    return isinstance(step, CreateContainer) and bool(step.replaces)
