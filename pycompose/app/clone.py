"""`volumes clone`: what a volume holds, in another one of the same engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from pycompose.app.moving import Mover
from pycompose.app.volumes import Filling, Scene, created, fill, halting, look, move, whole
from pycompose.convert import mover as bodies
from pycompose.convert import network as convert
from pycompose.errors import UsageError
from pycompose.plan import ops
from pycompose.plan import volumes as plans

if TYPE_CHECKING:
    from pycompose.app.converse import Console
    from pycompose.app.session import Session
    from pycompose.model.values import Json

# Source: compose-spec 04-version-and-name.md
PROJECT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KEY: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class CloneOptions(NamedTuple):
    """`volumes clone`; `new` "" is the same key, in the project `to_project`, "" for this one.

    `manner` is how those who use the volumes make way; `replace` destroys what the new one holds.
    """

    volume: str
    new: str = ""
    to_project: str = ""
    manner: plans.Manner = ""
    replace: bool = False
    image: str = ""


class Target(NamedTuple):
    """Where a clone goes: a project, a key in it, a name; `create` makes it if need be."""

    project: str
    key: str
    name: str
    create: Json


def clone(session: Session, options: CloneOptions, console: Console) -> None:
    """Copy what a volume holds into another one, which is made if it is not there.

    Raises:
        UsageError: there is no such volume, the other one is in use, or not empty.
        ApplyError: steps failed.
    """
    other = options.to_project or session.project_name
    if not PROJECT_NAME.fullmatch(other):
        raise UsageError(wrong_name(other))
    with session.exclusive_with(other):
        scene = look(session)
        key = scene.find(options.volume)
        source = scene.volumes[key].name
        whole(scene, source)
        target = _target(scene, key, options.new or key, other)
        _distinct(scene, source, target)

        def body(image: str, resumes: Sequence[str], *, empty: bool) -> Json:
            return bodies.copier(
                target.project,
                image,
                source,
                target.name,
                resumes,
                empty=empty,
                origin=scene.project.name,
            )

        reading = halting(session, scene, [source], options.manner)
        stop = options.manner == "stop"
        filling = Filling(target.name, target.create, options.replace, stop, options.image)
        plan = fill(
            session,
            scene,
            target.key,
            filling,
            body,
            ops.CopyVolume,
            {"source": source},
            reading=reading,
        )
        move(session, scene.project, plan, Mover(session.engine, console))


def wrong_name(name: str) -> str:
    """Return what is wrong with the name of a project."""
    return (
        f"invalid project name {name!r}: it consists of lower case letters, digits, hyphens and"
        " underscores, and begins with a letter or digit"
    )


def _target(scene: Scene, key: str, new: str, other: str) -> Target:
    """Return where a clone goes.

    Raises:
        UsageError: it cannot be made.
    """
    project, wanted = scene.project, scene.volumes.get(new)
    if not _KEY.fullmatch(new):
        raise UsageError(f"{new!r} is no name of a volume")
    if other == project.name and wanted is not None:
        if wanted.name in scene.there:
            return Target(other, new, wanted.name, None)
        if wanted.external:
            raise UsageError(f"the external volume {wanted.name} does not exist (create it first)")
        return Target(other, new, wanted.name, convert.volume(project, new))
    name = f"{other}_{new}"
    if name in scene.there:
        return Target(other, new, name, None)
    if wanted is not None and new in project.volumes and project.config_files:
        if wanted.external or wanted.name != f"{project.name}_{new}":
            raise UsageError(
                f"volume {new} is called {wanted.name} in every project, says its file"
                " (name another volume for the clone)"
            )
        moved = replace(project, name=other, volumes={new: wanted._replace(name=name)})
        return Target(other, new, name, convert.volume(moved, new))
    there = scene.there[scene.volumes[key].name]
    if there.get("Options") or there.get("Driver", "local") != "local":
        # With the same options it might be the same folder.
        raise UsageError(
            f"volume {there['Name']} has a driver or options of its own, and {new} is in no file"
            f" (create volume {name} first)"
        )
    return Target(other, new, name, created(other, new, name, there.get("Labels")))


def _distinct(scene: Scene, source: str, target: Target) -> None:
    """Check that a volume is not copied onto itself, by one name or by two.

    Raises:
        UsageError: it would be.
    """
    there = scene.there.get(target.name) or target.create
    mine = scene.there[source].get("Options") or {}
    others = there.get("Options") or there.get("DriverOpts") or {}
    if target.name == source:
        raise UsageError(f"volume {source} cannot be cloned to itself: give the clone a name")
    if mine.get("device") and mine.get("device") == others.get("device"):
        raise UsageError(f"volumes {source} and {target.name} are the same: {mine['device']}")
