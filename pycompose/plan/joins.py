"""The containers of other services that a new container shares something with, or links to; pure.

Source: rules 79, 93 and 94
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from pycompose.convert.joins import JOIN, parents
from pycompose.errors import ComposeFileError
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.ops import CreateContainer, Made, Ref
from pycompose.plan.plan import Plan
from pycompose.plan.resources import problem
from pycompose.snapshot import Snapshot

# By number, the name of each container of a service, and its id or the step that makes it.
Containers: TypeAlias = Mapping[int, tuple[str, Ref]]


class Joins(NamedTuple):
    """What a container needs of others.

    `references` are ids by service, or `join:<n>` for the n-th of `made`, those that the plan
    makes; `linked` are the names of containers by number, of each service that is linked to.
    """

    references: Mapping[str, str]
    made: tuple[Made, ...]
    linked: Mapping[str, Mapping[int, str]]


def followers(project: Project, snapshot: Snapshot, plan: Plan) -> tuple[str, ...]:
    """Return the services left out that share something with a container that a plan makes, sorted.

    Whoever shares a namespace with a container loses it when that is made anew, so that services
    that nobody asked for have to follow; but only those that have containers.
    """
    made = {step.service for step in plan.steps if isinstance(step, CreateContainer)}
    there = {container.service for container in snapshot.containers if not container.oneoff}
    return tuple(
        sorted(
            name
            for name, service in project.disabled.items()
            if name in there and not made.isdisjoint(parents(service))
        )
    )


def standing(snapshot: Snapshot, service: str) -> Containers:
    """Return the containers of a service as they are."""
    return {
        c.number: (c.name, c.id)
        for c in snapshot.containers
        if c.service == service and not c.oneoff and c.number is not None
    }


def joins_of(snapshot: Snapshot, service: Service) -> dict[str, str]:
    """Return the ids of the containers that a service joins as they are, by service."""
    found: dict[str, str] = {}
    for parent in parents(service):
        there = sorted(name_and_id for name_and_id in standing(snapshot, parent).values())
        if there:
            found[parent] = str(there[0][1])
    return found


def joins(project: Project, service: Service, find: Callable[[str], Containers]) -> Joins:
    """Return what a container of the service needs; `find` returns the containers of a service.

    Raises:
        ComposeFileError: a service it shares something with has no container.
    """
    references: dict[str, str] = {}
    made: list[Made] = []
    for parent, path in parents(service).items():
        there = find(parent)
        if not there:
            where = ("services", service.name, *path)
            message = f"service {parent!r} has no container to share it with"
            raise ComposeFileError(problem(project, where, message, f"start {parent!r} first"))
        _, ref = min(there.values(), key=lambda item: item[0])
        if isinstance(ref, Made):
            references[parent] = f"{JOIN}{len(made)}"
            made.append(ref)
        else:
            references[parent] = ref
    linked = {
        name: {number: container for number, (container, _) in sorted(find(name).items())}
        for name in (link.split(":")[0] for link in service.links)
    }
    return Joins(references, tuple(made), linked)
