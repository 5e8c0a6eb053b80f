"""Commands that look at what runs: top, port, images, volumes, ls, stats and events.

They need no more of a project than its name, and of the engine as few requests as there are
containers. What they find is rows of plain values, under the names that `--format` knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from pycompose import labels
from pycompose.app.running import running
from pycompose.app.session import Session
from pycompose.errors import Conflict, NotFound, UsageError
from pycompose.snapshot import ContainerState, Processes, ProjectState, UsedImage

if TYPE_CHECKING:
    from pycompose.model.values import Json

_OURS: Final = "com.docker.compose."
_NOTHING: Final = "N/A"


def containers_of(
    session: Session, services: Sequence[str] = (), *, all: bool = False, oneoff: bool = True
) -> list[ContainerState]:
    """Return the containers of some services, of all if none is named, by service and number."""
    from pycompose.observe import containers

    found = [
        container
        for container in containers(session.engine, session.named, all=all)
        if (not services or container.service in services) and (oneoff or not container.oneoff)
    ]
    return sorted(found, key=lambda c: (c.service, c.oneoff, c.number or 0, c.name))


def top(session: Session, services: Sequence[str]) -> list[Processes]:
    """Return the processes of the containers that run; one that ends meanwhile has none."""
    from pycompose.observe import together

    found = containers_of(session, services)

    def look(container: ContainerState) -> Json:
        with suppress(NotFound, Conflict):
            return session.engine.top(container.id)
        return {"Titles": [], "Processes": []}

    tables = together([partial(look, container) for container in found])
    return [
        Processes(
            container,
            tuple(table["Titles"] or ()),
            tuple(tuple(row) for row in table["Processes"] or ()),
        )
        for container, table in zip(found, tables, strict=True)
    ]


def port(session: Session, service: str, private: int, protocol: str, index: int) -> str:
    """Return where a port of a container is published, as `0.0.0.0:8080`.

    Raises:
        UsageError: the container does not run, or does not publish the port.
    """
    container = running(session, service, index)
    for each in container.ports:
        if each.private == private and each.protocol == protocol and each.public:
            host = f"[{each.host_ip}]" if ":" in each.host_ip else each.host_ip
            return f"{host}:{each.public}"
    there = ", ".join(f"{each.public}/{each.protocol}" for each in container.ports)
    raise UsageError(f"no port {private}/{protocol} for container {container.name}: {there}")


def images(session: Session, services: Sequence[str]) -> list[UsedImage]:
    """Return the images of the containers there are, whether they run or not."""
    from pycompose.observe import together

    found = containers_of(session, services, all=True)

    def look(id: str) -> Json:
        with suppress(NotFound):
            return session.engine.inspect_image(id)
        return {}

    ids = sorted({container.image_id for container in found})
    documents = dict(zip(ids, together([partial(look, id) for id in ids]), strict=True))
    return sorted(
        (_used(container, documents[container.image_id]) for container in found),
        key=lambda used: used.container.name,
    )


def _used(container: ContainerState, document: Json) -> UsedImage:
    repository, _, tag = _parted(container.image)
    if container.image.startswith("sha256:"):
        tagged = next(iter(document.get("RepoTags") or ()), "")
        repository, _, tag = _parted(tagged)
    parts = (document.get(name) or "" for name in ("Os", "Architecture", "Variant"))
    return UsedImage(
        container,
        container.image_id,
        repository,
        tag or ("latest" if repository else ""),
        "/".join(filter(None, parts)),
        int(document.get("Size") or 0),
        (document.get("Metadata") or {}).get("LastTagTime") or document.get("Created") or "",
    )


def _parted(reference: str) -> tuple[str, str, str]:
    """Return a reference as repository, separator and tag; a digest is none of them."""
    reference = reference.partition("@")[0]
    head, colon, tail = reference.rpartition(":")
    return (head, colon, tail) if colon and "/" not in tail else (reference, "", "")


def volumes(session: Session, services: Sequence[str]) -> list[Json]:
    """Return the volumes of the project, or those that containers of some services mount.

    Raises:
        UsageError: there is no such service.
    """
    project = session.project_if_any
    if project is not None:
        session.known(project, tuple(services))
    mine = {"label": [f"{labels.PROJECT}={session.project_name}"]}
    found = session.engine.list_volumes(filters=mine)
    if services:
        mounted = {
            mount.name
            for container in containers_of(session, services, all=True)
            for mount in container.mounts
        }
        found = [volume for volume in found if volume["Name"] in mounted]
    return [
        {
            "Availability": _NOTHING,
            "Driver": volume.get("Driver", ""),
            "Group": _NOTHING,
            "Labels": _listed(volume.get("Labels") or {}),
            "Links": _NOTHING,
            "Mountpoint": volume.get("Mountpoint", ""),
            "Name": volume["Name"],
            "Scope": volume.get("Scope", ""),
            "Size": _NOTHING,
            "Status": _NOTHING,
        }
        for volume in sorted(found, key=lambda volume: volume["Name"])
    ]


def _listed(marks: Mapping[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(marks.items()))


def projects(session: Session, *, all: bool, name: str) -> list[ProjectState]:
    """Return the projects that have containers, running ones unless `all`, by name.

    `name` is a name, or a regular expression that names have to match.

    Raises:
        UsageError: it is no regular expression.
    """
    from pycompose.observe import container

    filters = {"label": [labels.PROJECT, labels.CONFIG_HASH]}
    states: dict[str, dict[str, int]] = {}
    files: dict[str, dict[str, None]] = {}
    for document in session.engine.list_containers(all=all, filters=filters):
        found = container(document)
        if found.oneoff:
            continue
        project = found.labels[labels.PROJECT]
        counts = states.setdefault(project, {})
        counts[found.state] = counts.get(found.state, 0) + 1
        told = found.labels.get(labels.CONFIG_FILES, "")
        files.setdefault(project, {}).update(dict.fromkeys(filter(None, told.split(","))))
    try:
        matches = re.compile(name).search
    except re.error as error:
        raise UsageError(f"invalid filter name={name}: {error}") from None
    return [
        ProjectState(project, states[project], tuple(files[project]))
        for project in sorted(states)
        if not name or project == name or matches(project)
    ]


def samples(
    session: Session, services: Sequence[str], *, all: bool
) -> Sequence[Callable[[], Json]]:
    """Return for each container what takes a sample of what it uses, in a second or two."""
    return [
        partial(_sample, session, container)
        for container in containers_of(session, services, all=all)
    ]


def _sample(session: Session, container: ContainerState) -> Json:
    with suppress(NotFound), closing(session.engine.stats(container.id, follow=False)) as stream:
        for sample in stream:
            return {**sample, "id": container.id, "name": f"/{container.name}"}
    return {"id": container.id, "name": f"/{container.name}"}


def events(session: Session, services: Sequence[str], *, since: str, until: str) -> Iterator[Json]:
    """Yield what happens to the project's containers, as it happens; those of `run` left out.

    Raises:
        UsageError: there is no such service.
    """
    project = session.project_if_any
    if project is not None:
        session.known(project, tuple(services))
    mine = [f"{labels.PROJECT}={session.project_name}", f"{labels.ONEOFF}=False"]
    filters = {"type": ["container"], "label": mine}
    with closing(session.engine.events(since=since, until=until, filters=filters)) as stream:
        for event in stream:
            marks = event["Actor"].get("Attributes") or {}
            if services and marks.get(labels.SERVICE) not in services:
                continue
            yield {
                "time": event["timeNano"],
                "type": "container",
                "service": marks.get(labels.SERVICE, ""),
                "id": event["Actor"]["ID"],
                "action": event["Action"],
                "attributes": {k: v for k, v in marks.items() if not k.startswith(_OURS)},
            }
