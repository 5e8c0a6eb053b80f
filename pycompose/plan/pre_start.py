"""What runs in containers of its own before a service starts: `pre_start`; pure.

Each hook is a container with the volumes and the networks of the service's first one. It has to
end with 0 and is removed then; one that failed is kept to be looked at, until the next attempt or
until the project goes down. A service that has a container running needs no such preparation.

Source: rules 125 and 162
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pycompose.convert.hooks import HookContainer, hook_container, hook_name
from pycompose.convert.surroundings import Surroundings
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.joins import Joins
from pycompose.plan.ops import (
    Connect,
    CreateContainer,
    Made,
    Ref,
    RemoveContainer,
    RunHook,
)
from pycompose.plan.resources import problem
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, Snapshot

ALONE = Joins({}, (), {})


def refused(project: Project) -> list[Problem]:
    """Return the hooks that nobody can run."""
    message, hint = "'pre_start' runs once, not for each replica", "leave it out"
    return [
        problem(project, ("services", name, "pre_start", index, "per_replica"), message, hint)
        for name, service in project.services.items()
        for index, hook in enumerate(service.pre_start)
        if hook.per_replica
    ]


def images(project: Project) -> Mapping[str, str]:
    """Return the images that hooks of the project bring along, each with a service that does."""
    return {
        hook.image: name
        for name, service in sorted(project.services.items(), reverse=True)
        for hook in service.pre_start
        if hook.image and service.instances
    }


def pre_start(
    steps: Steps,
    project: Project,
    snapshot: Snapshot,
    service: Service,
    container: Ref,
    after: Iterable[int],
    joins: Joins = ALONE,
    around: Surroundings = Surroundings(),  # noqa: B008  (a value that never changes)
) -> list[int]:
    """Plan the hooks of a service whose first container is `container`; the steps to start after.

    `after` are the steps after which that container could start.
    """
    done = list(after)
    for index in range(len(service.pre_start)):
        done = [_hook(steps, project, snapshot, service, index, container, done, joins, around)]
    return done


def _hook(
    steps: Steps,
    project: Project,
    snapshot: Snapshot,
    service: Service,
    index: int,
    container: Ref,
    after: Sequence[int],
    joins: Joins,
    around: Surroundings,
) -> int:
    name = hook_name(project, service, index)
    why = f"pre_start[{index}] of {service.name}"
    body = hook_container(
        project,
        service,
        index,
        container if isinstance(container, str) else len(joins.made),
        capabilities=snapshot.capabilities,
        references=joins.references,
        around=around,
    )
    left = next((hook for hook in snapshot.hooks if hook.name == name), None)
    if left is not None:
        after = [*after, remove(steps, left, "it is left of an earlier attempt", after)]
    made = steps.add(
        CreateContainer,
        after=after,
        resource=f"Container {name}",
        cause="asked",
        why=why,
        name=name,
        body=body.body,
        platform=body.platform,
        joins=joins.made if isinstance(container, str) else (*joins.made, container),
        service=service.name,
    )
    connected = _connect(steps, service, name, made, body)
    ended = steps.add(
        RunHook,
        after=[made, *connected],
        resource=f"Container {name}",
        cause="asked",
        why=why,
        container=Made(made),
        name=service.name,
        place=str(problem(project, ("services", service.name, "pre_start", index), "").at),
        service=service.name,
    )
    return steps.add(
        RemoveContainer,
        after=[ended],
        resource=f"Container {name}",
        cause="asked",
        why=f"{why} has succeeded",
        container=Made(made),
        volumes=True,
        service=service.name,
    )


def _connect(
    steps: Steps, service: Service, name: str, made: int, body: HookContainer
) -> list[int]:
    return [
        steps.add(
            Connect,
            after=[made],
            resource=f"Network {network}",
            cause="asked",
            why=f"{name} joins it",
            network=network,
            container=Made(made),
            endpoint=endpoint,
            service=service.name,
        )
        for network, endpoint in body.connect
    ]


def remove(steps: Steps, hook: ContainerState, why: str, after: Iterable[int] = ()) -> int:
    """Plan to remove the container of a hook, whatever it does; the step."""
    return steps.add(
        RemoveContainer,
        after=after,
        resource=f"Container {hook.name}",
        cause="asked",
        why=why,
        container=hook.id,
        force=True,
        volumes=True,
        service=hook.service,
    )
