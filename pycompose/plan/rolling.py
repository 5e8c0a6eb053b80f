"""Containers replaced one group after the other, each once the new one serves; pure.

`start-first`: create, start and wait for the new container; drain, stop and remove the old one;
rename. `stop-first`: create the new one; drain and stop the old one; start and wait for the new
one; remove the old one; rename. A container serves when it is healthy, or runs where nothing checks
it.

What happens when one does not serve is part of the plan: steps that make up for others (`rescues`)
take the new container away and leave, or start, the old one. Where a failure brings all old ones
back (`rollback`), these are removed only after the last one has been replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from pycompose import labels
from pycompose.convert.hooks import exec_body
from pycompose.events import Notice
from pycompose.model.hooks import Hook
from pycompose.model.service import Service
from pycompose.plan import grants
from pycompose.plan.convergence import Convergence
from pycompose.plan.diverged import Divergence
from pycompose.plan.ops import STOPPABLE, Delay, Exec, Made, Ref, RemoveContainer, Stop, Wait
from pycompose.plan.progress import Progress
from pycompose.plan.recreate import UP, rename, temporary_name
from pycompose.plan.resources import problem
from pycompose.plan.updates import EXTENSION, Update, impossible
from pycompose.snapshot import ContainerState

SECOND: Final = 10**9  # nanoseconds


class Replacement(NamedTuple):
    """A container that is to go, and why; `begun` was made to take its place by an earlier plan."""

    old: ContainerState
    reason: Divergence
    begun: ContainerState | None = None


class _Replaced(NamedTuple):
    """What is planned for one replacement.

    `name` is the final name, `called` the temporary one. `end` is the step after which the new
    container serves and the old one does not; `undone` the last one that makes up for a failure.
    """

    old: ContainerState
    name: str
    called: str
    container: Ref
    end: int
    undone: int


class _Allowed(NamedTuple):
    """How many of so many replacements may fail."""

    failures: int
    of: int


def begun(kept: ContainerState, twin: ContainerState, name: str, *, rolls: bool) -> bool:
    """Tell whether `kept` is to serve before its twin goes: one takes the other's place.

    Such a pair is left of a plan that was cut off. A new container that was never started is as
    well left of a recreation that stops the old one first, unless its service `rolls`; and an old
    one has to be waited for only where nothing but the new one runs.
    """
    if name not in (kept.name, twin.name):
        return False
    if twin.name == name:
        return labels.REPLACE in kept.labels and (rolls or kept.state != "created")
    return labels.REPLACE in twin.labels and twin.state in UP and kept.state not in UP


def roll(
    run: Convergence,
    service: Service,
    replacements: Sequence[Replacement],
    wanted: Update,
    gate: Iterable[int],
    progress: Progress,
) -> list[int]:
    """Plan to replace containers, a group at a time, in their order; the steps that end it."""
    _refuse(run, service, replacements, wanted)
    of = len(replacements)
    allowed = _Allowed(wanted.tolerated(of), of)
    size = wanted.parallelism or of
    after = list(gate)
    replaced: list[_Replaced] = []
    for first in range(0, of, size):
        if replaced:
            after = _gathered(run, service, replaced, wanted.delay, allowed)
        replaced += [
            _replace(run, service, each, wanted, after)
            for each in replacements[first : first + size]
        ]
    together = wanted.action == "rollback" and of > 1
    after = _gathered(run, service, replaced, 0, allowed) if together else []
    renamed = _finish(run, service, replaced, after, progress)
    if together:
        for each in (one for one in replaced if one.called != one.name):
            _bring_back(run, service, each, wanted, replaced, allowed)
    return renamed


def _refuse(
    run: Convergence, service: Service, replacements: Iterable[Replacement], wanted: Update
) -> None:
    """Take note of what makes it impossible to replace containers one after the other."""
    standing = [r.old for r in replacements if r.begun is None and r.old.state in STOPPABLE]
    if wanted.start_first and standing:
        private = any(
            mount.type == "volume" and not mount.read_only
            for old in standing
            for mount in run.inherited(service, old)
        )
        run.steps.problems += impossible(run.project, service, wanted, standing, private=private)
    for key in service.networks:
        goes = isinstance(run.networks.made.get(key), int) or run.networks.cleared.get(key)
        if goes and any(old.id in run.networks.left for old in standing):
            message = f"it is made anew, and all containers of {service.name!r} leave it at once"
            hint = "'--rolling=false' says that they may"
            run.steps.problems.append(problem(run.project, ("networks", key), message, hint))
    if len(standing) <= (wanted.parallelism or len(standing)) and wanted.idle and standing:
        at = problem(run.project, ("services", service.name), "").at
        message = (
            f"{at}: services.{service.name}: none of its containers serves while"
            f" {'it is' if len(standing) == 1 else 'they are'} replaced"
            " ('deploy.update_config.order: start-first' lets the new one start first)"
        )
        run.steps.notices.append(Notice(message=message, level="info"))


def _gathered(
    run: Convergence, service: Service, replaced: Sequence[_Replaced], delay: int, allowed: _Allowed
) -> list[int]:
    """Return the steps after which containers are replaced, as many of them as have to be."""
    ends = [each.end for each in replaced]
    if not delay and not allowed.failures:
        return ends
    after = ends + [each.undone for each in replaced]
    every = allowed.failures >= allowed.of
    why = f"{delay / SECOND:g}s before the next" if delay else "before the next"
    if allowed.failures:
        why += f", though {'any' if every else allowed.failures} of {allowed.of} may fail"
    return [
        run.steps.add(
            Delay,
            after=after,
            tolerates=len(after) if every else allowed.failures,
            resource=f"Service {service.name}",
            cause="replaced",
            why=why,
            duration=delay,
            service=service.name,
        )
    ]


def _replace(
    run: Convergence,
    service: Service,
    replacement: Replacement,
    wanted: Update,
    after: list[int],
) -> _Replaced:
    """Plan one replacement, up to the moment at which the old container can be removed."""
    old, reason, begun = replacement
    number = old.number or 1
    name = run.project.container_name(service, number)
    stands = old.state in STOPPABLE
    runs = begun is not None and begun.state in UP
    overlap = wanted.start_first or runs
    new: Ref
    if begun is None:
        called = temporary_name(old, name)
        inherited = () if overlap and stands else run.inherited(service, old)
        made, ready = run.make(
            service, number, called, reason, inherited=inherited, replaces=old.id, after=after
        )
        new, needs, first = Made(made), [made], made + 1
    else:
        called, new, needs, first = begun.name, begun.id, after, len(run.steps.all) + 1
        ready = [] if runs else run.put(service, name, new, after)
    starting = [*needs, *ready]
    if stands and not overlap:
        starting.append(_retire(run, service, old, wanted, starting))
    if not runs:
        why = f"replaces {old.id[:12]}"
        starting = [run.begin(service, name, new, starting, "stopped", why)]
    steady = f", and for {wanted.monitor / SECOND:g}s," if wanted.monitor else ""
    serves = _serving(
        run,
        service,
        name,
        new,
        starting,
        cause="replaced",
        why=f"it has to serve{steady} before the old one goes",
        steady=wanted.monitor,
    )
    end = undone = serves
    if stands and overlap:
        end = undone = _retire(run, service, old, wanted, [serves])
    if called != name:
        guarded = tuple(range(first, serves + 1))
        undone = _take_back(run, service, replacement, new, called, needs, guarded)
    if called != name and (not (stands and overlap) or old.id in run.halted):
        why = "the new one does not serve"
        undone = run.begin(
            service,
            name,
            old.id,
            [undone],
            "undone",
            why,
            rescues=guarded,
            best_effort=not stands,
        )
    return _Replaced(old, name, called, new, end, undone)


def _take_back(
    run: Convergence,
    service: Service,
    replacement: Replacement,
    container: Ref,
    called: str,
    after: Iterable[int],
    guarded: tuple[int, ...],
) -> int:
    """Plan to stop and remove a new container, should one of the guarded steps fail."""
    name = run.project.container_name(service, replacement.old.number or 1)
    why = f"{name} is not replaced by what does not serve"
    new = container, called
    stopped = _undo(run, service, Stop, *new, after, why, rescues=guarded)
    # What was made just now keeps nothing yet that anybody wants.
    more: dict[str, Any] = {"volumes": replacement.begun is None, "rescues": guarded}
    return _undo(run, service, RemoveContainer, *new, [stopped], why, **more)


def _serving(
    run: Convergence,
    service: Service,
    name: str,
    container: Ref,
    after: Iterable[int],
    **more: Any,
) -> int:
    return run.steps.add(
        Wait,
        after=after,
        resource=f"Container {name}",
        containers=(container,),
        names=(name,),
        until="serving",
        service=service.name,
        **more,
    )


def _retire(
    run: Convergence, service: Service, old: ContainerState, wanted: Update, after: list[int]
) -> int:
    """Plan to drain and stop an old container; the step that stops it."""
    why = f"replaced by the new {old.name}"
    if not wanted.drain or old.state != "running":
        return run.stop(old, "replaced", why, after)
    place = problem(run.project, ("services", service.name, EXTENSION, "drain"), "").at
    drained = run.steps.add(
        Exec,
        after=after,
        resource=f"Container {old.name}",
        cause="replaced",
        why=f"drain of {service.name}",
        container=old.id,
        name=old.name.removeprefix(f"{run.project.name}{run.project.separator}"),
        moment="drain",
        place=str(place),
        body=exec_body(Hook(command=wanted.drain)),
        service=service.name,
        best_effort=True,
    )
    return run.stop(old, "replaced", why, [*after, drained])


def _undo(
    run: Convergence,
    service: Service,
    kind: type[Stop | RemoveContainer],
    container: Ref,
    name: str,
    after: Iterable[int],
    why: str,
    **more: Any,
) -> int:
    """Plan to stop or remove a new container called `name`, should others fail."""
    own = {"timeout": run.options.timeout} if kind is Stop else {"force": True}
    return run.steps.add(
        kind,
        after=after,
        resource=f"Container {name}",
        cause="undone",
        why=why,
        container=container,
        service=service.name,
        best_effort=True,
        **own,
        **more,
    )


def _finish(
    run: Convergence,
    service: Service,
    replaced: Iterable[_Replaced],
    after: Sequence[int],
    progress: Progress,
) -> list[int]:
    """Plan to remove the old containers, their names to the new ones; the steps that end it."""
    renamed = []
    for each in replaced:
        removed = run.steps.add(
            RemoveContainer,
            after=[each.end, *after],
            resource=f"Container {each.old.name}",
            cause="replaced",
            why=f"replaced by the new {each.old.name}",
            container=each.old.id,
            force=True,
            service=service.name,
        )
        grants.remove_volumes(run.steps, run.snapshot, each.old, removed)
        named = removed
        if each.called != each.name:
            named = rename(run, service, each.container, each.name, each.old, [removed])
        run.named[each.name] = named
        progress.add(each.old.number or 1, each.name, each.container)
        progress.started.append(named)
        renamed.append(named)
    return renamed


def _bring_back(
    run: Convergence,
    service: Service,
    each: _Replaced,
    wanted: Update,
    replaced: Iterable[_Replaced],
    allowed: _Allowed,
) -> None:
    """Plan to let an old container serve again in place of the new one, should others fail."""
    more: dict[str, Any] = {
        "rescues": tuple(sorted(one.end for one in replaced)),
        "failures": allowed.failures + 1,
    }
    why = f"the update of {service.name} failed"
    new = each.container, each.called
    last = each.end
    if not wanted.start_first:
        last = _undo(run, service, Stop, *new, [last], why, **more)
    last = run.begin(service, each.name, each.old.id, [last], "undone", why, **more)
    if wanted.start_first:
        last = _serving(
            run,
            service,
            each.name,
            each.old.id,
            [last],
            cause="undone",
            why="it has to serve before the new one goes",
            best_effort=True,
            **more,
        )
        last = _undo(run, service, Stop, *new, [last], why, **more)
    _undo(run, service, RemoveContainer, *new, [last], why, **more)
