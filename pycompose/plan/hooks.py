"""What services have run in their containers after a start and before a stop; pure.

Compat: nothing is made up for. A container that runs is left alone, whatever became of the hooks
that were due when it started.

Source: rules 115, 118, 126 and 159-161
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pycompose.convert.hooks import exec_body
from pycompose.model.project import Project
from pycompose.plan.ops import Exec, Ref
from pycompose.plan.resources import problem
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState


def post_start(
    steps: Steps,
    project: Project,
    service: str,
    name: str,
    container: Ref,
    started: int,
    **more: Any,
) -> int:
    """Plan what runs once a container called `name` has started; the step after which all did.

    `more` are further fields of the steps.
    """
    return _hooks(steps, project, "post_start", service, name, container, [started], **more)[0]


def pre_stop(
    steps: Steps, project: Project, state: ContainerState, after: Iterable[int] = ()
) -> list[int]:
    """Plan what runs before a container is stopped; the steps after which it may be.

    Only in a container that runs, and that a service of the files has.
    """
    if state.state != "running" or state.oneoff:
        return list(after)
    return _hooks(steps, project, "pre_stop", state.service, state.name, state.id, list(after))


def _hooks(
    steps: Steps,
    project: Project,
    moment: Literal["post_start", "pre_stop"],
    service: str,
    name: str,
    container: Ref,
    after: list[int],
    **more: Any,
) -> list[int]:
    known = project.services.get(service)
    for number, hook in enumerate(getattr(known, moment, ())):
        step = steps.add(
            Exec,
            after=after,
            resource=f"Container {name}",
            cause="asked",
            why=f"{moment}[{number}] of {service}",
            container=container,
            name=name.removeprefix(f"{project.name}{project.separator}"),
            moment=moment,
            place=str(problem(project, ("services", service, moment, number), "").at),
            body=exec_body(hook),
            service=service,
            **more,
        )
        after = [step]
    return after
