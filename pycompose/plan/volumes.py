"""Back volumes up, restore and copy them: what uses them makes way, and comes back; pure.

The container that moves the data is made first and its label says what runs again afterwards, so
that whoever comes after a command that was cut off can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from pycompose import labels
from pycompose.model.project import Project
from pycompose.model.values import Json
from pycompose.plan import hooks
from pycompose.plan.ops import (
    STOPPABLE,
    CopyVolume,
    CreateContainer,
    CreateVolume,
    FillVolume,
    Kill,
    Made,
    Pause,
    Ref,
    RemoveContainer,
    Rename,
    SaveVolume,
    Start,
    Stop,
    Unpause,
)
from pycompose.plan.plan import Plan
from pycompose.plan.resources import fills
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState

Manner: TypeAlias = Literal["", "pause", "stop"]
How: TypeAlias = Literal["start", "unpause", "start-paused"]
_LATER: Final = "then-"  # before the mark of what may run only if all went well


class Resume(NamedTuple):
    """A container that is to run again, and what that takes.

    It does so whatever becomes of the rest where that is `safe`: where it is not one that would
    start on a volume that was filled only in part.
    """

    how: How
    container: ContainerState
    safe: bool = False


class Job(NamedTuple):
    """One volume that is read or written by a container with a `name` and a `body`.

    `kind` is the step that does it, with its own `fields`; `create` the body of a volume that has
    to be made first; `destroys` what is lost.
    """

    volume: str
    name: str
    body: Json
    kind: type[SaveVolume] | type[FillVolume] | type[CopyVolume]
    fields: Mapping[str, Json]
    why: str
    create: Json = None
    destroys: str = ""


def users(
    containers: Iterable[ContainerState], volume: str, *, writing: bool = False
) -> tuple[ContainerState, ...]:
    """Return the containers that a volume is mounted in, movers aside; only to be written."""
    return tuple(
        container
        for container in containers
        if labels.MOVER not in container.labels
        and any(
            mount.type == "volume" and mount.name == volume and not (writing and mount.read_only)
            for mount in container.mounts
        )
    )


def active(containers: Iterable[ContainerState]) -> tuple[ContainerState, ...]:
    """Return those of some containers that are under way, paused ones too."""
    return tuple(container for container in containers if container.state in STOPPABLE)


def resume(
    container: ContainerState, manner: Literal["pause", "stop"], *, safe: bool = False
) -> Resume:
    """Return what brings a container back that is stopped or paused now."""
    if manner == "pause":
        return Resume("unpause", container, safe)
    return Resume("start-paused" if container.state == "paused" else "start", container, safe)


def marks(resumes: Iterable[Resume]) -> tuple[str, ...]:
    """Return containers that are to run again as a label holds them."""
    return tuple(f"{'' if e.safe else _LATER}{e.how}:{e.container.id}" for e in resumes)


def left(mover: ContainerState, containers: Iterable[ContainerState]) -> tuple[Resume, ...]:
    """Return what a mover that was cut off says is to run again, and does not."""
    found = []
    known = {container.id: container for container in containers}
    for mark in mover.labels.get(labels.MOVER_RESUMES, "").split(","):
        how, _, id = mark.removeprefix(_LATER).partition(":")
        state = known[id].state if id in known else ""
        halted = state == "paused" if how == "unpause" else state in ("exited", "created")
        for allowed in get_args(How):
            if halted and how == allowed:
                found.append(Resume(allowed, known[id], not mark.startswith(_LATER)))
    return tuple(found)


def move(
    project: Project,
    jobs: Sequence[Job],
    halted: Sequence[Resume],
    resumes: Sequence[Resume],
    *,
    old: Iterable[ContainerState] = (),
) -> Plan:
    """Return the steps of some jobs, with `halted` containers made way before and `resumes` after.

    `old` are containers of attempts that were cut off, which the new ones stand in for.

    What is filled has to have ended well: until then its container stays and tells so, and what
    would start on it stays down.
    """
    steps = Steps()
    made = []
    for job in jobs:
        after: list[int] = []
        if job.create is not None:
            after = [
                steps.add(
                    CreateVolume,
                    resource=f"Volume {job.volume}",
                    cause="missing",
                    why="not found",
                    body=job.create,
                )
            ]
        made.append(
            steps.add(
                CreateContainer,
                after=after,
                resource=f"Container {job.name}",
                cause="moving",
                why=f"it has volume {job.volume} for a moment",
                name=job.name,
                body=job.body,
            )
        )
    why = "it is left of an earlier attempt"
    gone = [remove(steps, mover.name, mover.id, why, made) for mover in old]
    stops = [_halt(project, steps, each, made) for each in halted]
    done = [_moved(steps, job, id, [*stops, *gone]) for job, id in zip(jobs, made, strict=True)]
    after_stop = dict(zip((each.container.id for each in halted), stops, strict=True))
    begun = []
    for each in resumes:
        stop = [after_stop[each.container.id]] if each.container.id in after_stop else []
        begun.append(_resume(project, steps, each, [*stop, *done], tolerates=len(done) * each.safe))
    for job, container, step in zip(jobs, made, done, strict=True):
        # Last of all, as its label tells what is to run again.
        why = "it has done its work"
        tolerates = 1 if job.kind is SaveVolume else 0
        remove(steps, job.name, Made(container), why, [container, step, *begun], tolerates)
    return steps.plan()


def _moved(steps: Steps, job: Job, container: int, after: Iterable[int]) -> int:
    """Plan the work of a job; the step after which it is done."""
    step = steps.add(
        job.kind,
        after=[container, *after],
        resource=f"Volume {job.volume}",
        cause="asked",
        why=job.why,
        container=Made(container),
        volume=job.volume,
        destroys=job.destroys,
        **job.fields,
    )
    if job.kind is SaveVolume:
        return step
    return steps.add(
        Rename,
        after=[step],
        resource=f"Container {job.name}",
        cause="moving",
        why=f"volume {job.volume} is complete",
        container=Made(container),
        name=f"{job.name}{labels.MOVER_DONE}",
    )


def mend(
    project: Project, movers: Iterable[ContainerState], resumes: Iterable[Resume], why: str
) -> Plan:
    """Return the steps that remove movers and let run again what waits for them.

    Those that fill a volume are only ended: they tell that it is incomplete.
    """
    steps = Steps()
    begun = [_resume(project, steps, each, []) for each in resumes]
    for mover in movers:
        if not fills(mover):
            remove(steps, mover.name, mover.id, why, begun, len(begun))
        elif mover.state in STOPPABLE:
            steps.add(
                Kill,
                resource=f"Container {mover.name}",
                cause="moving",
                why=why,
                container=mover.id,
            )
    return steps.plan()


def remove(
    steps: Steps, name: str, container: Ref, why: str, after: Iterable[int], tolerates: int = 0
) -> int:
    """Plan to remove a container that moves data, or tells of it; nobody need hear of that."""
    return steps.add(
        RemoveContainer,
        after=after,
        resource=f"Container {name}",
        cause="moving",
        why=why,
        container=container,
        force=True,
        volumes=True,
        tolerates=tolerates,
    )


def _halt(project: Project, steps: Steps, each: Resume, after: Iterable[int]) -> int:
    container, resource = each.container, f"Container {each.container.name}"
    if each.how == "unpause":
        return steps.add(
            Pause,
            after=after,
            resource=resource,
            cause="dependency",
            why="it uses the volume",
            container=container.id,
            service=container.service,
        )
    mine = container.labels.get(labels.PROJECT) == project.name
    return steps.add(
        Stop,
        after=hooks.pre_stop(steps, project, container, after) if mine else after,
        resource=resource,
        cause="dependency",
        why="it uses the volume",
        container=container.id,
        service=container.service,
    )


def _resume(
    project: Project, steps: Steps, each: Resume, after: Iterable[int], *, tolerates: int = 0
) -> int:
    """Plan that a container runs again; the last step of that."""
    container, resource = each.container, f"Container {each.container.name}"
    kind = Unpause if each.how == "unpause" else Start
    begun = steps.add(
        kind,
        after=after,
        resource=resource,
        cause="dependency",
        why="it ran before",
        container=container.id,
        service=container.service,
        tolerates=tolerates,
    )
    if each.how == "unpause":
        return begun
    if container.labels.get(labels.PROJECT) == project.name and not container.oneoff:
        name = container.service
        begun = hooks.post_start(steps, project, name, container.name, container.id, begun)
    if each.how == "start-paused":
        return steps.add(
            Pause,
            after=[begun],
            resource=resource,
            cause="dependency",
            why="it was paused before",
            container=container.id,
            service=container.service,
        )
    return begun
