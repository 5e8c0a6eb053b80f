"""`volumes backup` and `volumes restore`: what is in volumes, in files and back."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING, Final, Literal, NamedTuple

from pycompose.app.moving import Mover, choose_image, token
from pycompose.app.volumes import Filling, Scene, created, fill, halting, look, move, whole
from pycompose.convert import mover as bodies
from pycompose.convert import network as convert
from pycompose.errors import UsageError
from pycompose.plan import ops
from pycompose.plan import volumes as plans
from pycompose.plan.secrecy import hidden
from pycompose.version import VERSION

if TYPE_CHECKING:
    from pycompose.app.converse import Console
    from pycompose.app.session import Session
    from pycompose.model.values import Json

_PIECE: Final = 1 << 18
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


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


def backup(session: Session, options: BackupOptions, console: Console) -> None:
    """Write what volumes hold to files.

    Raises:
        UsageError: there is no such volume, or a terminal would get the bytes.
        ApplyError: steps failed.
    """
    with session.exclusive():
        scene = look(session)
        keys = [*dict.fromkeys(scene.find(word) for word in options.volumes)] or [
            key
            for key, volume in sorted(scene.volumes.items())
            if volume.name in scene.there and not volume.external
        ]
        if not keys:
            raise UsageError(f"project {scene.project.name!r} has no volumes to back up")
        paths = _paths(session, scene, keys, options, console)
        names = [scene.volumes[key].name for key in keys]
        for name in names:
            whole(scene, name)
        users = [user for name in names for user in plans.users(scene.containers, name)]
        halted = halting(session, scene, names, options.manner)
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
        move(session, scene.project, plan, Mover(session.engine, console))


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
        scene = look(session)
        key = options.volume or str(manifest.get("volume", ""))
        name, create = _target(scene, key, manifest, options.file)
        replace = options.replace
        mover = Mover(session.engine, console, file)

        def body(image: str, resumes: Sequence[str], *, empty: bool) -> Json:
            return bodies.writer(scene.project.name, image, name, resumes, empty=empty)

        filling = Filling(name, create, replace, options.stop, options.image)
        plan = fill(session, scene, key, filling, body, ops.FillVolume, {"path": options.file})
        move(session, scene.project, plan, mover)


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
        if not os.path.isdir(os.path.dirname(folder)):
            raise UsageError(f"{os.path.dirname(folder)} is no folder")
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
