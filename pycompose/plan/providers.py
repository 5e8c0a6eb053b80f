"""Services that a program of this machine provides: when it is called, and what it sets; pure.

A provider is called by each `up`, before containers are looked at: what it sets are variables of
the services that depend on it, and count into their hashes.

Source: docker/compose 2.40.3 pkg/compose/plugins.go, rule 191
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from pycompose import graph
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import EMPTY
from pycompose.plan.ops import CallProvider
from pycompose.plan.resources import problem
from pycompose.plan.steps import Steps

_NONE: Final = "compose"  # a plug-in of the docker command that is no provider


class Provided(NamedTuple):
    """The variables that a provider has set: `own` get its service's name, `raw` are as they are.

    They may hold secrets.
    """

    own: Mapping[str, str] = EMPTY
    raw: Mapping[str, str] = EMPTY


def types(project: Project) -> tuple[str, ...]:
    """Return the types of the providers that the project asks for, sorted."""
    services = project.services.values()
    return tuple(sorted({service.provider.type for service in services if service.provider}))


def missing(project: Project, programs: Mapping[str, str]) -> list[Problem]:
    """Return the services whose providers are none of the programs, by type."""
    return [
        problem(project, ("services", name, "provider", "type"), *_reason(service.provider.type))
        for name, service in project.services.items()
        if service.provider and not programs.get(service.provider.type)
    ]


def _reason(type: str) -> tuple[str, str]:
    if type == _NONE:
        return f"{type!r} is not a valid provider type", ""
    message = f"there is no plug-in 'docker-{type}' of the docker command and no program {type!r}"
    return message, "install it"


def calls(
    steps: Steps,
    project: Project,
    programs: Mapping[str, str],
    after: Iterable[int] = (),
    called: Collection[str] = (),
) -> None:
    """Plan to have each service provided, those first that others depend on, but for `called`."""
    before = list(after)
    done: dict[str, list[int]] = {}
    for name in graph.order(project):
        service = project.services[name]
        needs = [step for need in service.depends_on for step in done.get(need, ())]
        done[name] = needs
        if service.provider is not None and name not in called:
            done[name] = [call(steps, project, programs, service, "up", [*before, *needs])]


def call(
    steps: Steps,
    project: Project,
    programs: Mapping[str, str],
    service: Service,
    command: Literal["up", "down"],
    after: Iterable[int],
) -> int:
    """Plan one call of a service's provider; the step."""
    provider = service.provider
    if provider is None:
        raise ValueError(f"{service.name} has no provider")
    return steps.add(
        CallProvider,
        after=after,
        resource=f"Service {service.name}",
        cause="asked",
        why=f"{command} by {provider.type!r}",
        program=programs.get(provider.type, ""),
        command=command,
        project=project.name,
        options={name: list(values) for name, values in provider.options.items()},
        service=service.name,
    )


def prefix(service: str) -> str:
    """Return what the variables that a provider of a service sets begin with."""
    # Compat: a dash stays, though shells know no such variable.
    return f"{service.upper()}_"


def provided(project: Project, variables: Mapping[str, Provided]) -> Project:
    """Return a project whose services have the variables of the providers they depend on."""
    if not variables:
        return project
    services: dict[str, Service] = {}
    for name, service in project.services.items():
        environment = dict(service.environment)
        for need in service.depends_on:
            if need in variables:
                own = variables[need].own.items()
                environment |= {f"{prefix(need)}{key}": value for key, value in own}
                environment |= variables[need].raw
        services[name] = service._replace(environment=environment)
    return replace(project, services=services)


def awaited(project: Project, variables: Mapping[str, Provided]) -> dict[str, tuple[str, ...]]:
    """Return what the names of variables begin with that nobody knows yet, by service."""
    found: dict[str, tuple[str, ...]] = {}
    for name, service in project.services.items():
        needs = [need for need in service.depends_on if need not in variables]
        names = [prefix(n) for n in needs if (s := project.services.get(n)) and s.provider]
        if names:
            found[name] = tuple(names)
    return found
