"""Ask an engine what it holds for a project: six calls at once, whatever the number of services.

It records and never chooses: two networks of one name are both in the snapshot. What a list does
not tell and a planner needs to know is asked by name (`with_image_details`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar

from pycompose import labels
from pycompose.engine.port import Engine
from pycompose.errors import EngineError, NotFound
from pycompose.model.values import Json, familiar
from pycompose.snapshot import (
    ContainerState,
    Health,
    ImageState,
    MountState,
    NetworkState,
    PortState,
    Snapshot,
    VolumeState,
)

if TYPE_CHECKING:
    # Not for `ps`, which knows no project and needs none of the model's classes.
    from pycompose.model.project import Project

T = TypeVar("T")
_EXITED: Final = re.compile(r"(?:Exited|Restarting) \((-?\d+)\)")
_GRACE: Final = 10.0  # seconds that an engine gives a container to stop, unless told otherwise
_MARGIN: Final = 5.0  # seconds for a busy engine to kill one whose time is over
_KILL: Final = "9"
# The numbers of Linux, whatever this machine counts: engines tell those.
_SIGNALS: Final[Mapping[str, int]] = {
    "HUP": 1,
    "INT": 2,
    "QUIT": 3,
    "KILL": 9,
    "USR1": 10,
    "USR2": 12,
    "TERM": 15,
    "WINCH": 28,
    "RTMIN": 34,
}
_MOST_DIGITS: Final = 10  # of the number of a container; labels hold whatever anybody writes
_HEALTH: Final[Mapping[str, Health]] = {
    "(healthy)": "healthy",
    "(unhealthy)": "unhealthy",
    "(health: starting)": "starting",
}


def observe(
    engine: Engine, name: str, project: Project | None = None, *, images: bool = True
) -> Snapshot:
    """Return what the engine holds for the project called `name`.

    `project` tells which images to look for, and how long its containers take to stop; `images`
    False leaves images out.

    Raises:
        EngineError: the engine refused a request, or did not answer.
    """
    references = _references(project) if project and images else ()
    by_name = {"reference": sorted(map(familiar, references))}
    built_here = {"label": [f"{labels.PROJECT}={name}"]}
    calls: list[Callable[[], list[Json]]] = [
        partial(engine.list_containers, filters={"label": [f"{labels.PROJECT}={name}"]}),
        partial(engine.list_networks),
        partial(engine.list_volumes),
        partial(engine.list_images, filters=by_name) if references else list,
        partial(engine.list_images, filters=built_here) if images else list,
        partial(_recently, engine, name, project),
    ]
    containers, networks, volumes, named, built, events = together(calls)
    told = _told(events)
    ids = {one["Name"]: one["Id"] for one in networks}
    return Snapshot(
        capabilities=engine.capabilities,
        project=name,
        containers=tuple(
            one._replace(
                stopping=_stopping(engine, one, told.get(one.id, set())),
                networks=_by_id(one.networks, ids),
            )
            for one in _with(labels.CONFIG_HASH, containers)
        ),
        networks=tuple(sorted(map(_network, networks), key=lambda n: (n.name, n.id))),
        volumes=tuple(sorted(map(_volume, volumes), key=lambda v: v.name)),
        images=_images(engine, references, [*named, *built]),
        hooks=_with(labels.HOOK, containers),
    )


def _by_id(ends: Mapping[str, str], ids: Mapping[str, str]) -> Mapping[str, str]:
    """Return the ids of a container's networks by name.

    Compat: Podman tells the name of a network where Docker tells its id.
    """
    return {name: ids.get(name, told) if told == name else told for name, told in ends.items()}


def _recently(engine: Engine, name: str, project: Project | None) -> list[Json]:
    """Return what happened to the project's containers within the time that a stop may take."""
    graces = [s.stop_grace_period for s in project.services.values()] if project else []
    longest = max([_GRACE, *(grace / 1e9 for grace in graces if grace is not None)])
    filters = {
        "type": ["container"],
        "label": [f"{labels.PROJECT}={name}"],
        "event": ["kill", "start"],
    }
    try:
        return engine.recent_events(longest + _MARGIN, filters=filters)
    except EngineError:
        return []  # nothing is lost where none of them was told to stop


