"""`volumes backup`, `volumes restore` and `volumes clone`: what is in volumes, moved.

Nothing that is in a volume is lost unless `--replace` says so. What was cut off is told of by the
container it left, and made good by the next of these commands.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from pycompose import labels
from pycompose.app.lifecycle import carry_out, project_there
from pycompose.app.moving import ENDING, Mover, choose_image, token
from pycompose.convert import mover as bodies
from pycompose.convert import network as convert
from pycompose.convert.hashing import volume_hash
from pycompose.errors import UsageError
from pycompose.events import Notice
from pycompose.model.resources import Volume
from pycompose.observe import everyone
from pycompose.plan import ops
from pycompose.plan import volumes as plans
from pycompose.plan.adopt import adopt
from pycompose.plan.plan import Plan
from pycompose.plan.resources import fills
from pycompose.plan.secrecy import hidden
from pycompose.version import VERSION

if TYPE_CHECKING:
    from pycompose.app.converse import Console
    from pycompose.app.session import Session
    from pycompose.model.project import Project
    from pycompose.model.values import Json
    from pycompose.snapshot import ContainerState, Snapshot


class BackupOptions(NamedTuple):
    """`volumes backup`; `volumes` empty means all, `output` "" a file named after each.

    `manner` is how what uses them makes way, `image` what moves the data, "" for one that is there.
    """

    volumes: tuple[str, ...] = ()
    output: str = ""
    compress: Literal["", "gzip", "xz"] = ""
    manner: plans.Manner = ""
    image: str = ""


class RestoreOptions(NamedTuple):
    """`volumes restore`; `volume` "" is the one that the backup is of.

    `replace` destroys what is in the volume, `stop` stops what uses it meanwhile.
    """

    file: str
    volume: str = ""
    replace: bool = False
    stop: bool = False
    image: str = ""


class Body(Protocol):
    """The body of a container that fills a volume."""

    def __call__(self, image: str, resumes: Sequence[str], *, empty: bool) -> Json:
        """Return it; `resumes` are what is to run afterwards, `empty` clears the volume first."""
        ...


_PIECE: Final = 1 << 18
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


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


def backup(session: Session, options: BackupOptions, console: Console) -> None:
    """Write what volumes hold to files.

    Raises:
        UsageError: there is no such volume, or a terminal would get the bytes.
        ApplyError: steps failed.
    """
    with session.exclusive():
        scene = _scene(session)
        keys = [scene.find(word) for word in options.volumes] or [
            key
            for key, volume in sorted(scene.volumes.items())
            if volume.name in scene.there and not volume.external
        ]
        if not keys:
            raise UsageError(f"project {scene.project.name!r} has no volumes to back up")
        paths = _paths(session, scene, keys, options, console)
        names = [scene.volumes[key].name for key in keys]
        for name in names:
            _whole(scene, name)
        users = [user for name in names for user in plans.users(scene.containers, name)]
        halted = _halted(session, scene, names, options.manner)
        image, _ = choose_image(session, scene.project, options.image, users, names[0])
        marks = plans.marks(halted)
        jobs = [
            plans.Job(
                volume=name,
                name=f"{scene.project.name}-volume-{key}-{token()}",
                body=bodies.reader(scene.project.name, image, name, marks),
                kind=ops.SaveVolume,
                fields={
                    "path": path,
                    "manifest": _manifest(scene, key),
                    "compress": options.compress,
                },
                why="backup" if path == "-" else f"to {path}",
            )
            for key, name, path in zip(keys, names, paths, strict=True)
        ]
        plan = plans.move(scene.project, jobs, halted, halted)
        mover = Mover(session.engine, console)
        try:
            _move(session, scene.project, plan, mover)
        except BaseException:
            _mend(session, scene.project, [job.name for job in jobs])
            mover.settle()
            raise


def restore(session: Session, options: RestoreOptions, console: Console) -> None:
    """Fill a volume with what a backup holds; the volume is made if it is not there.

    Raises:
        UsageError: the backup is not whole, the volume is in use, or not empty.
        ApplyError: steps failed.
    """
    from pycompose.files.backup import check
    from pycompose.files.tarstream import Damaged

    with _opened(session, options.file, console) as file, session.exclusive():
        try:
            manifest = check(file).manifest
        except Damaged as error:
            raise UsageError(f"{_shown(options.file)}: {error}; nothing was restored") from error
        scene = _scene(session)
        key = options.volume or str(manifest.get("volume", ""))
        name, create = _target(scene, key, manifest, options.file)
        replace = options.replace
        mover = Mover(session.engine, console, file)

        def body(image: str, resumes: Sequence[str], *, empty: bool) -> Json:
            return bodies.writer(scene.project.name, image, name, resumes, empty=empty)

        filling = _Filling(name, create, replace, options.stop, options.image)
        plan = _fill(session, scene, key, filling, body, ops.FillVolume, {"path": options.file})
        _move(session, scene.project, plan, mover)


class _Filling(NamedTuple):
    """How a volume is to be filled: `create` is what makes it, None where it is there."""

    name: str
    create: Json
    replace: bool
    stop: bool
    image: str


def _fill(
    session: Session,
    scene: Scene,
    key: str,
    filling: _Filling,
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
    halted = [*(plans.resume(c, "stop") for c in running), *reading]
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


def _move(session: Session, project: Project, plan: Plan, mover: Mover) -> None:
    carry_out(session, plan, project=project, patience=ENDING, move=mover)


def _scene(session: Session) -> Scene:
    """Look at what is there; what a command that was cut off has left is put in order."""
    project, snapshot = project_there(session, ())
    containers = everyone(session.engine)
    movers = [hook for hook in snapshot.hooks if labels.MOVER in hook.labels]
    over = [mover for mover in movers if not fills(mover)]
    if over:
        again = {e.container.id: e for mover in over for e in plans.left(mover, containers)}
        names = ", ".join(sorted({mover.labels[labels.MOVER] for mover in over}))
        message = f"a command that used volume {names} was cut off: what ran before it runs again"
        session.emit(Notice(message=message, level="info"))
        plan = plans.mend(project, over, again.values(), "it is left of an earlier command")
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


def _whole(scene: Scene, name: str) -> None:
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


def _halted(
    session: Session, scene: Scene, names: Iterable[str], manner: plans.Manner
) -> list[plans.Resume]:
    """Return who makes way while volumes are read, as they may write; warn of who does not."""
    users = [u for name in names for u in plans.users(scene.containers, name, writing=True)]
    each = {user.id: user for user in plans.active(users)}
    running = [user for user in each.values() if user.state != "paused"]
    if manner == "stop":
        return [plans.resume(user, "stop") for user in each.values()]
    halted = [user for user in running if manner == "pause" and user.state == "running"]
    going_on = ", ".join(user.name for user in running if user not in halted)
    if going_on:
        session.emit(
            Notice(
                message=f"{going_on} may write meanwhile, and the copy have half of it"
                " (--pause or --stop halts who uses the volume)"
            )
        )
    return [plans.resume(user, "pause") for user in halted]


def _mend(session: Session, project: Project, names: Sequence[str]) -> None:
    """Put in order what a command that did not end well has left: all that ran runs again."""
    if session.settings.dry_run:
        return
    from pycompose.cancel import Cancel

    containers = everyone(session.engine)
    movers = [container for container in containers if container.name in names]
    again = {e.container.id: e for mover in movers for e in plans.left(mover, containers)}
    plan = plans.mend(project, movers, again.values(), "the backup did not end well")
    if plan.steps:
        carry_out(session, plan, project=project, cancel=Cancel())


# Backups


def _paths(
    session: Session,
    scene: Scene,
    keys: Sequence[str],
    options: BackupOptions,
    console: Console,
) -> list[str]:
    """Return where the backups go.

    Raises:
        UsageError: several would go to one file, or one to a terminal.
    """
    from pycompose.files.backup import SUFFIXES

    asked, cwd = options.output, session.settings.cwd
    folder = os.path.join(cwd, asked)
    if asked == "-":
        if len(keys) > 1:
            raise UsageError("only one volume can be written to standard output")
        if console.screen:
            raise UsageError("a backup is not for terminals: give --output a file, or a pipe")
        return ["-"]
    if asked and not (os.path.isdir(folder) or asked.endswith("/")):
        if len(keys) > 1:
            raise UsageError(f"{len(keys)} volumes need a folder, and {asked} is none")
        return [folder]
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    suffix = SUFFIXES[options.compress]
    names = [f"{scene.volumes[key].name}-{stamp}{suffix}" for key in keys]
    if asked.endswith("/") and not session.settings.dry_run:
        os.makedirs(folder, exist_ok=True)
    return [os.path.join(folder if asked else cwd, name) for name in names]


def _manifest(scene: Scene, key: str) -> Json:
    name = scene.volumes[key].name
    there = scene.there[name]
    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "project": scene.project.name,
        "volume": key,
        "name": name,
        "driver": there.get("Driver") or "local",
        "driver_opts": hidden(there.get("Options") or {}),
        "labels": dict(sorted((there.get("Labels") or {}).items())),
        "pycompose": VERSION,
    }


# Restoring


@contextmanager
def _opened(session: Session, path: str, console: Console) -> Iterator[IO[bytes]]:
    """Open a backup; what comes through a pipe is kept in a file without a name meanwhile."""
    if path == "-" and console.keyboard:
        raise UsageError("a backup cannot be typed: name a file, or use a pipe")
    with ExitStack() as opened:
        read = console.read
        if path != "-":
            file = opened.enter_context(open(os.path.join(session.settings.cwd, path), "rb"))
            if file.seekable():
                yield file
                return
            read = partial(file.read, _PIECE)
        kept = opened.enter_context(tempfile.TemporaryFile())
        while piece := read():
            kept.write(piece)
        yield kept


def _shown(path: str) -> str:
    return "standard input" if path == "-" else path


def _target(scene: Scene, key: str, manifest: Json, file: str) -> tuple[str, Json]:
    """Return the name of the volume to fill, and the body that makes it, None where it is there.

    Raises:
        UsageError: there is no such volume in the files, or it is not ours to make.
    """
    project = scene.project
    if key in scene.volumes or any(v.name == key for v in scene.volumes.values()):
        key = scene.find(key)
        name = scene.volumes[key].name
        if name in scene.there:
            return name, None
        if scene.volumes[key].external:
            raise UsageError(f"the external volume {name} does not exist (create it first)")
        return name, convert.volume(project, key)
    if project.config_files:
        scene.find(key)  # raises, and tells which there are
    if not _NAME.fullmatch(key):
        raise UsageError(f"{_shown(file)}: {key!r} is no name of a volume")
    options, driver = manifest.get("driver_opts"), manifest.get("driver")
    if options or driver != "local":
        # They could make any folder of the engine's machine the volume.
        raise UsageError(
            f"{_shown(file)}: its volume has a driver or options of its own, which are not taken"
            " from a backup (restore it beside the Compose file, or create the volume first)"
        )
    name = f"{project.name}_{key}"
    return name, created(project.name, key, name, manifest.get("labels"))


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
