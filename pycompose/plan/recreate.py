"""A container made anew the quick way: old one out, new one in; pure.

Source: rules 80, 82 and 112
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pycompose.model.service import Service
from pycompose.plan import hooks
from pycompose.plan.convergence import Convergence
from pycompose.plan.diverged import Divergence
from pycompose.plan.ops import STOPPABLE, Made, Rename
from pycompose.plan.progress import Progress
from pycompose.snapshot import ContainerState

TEMPORARY: Final = re.compile(r"^[0-9a-f]{12}_")  # what stands before a name until it is free
UP: Final = ("running", "restarting")  # states of a container that nothing has to start


def recreate(
    run: Convergence,
    service: Service,
    old: ContainerState,
    reason: Divergence,
    gate: Iterable[int],
    progress: Progress,
) -> None:
    """Plan to create under a temporary name, stop and remove the old one, rename, start.

    One that had to go before its volume is gone already.
    """
    number = old.number or 1
    name = run.project.container_name(service, number)
    halts = _halt_dependents(run, service, old)
    inherited = run.inherited(service, old)
    if old.id in run.evicted:
        made, ready = run.make(service, number, name, reason, inherited=inherited)
        run.named[name] = made
        run.start(service, number, made, [made, *ready, *gate], progress, "recreated")
        return
    temporary = temporary_name(old, name)
    made, ready = run.make(service, number, temporary, reason, inherited=inherited, replaces=old.id)
    removed = run.remove(old, "replaced", f"replaced by #{made}", [made, *ready, *halts])
    renamed = rename(run, service, Made(made), name, old, [removed])
    run.named[name] = renamed
    run.start(service, number, made, [renamed, *gate], progress, "recreated")


def temporary_name(old: ContainerState, name: str) -> str:
    """Return what a container is called until it takes the place, and the name, of an old one."""
    called = f"{old.id[:12]}_{name}"
    return called if called != old.name else f"{old.id[12:24]}_{name}"


def rename(
    run: Convergence,
    service: Service,
    container: Made | str,
    name: str,
    old: ContainerState,
    after: Iterable[int],
) -> int:
    """Plan to give a container the name of the one whose place it takes."""
    return run.steps.add(
        Rename,
        after=[*after, *run.free(name)],
        resource=f"Container {name}",
        cause="replaced",
        why=f"takes the place of {old.id[:12]}",
        container=container,
        name=name,
        service=service.name,
    )


def _halt_dependents(run: Convergence, service: Service, old: ContainerState) -> list[int]:
    """Plan to stop the containers that ask to be restarted with this service."""
    if not run.options.start or old.state not in STOPPABLE:
        return []
    halts = []
    for name in run.dependents[service.name]:
        if not run.project.services[name].depends_on[service.name].restart:
            continue
        for state in run.snapshot.containers:
            mine = state.service == name and not state.oneoff
            if mine and state.state in UP and state.id not in run.halted:
                why = f"{service.name}, which it depends on, is recreated"
                halts.append(halt(run, state, why))
    return halts


def halt(run: Convergence, state: ContainerState, why: str, after: Iterable[int] = ()) -> int:
    """Plan to stop a container that is started again after what it depends on."""
    ready = hooks.pre_stop(run.steps, run.project, state, after)
    run.halted[state.id] = run.stop(state, "dependency", why, ready)
    return run.halted[state.id]