def _told(events: Iterable[Json]) -> dict[str, set[str]]:
    """Return the signals that containers were sent since they started, by the containers' ids."""
    told: dict[str, set[str]] = {}
    for event in events:
        actor = event.get("Actor") or {}
        id, marks = actor.get("ID", ""), actor.get("Attributes") or {}
        if event.get("Action") == "kill":
            told.setdefault(id, set()).add(marks.get("signal", ""))
        else:
            told.pop(id, None)
    return told


def _stopping(engine: Engine, one: ContainerState, signals: set[str]) -> bool:
    """Tell whether a container that still runs was told to stop.

    Whoever told it may be dead: a stop that has begun goes on without who asked for it.
    """
    if one.state != "running" or not signals:
        return False
    if _KILL in signals:
        return True
    try:
        config = engine.inspect_container(one.id).get("Config") or {}
    except EngineError:
        return False
    return _signal_number(config.get("StopSignal") or "TERM") in signals


def _signal_number(name: str) -> str:
    """Return the number of a signal as engines write both: `SIGTERM`, `term`, `15`, `RTMIN+3`."""
    word, _, more = name.upper().removeprefix("SIG").partition("+")
    number = _SIGNALS.get(word, 0) + (int(more) if more.isdecimal() else 0)
    return word if word.isdecimal() else str(number)


def containers(engine: Engine, name: str, *, all: bool = True) -> tuple[ContainerState, ...]:
    """Return the containers of the project called `name`, by name; one list call."""
    found = engine.list_containers(all=all, filters=_mine(name))
    return tuple(sorted(map(container, found), key=lambda c: (c.name, c.id)))


def _with(label: str, listed: Iterable[Json]) -> tuple[ContainerState, ...]:
    """Return the listed containers that have a label, by name."""
    found = [container(one) for one in listed if label in (one.get("Labels") or {})]
    return tuple(sorted(found, key=lambda c: (c.name, c.id)))


def everyone(engine: Engine) -> tuple[ContainerState, ...]:
    """Return every container of the engine, whoever made it, by name; one list call."""
    return tuple(sorted(map(container, engine.list_containers()), key=lambda c: (c.name, c.id)))


def with_image_details(engine: Engine, snapshot: Snapshot, references: Iterable[str]) -> Snapshot:
    """Return the snapshot with what only a look at some images tells filled in."""
    images = dict(snapshot.images)
    names = list(references)
    calls = [partial(engine.inspect_image, images[name].id) for name in names]
    for name, document in zip(names, together(calls), strict=True):
        images[name] = _looked_at(images[name], document)
    return snapshot._replace(images=images)


def _mine(name: str) -> dict[str, list[str]]:
    return {"label": [f"{labels.PROJECT}={name}", labels.CONFIG_HASH]}


def _references(project: Project) -> tuple[str, ...]:
    services = project.services.values()
    found = {project.image(service) for service in services}
    for service in services:
        found |= {hook.image for hook in service.pre_start if hook.image}
        mounted = {mount.source for mount in service.volumes if mount.type == "image"}
        found |= mounted - project.services.keys()
    return tuple(sorted(found))


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Return the results of calls made at the same time, in order.

    Threads that hang do not keep the process from ending.
    """
    done: SimpleQueue[tuple[int, T | None, BaseException | None]] = SimpleQueue()

    def run(index: int, call: Callable[[], T]) -> None:
        try:
            done.put((index, call(), None))
        except BaseException as error:
            done.put((index, None, error))

    if len(calls) == 1:
        return [calls[0]()]
    for index, call in enumerate(calls):
        Thread(target=run, args=(index, call), daemon=True).start()
    results: dict[int, T] = {}
    for _ in calls:
        index, result, error = done.get()
        if error is not None:
            raise error
        results[index] = result  # type: ignore[assignment]  # no error means a result
    return [results[index] for index in range(len(calls))]


def container(document: Json) -> ContainerState:
    """Return a container as listed by GET /containers/json."""
    marks = document.get("Labels") or {}
    status = document.get("Status", "")
    exited = _EXITED.match(status)
    networks = (document.get("NetworkSettings") or {}).get("Networks") or {}
    return ContainerState(
        id=document["Id"],
        name=_name(document.get("Names") or []),
        state=document.get("State", "created"),
        service=marks.get(labels.SERVICE, ""),
        number=_number(marks.get(labels.NUMBER, "")),
        oneoff=marks.get(labels.ONEOFF) == "True",
        health=next((h for text, h in _HEALTH.items() if text in status), "none"),
        exit_code=int(exited.group(1)) if exited else None,
        status=status,
        created=float(document.get("Created") or 0),
        image=document.get("Image", ""),
        image_id=document.get("ImageID", ""),
        command=document.get("Command") or "",
        labels=marks,
        networks={name: (end or {}).get("NetworkID", "") for name, end in networks.items()},
        network_mode=(document.get("HostConfig") or {}).get("NetworkMode", ""),
        mounts=tuple(_mount(mount) for mount in document.get("Mounts") or ()),
        ports=tuple(_port(port) for port in document.get("Ports") or ()),
    )


def _number(text: str) -> int | None:
    """Return the number of a container from 1 on, None for what can be none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else 0
    return number or None


