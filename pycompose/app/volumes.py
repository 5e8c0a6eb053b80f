"""What backups, restores and clones of volumes meet, and how a volume is filled.

Nothing that is in a volume is lost unless `--replace` says so. What was cut off is told of by the
container it left, and made good by the next of these commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pycompose import labels
from pycompose.app.lifecycle import carry_out, project_there
from pycompose.app.moving import ENDING, Mover, choose_image, token
from pycompose.convert.hashing import volume_hash
from pycompose.errors import PycomposeError, UsageError
from pycompose.events import Notice
from pycompose.model.resources import Volume
from pycompose.observe import everyone
from pycompose.plan import ops
from pycompose.plan import volumes as plans
from pycompose.plan.adopt import adopt
from pycompose.plan.plan import Plan
from pycompose.plan.resources import fills
from pycompose.version import VERSION

if TYPE_CHECKING:
    from pycompose.app.session import Session
    from pycompose.model.project import Project
    from pycompose.model.values import Json
    from pycompose.snapshot import ContainerState, Snapshot


class Body(Protocol):
    """The body of a container that fills a volume."""

    def __call__(self, image: str, resumes: Sequence[str], *, empty: bool) -> Json:
        """Return it; `resumes` are what is to run afterwards, `empty` clears the volume first."""
        ...


class Scene(NamedTuple):
    """What a command meets: the project, all containers of the engine, the volumes it may mean.

    `volumes` are by key; `there` the volumes of the engine by name, as the engine tells of them;
    `cut` what tells that a command that was to fill a volume was cut off.
    """

    project: Project
    snapshot: Snapshot
    containers: tuple[ContainerState, ...]
    volumes: Mapping[str, Volume]
    there: Mapping[str, Json]
    cut: tuple[ContainerState, ...]

    def filling(self, volume: str) -> tuple[ContainerState, ...]:
        """Return what tells that a volume was filled only in part."""
        return tuple(c for c in self.cut if c.labels[labels.MOVER_FILLS] == volume)

    def find(self, word: str) -> str:
        """Return the key of a volume that is called by its key or its name.

        Raises:
            UsageError: there is none.
        """
        named = [key for key, volume in self.volumes.items() if volume.name == word]
        if word in self.volumes or named:
            return word if word in self.volumes else named[0]
        known = f"it has {', '.join(sorted(self.volumes))}" if self.volumes else "it has none"
        raise UsageError(f"no such volume in project {self.project.name!r}: {word} ({known})")


def look(session: Session) -> Scene:
    """Look at what is there; what a command that was cut off has left is put in order."""
    project, snapshot = project_there(session, ())
    if session.project_if_any is not None:
        # Those that no service uses are volumes, too.
        known = session.read(names_only=True, all_resources=True)
        project = replace(project, volumes=known.volumes)
    containers = everyone(session.engine)
    mine = (labels.PROJECT, labels.MOVER_FROM)
    movers = [
        container
        for container in containers
        if labels.MOVER in container.labels
        and any(container.labels.get(label) == project.name for label in mine)
    ]
    again = _again(movers, containers)
    if again or any(not fills(mover) or mover.state == "running" for mover in movers):
        if again:
            names = ", ".join(sorted(each.container.name for each in again))
            message = f"an earlier command was cut off: {names}, which ran before it, runs again"
            session.emit(Notice(message=message, level="info"))
        plan = plans.mend(project, movers, again, "it is left of an earlier command")
        carry_out(session, plan, project=project)
        containers = everyone(session.engine)
    volumes = {**adopt(snapshot).volumes, **project.volumes}
    there = {volume["Name"]: volume for volume in session.engine.list_volumes()}
    return Scene(
        project=project,
        snapshot=snapshot,
        containers=containers,
        volumes=volumes,
        there=there,
        cut=tuple(mover for mover in movers if fills(mover)),
    )


def _again(
    movers: Iterable[ContainerState], containers: Sequence[ContainerState]
) -> list[plans.Resume]:
    """Return what movers that were cut off have halted, as far as it can run again now."""
    found = {
        each.container.id: each
        for mover in movers
        for each in plans.left(mover, containers)
        if each.safe or not fills(mover)
    }
    return [*found.values()]


def whole(scene: Scene, name: str) -> None:
    """Check that a volume can be read.

    Raises:
        UsageError: it is not there, or was filled only in part.
    """
    if name not in scene.there:
        raise UsageError(f"volume {name} does not exist yet")
    if scene.filling(name):
        raise UsageError(
            f"volume {name} is incomplete: what filled it was cut off (do that again first)"
        )


def halting(
    session: Session, scene: Scene, names: Iterable[str], manner: plans.Manner
) -> list[plans.Resume]:
    """Return who makes way while volumes are read, as they may write; warn of who does not."""
    users = [u for name in names for u in plans.users(scene.containers, name, writing=True)]
    each = {user.id: user for user in plans.active(users)}
    running = [user for user in each.values() if user.state != "paused"]
    if manner == "stop":
        return [plans.resume(user, "stop", safe=True) for user in each.values()]
    halted = [user for user in running if manner == "pause" and user.state == "running"]
    going_on = ", ".join(user.name for user in running if user not in halted)
    if going_on:
        session.emit(
            Notice(
                message=f"{going_on} may write meanwhile, and the copy have half of it"
                " (--pause or --stop halts who uses the volume)"
            )
        )
    return [plans.resume(user, "pause", safe=True) for user in halted]


class Filling(NamedTuple):
    """How a volume is to be filled: `create` is what makes it, None where it is there."""

    name: str
    create: Json
    replace: bool
    stop: bool
    image: str


def fill(
    session: Session,
    scene: Scene,
    key: str,
    filling: Filling,
    body: Body,
    kind: type[ops.FillVolume] | type[ops.CopyVolume],
    fields: Mapping[str, Json],
    *,
    reading: Sequence[plans.Resume] = (),
) -> Plan:
    """Return the plan that fills a volume, its users out of the way; `reading` make way, too.

    Raises:
        UsageError: it is in use, or not empty.
    """
    name = filling.name
    users = plans.users(scene.containers, name)
    running = plans.active(users)
    if running and not filling.stop:
        names = ", ".join(c.name for c in running)
        raise UsageError(f"volume {name} is in use by {names} (--stop stops them meanwhile)")
    before = scene.filling(name)
    there = filling.create is None
    image, look = choose_image(session, scene.project, filling.image, users, name, there=there)
    empty = filling.replace or bool(before)
    if not look.empty and not empty:
        raise UsageError(f"volume {name} is not empty (--replace destroys what is in it)")
    known = {container.id for container in running}
    halted = [plans.resume(container, "stop") for container in running]
    halted += [each for each in reading if each.container.id not in known]
    again = [*halted, *(each for c in before for each in plans.left(c, scene.containers))]
    job = plans.Job(
        volume=name,
        name=f"{scene.project.name}-volume-{key}-{token()}",
        body=body(image, plans.marks(again), empty=empty),
        kind=kind,
        fields=fields,
        why=f"from {fields['path' if kind is ops.FillVolume else 'source']}"
        + (", in place of what is in it" if filling.replace and there else ""),
        create=filling.create,
        destroys=f"what is in volume {name}" if filling.replace and there else "",
    )
    return plans.move(scene.project, [job], halted, again, old=before)


def move(session: Session, project: Project, plan: Plan, mover: Mover) -> None:
    """Carry a plan out, and if it does not end well, let run again what can.

    Raises:
        ApplyError: steps failed.
        Cancelled: the user interrupted.
    """
    try:
        carry_out(session, plan, project=project, patience=ENDING, move=mover)
    except BaseException:
        made = [step.name for step in plan.steps if isinstance(step, ops.CreateContainer)]
        try:
            mend(session, project, made)
        except PycomposeError as error:
            message = f"what was halted does not run again ({error}): the next command sees to it"
            session.emit(Notice(message=message))
        mover.settle()
        raise


def mend(session: Session, project: Project, names: Sequence[str]) -> None:
    """Put in order what a command that did not end well has left: what can run again does."""
    if session.settings.dry_run:
        return
    from pycompose.cancel import Cancel

    containers = everyone(session.engine)
    movers = [container for container in containers if container.name in names]
    plan = plans.mend(project, movers, _again(movers, containers), "it did not end well")
    if plan.steps:
        carry_out(session, plan, project=project, cancel=Cancel())


def created(project: str, key: str, name: str, marks: Json) -> Json:
    """Return the body of a volume as `up` would make it; labels of tools are not taken over."""
    given = marks if isinstance(marks, dict) else {}
    kept = {
        str(mark): str(value)
        for mark, value in sorted(given.items())
        if not str(mark).startswith(("com.docker.", "org.pycompose."))
    }
    wanted = Volume(name=name, labels=kept)
    return {
        "Name": name,
        "Labels": {
            **kept,
            labels.VOLUME: key,
            labels.PROJECT: project,
            labels.VERSION: VERSION,
            labels.CONFIG_HASH: volume_hash(wanted),
        },
        "Driver": "local",
    }
