"""Which of a service's containers stay, and which are too many; pure.

Source: rule 75
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.diverged import Divergence
from pycompose.plan.ops import Cause
from pycompose.snapshot import ContainerState


class Surplus(NamedTuple):
    """A container that is to go, and why."""

    state: ContainerState
    cause: Cause
    why: str


def choose(
    project: Project,
    service: Service,
    there: Iterable[ContainerState],
    verdicts: Mapping[str, Divergence | None],
) -> tuple[list[ContainerState], list[Surplus]]:
    """Return the containers to keep (current or to be recreated), and those to remove.

    `verdicts` tell, by id, why a container is not what its service asks for. Current containers
    and low numbers are kept first; of two with one number, the one that bears its name.
    """
    surplus: list[Surplus] = []
    by_number: dict[int, list[ContainerState]] = {}
    for state in there:
        if state.number is None:
            surplus.append(Surplus(state, "surplus", "its number label cannot be read"))
        else:
            by_number.setdefault(state.number, []).append(state)
    keep = []
    for number, twins in sorted(by_number.items()):
        name = project.container_name(service, number)
        twins.sort(key=lambda c: (verdicts[c.id] is not None, c.name != name, c.created))
        keep.append(twins[0])
        why = f"number {number} is taken by {twins[0].name}"
        surplus += [Surplus(twin, "interrupted", why) for twin in twins[1:]]
    keep.sort(key=lambda c: (verdicts[c.id] is not None, c.number))
    count = service.instances
    why = f"{service.name} is scaled to {count}"
    surplus += [Surplus(state, "surplus", why) for state in keep[count:]]
    return keep[:count], surplus