def _name(names: list[str]) -> str:
    """Return the container's own name; those with a slash inside are its links' names for it."""
    own = [name.removeprefix("/") for name in names if name.count("/") == 1]
    return (own or names or [""])[0]


def _mount(document: Json) -> MountState:
    return MountState(
        type=document.get("Type", ""),
        name=document.get("Name") or "",
        source=document.get("Source") or "",
        target=document.get("Destination") or "",
        read_only=not document.get("RW", True),
    )


def _port(document: Json) -> PortState:
    return PortState(
        private=document.get("PrivatePort") or 0,
        public=document.get("PublicPort") or 0,
        host_ip=document.get("IP") or "",
        protocol=document.get("Type") or "tcp",
    )


def _network(document: Json) -> NetworkState:
    return NetworkState(
        id=document["Id"],
        name=document["Name"],
        driver=document.get("Driver", ""),
        created=document.get("Created", ""),
        labels=document.get("Labels") or {},
        subnets=_subnets(document),
    )


def _subnets(document: Json) -> tuple[str, ...]:
    """Return the subnets that no other network of this engine may have a part of."""
    if document.get("Scope") == "swarm":
        return ()
    pools = (document.get("IPAM") or {}).get("Config") or ()
    return tuple(pool["Subnet"] for pool in pools if pool.get("Subnet"))


def _volume(document: Json) -> VolumeState:
    return VolumeState(
        name=document["Name"],
        driver=document.get("Driver", ""),
        labels=document.get("Labels") or {},
    )


def _image(document: Json) -> ImageState:
    return ImageState(
        id=document["Id"],
        tags=tuple(document.get("RepoTags") or ()),
        labels=document.get("Labels") or {},
    )


def _looked_at(image: ImageState, document: Json) -> ImageState:
    declared = (document.get("Config") or {}).get("Volumes") or {}
    tagged = (document.get("Metadata") or {}).get("LastTagTime")
    parts = (document.get(key) for key in ("Os", "Architecture", "Variant"))
    return image._replace(
        volumes=tuple(sorted(declared)),
        tagged=datetime.fromisoformat(tagged).timestamp() if tagged else 0.0,
        platform="/".join(part for part in parts if part),
    )


def _images(
    engine: Engine, references: Iterable[str], documents: Iterable[Json]
) -> Mapping[str, ImageState]:
    """Return the images by the reference the project uses, and those it built by their tag."""
    by_name: dict[str, ImageState] = {}
    out: dict[str, ImageState] = {}
    for document in documents:
        image = _image(document)
        for tag in (*image.tags, *(document.get("RepoDigests") or ())):
            by_name[familiar(tag)] = image
        if image.labels.get(labels.PROJECT):
            out[(image.tags or (image.id,))[0]] = image
    for reference in references:
        found = by_name.get(familiar(reference)) or _by_other_name(engine, reference)
        if found is not None:
            out[reference] = found
    return out


def _by_other_name(engine: Engine, reference: str) -> ImageState | None:
    """Return an image that is told by its id, or by a tag and a digest together."""
    if "@" not in reference and not re.fullmatch(r"(sha256:)?[0-9a-f]{12,64}", reference):
        return None
    try:
        return _image(engine.inspect_image(reference))
    except NotFound:
        return None
