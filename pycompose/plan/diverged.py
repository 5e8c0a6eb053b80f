"""Whether a container is what its service asks for, and if not, why; pure.

Source: rules 79 and 82
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pycompose import labels
from pycompose.convert.grants import Granted
from pycompose.convert.hashing import changed_fields, container_hash
from pycompose.errors import Position
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan import grants
from pycompose.plan.ops import Cause
from pycompose.snapshot import ContainerState, ImageState, MountState, Snapshot

_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_FIELD = re.compile(r"(?P<name>[^.\[]+)(?:\.(?P<key>.*)|\[(?P<item>.*)\])?", re.DOTALL)


class Divergence(NamedTuple):
    """Why a container must be recreated."""

    cause: Cause
    why: str


def diverged(
    project: Project,
    service: Service,
    state: ContainerState,
    snapshot: Snapshot,
    networks: Mapping[str, int | str],
    *,
    contents: Mapping[str, str] | None = None,
    references: Mapping[str, str] | None = None,
    awaited: tuple[str, ...] = (),
) -> Divergence | None:
    """Return why a container is not what its service asks for, None where it is.

    `networks` holds, by key, the id of each network that is there, or the step that makes it;
    `contents` the digests of secrets and configs, `references` the ids of the containers it joins,
    by service; `awaited` what the names of variables begin with that nobody knows yet.
    """
    same = state.labels.get(labels.CONFIG_HASH) == container_hash(service, references or {})
    if not same and not (awaited and _may_be_same(service, state, awaited)):
        changes = _changes(project, service, state)
        if changes is None and references:
            return Divergence("dependency", "what it shares something with is another one now")
        return Divergence("changed", changes or "its configuration changed")
    given = grants.changed(project, service, state, contents or {})
    if given:
        return Divergence("changed", f"changed: {', '.join(_content(project, g) for g in given)}")
    image = snapshot.images.get(project.image(service))
    if image is not None and _other_image(state, image):
        return Divergence("image", f"image {project.image(service)} is now {image.id[7:19]}")
    if state.state == "dead":
        return Divergence("incomplete", "it is dead")
    if state.state in ("running", "paused", "restarting"):
        return _incomplete(project, service, state, networks)
    if any(isinstance(networks.get(key), int) for key in service.networks):
        # Engine: a stopped container remembers a network's id, which is gone.
        return Divergence("incomplete", "one of its networks is made anew")
    return _unconnected(project, service, state, networks)


def _other_image(state: ContainerState, image: ImageState) -> bool:
    made_from = state.labels.get(labels.IMAGE)
    if made_from:
        # Compat: Docker Compose 5 writes a manifest digest where the engine has one.
        return made_from != image.id and state.image_id != image.id
    return bool(state.image_id) and state.image_id != image.id


def _incomplete(
    project: Project,
    service: Service,
    state: ContainerState,
    networks: Mapping[str, int | str],
) -> Divergence | None:
    for key in service.networks:
        if networks.get(key) not in state.networks.values():
            return Divergence("incomplete", f"it is not on network {project.networks[key].name}")
    mounted = {mount.name for mount in state.mounts if mount.type == "volume"}
    for mount in service.volumes:
        if mount.type == "volume" and mount.source in project.volumes:
            name = project.volumes[mount.source].name
            if name not in mounted:
                return Divergence("incomplete", f"volume {name} is not mounted")
    return None


def _unconnected(
    project: Project,
    service: Service,
    state: ContainerState,
    networks: Mapping[str, int | str],
) -> Divergence | None:
    """Return the network that a stopped container was never put on, or was taken off.

    Whoever creates a container can be cut off before it is on all of its networks.
    """
    for key in service.networks:
        # Engine: one that was never started knows its networks by name only.
        name = project.networks[key].name
        if name != networks.get(key) and name not in state.networks:
            return Divergence("incomplete", f"it is not on network {name}")
    return None


def _changes(project: Project, service: Service, state: ContainerState) -> str | None:
    """Return a sentence that names the fields that changed, each with its place; None for none."""
    try:
        old = json.loads(state.labels[labels.FIELDS])
        paths = changed_fields(old, service)
    except (KeyError, ValueError, AttributeError, TypeError):
        # Compat: a container made by Docker Compose tells only that something changed.
        return _at("its configuration changed", project.places.find("services", service.name))
    shown = [_at(path, place(project, service, path)) for path in paths]
    return f"changed: {', '.join(shown)}" if shown else None


def _may_be_same(service: Service, state: ContainerState, awaited: tuple[str, ...]) -> bool:
    """Tell whether a container may be what its service asks for once all variables are known."""
    try:
        paths = changed_fields(json.loads(state.labels[labels.FIELDS]), service)
    except (KeyError, ValueError, AttributeError, TypeError):
        return True  # made by Docker Compose, it does not tell
    unknown = tuple(f"environment.{name}" for name in awaited)
    return all(path.startswith(unknown) for path in paths)


def _content(project: Project, given: Granted) -> str:
    at = project.places.find(given.section, given.grant.source)
    return _at(f"the content of {given.section}.{given.grant.source}", at)


def _at(text: str, at: Position | None) -> str:
    return f"{text} ({at})" if at else text


def place(project: Project, service: Service, path: str) -> Position | None:
    """Return where the field `environment.FOO`, `ports[0]` or `volumes[/data]` is written."""
    match = _FIELD.fullmatch(path)
    if match is None:
        return None
    name, key, item = match.group("name", "key", "item")
    where: tuple[str | int, ...] = ("services", service.name, name)
    if key is not None:
        where += (key,)
    elif item is not None and item.isdigit():
        where += (int(item),)
    elif item is not None:
        entries: Iterable[object] = getattr(service, name, ())
        for index, entry in enumerate(entries):
            if getattr(entry, "target", "") == item or getattr(entry, "source", "") == item:
                where += (index,)
                break
    return project.places.find(*where)


def anonymous(mount: MountState) -> bool:
    """Tell whether a mount is of a volume that has no name but its id."""
    return mount.type == "volume" and _ANONYMOUS.fullmatch(mount.name) is not None


def inheritable(
    service: Service, old: ContainerState, image: ImageState | None
) -> tuple[MountState, ...]:
    """Return the mounts of an old container whose data its replacement keeps, by target.

    These are the ones at targets that the image declares as volumes, or that the service mounts
    without naming a source. Where nobody looked what the image declares, all anonymous ones are.
    """
    sources = {mount.target: mount.source for mount in service.volumes}
    known = image.volumes if image else None
    if known is None:
        known = tuple(mount.target for mount in old.mounts if anonymous(mount))
    declared = set(known)
    unnamed = {target for target, source in sources.items() if not source}
    keeps = (declared - {target for target, source in sources.items() if source}) | unnamed
    return tuple(
        mount
        for mount in sorted(old.mounts, key=lambda m: m.target)
        if mount.target in keeps and mount.type in ("volume", "bind")
    )
