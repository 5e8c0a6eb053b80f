"""What a container shares with the containers of other services: namespaces, volumes, links; pure.

A service names others, an engine wants the ids of their containers. One that is not made yet is
written as `join:<n>`, the n-th of those that its step waits for, until its id is known.

Source: rules 72, 93 and 94
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pycompose.model.service import Service
from pycompose.model.values import Json

JOIN: Final = "join:"
_SPACES: Final = ("network_mode", "ipc", "pid")
_SERVICE: Final = "service:"
_MODES: Final = ("NetworkMode", "IpcMode", "PidMode")  # of a body's HostConfig


def parents(service: Service) -> dict[str, tuple[str | int, ...]]:
    """Return the services whose first container a service joins, and the path that says so."""
    found: dict[str, tuple[str | int, ...]] = {}
    for space in _SPACES:
        text: str = getattr(service, space)
        if text.startswith(_SERVICE):
            found.setdefault(text.removeprefix(_SERVICE), (space,))
    for index, source in enumerate(service.volumes_from):
        if not source.startswith("container:"):
            found.setdefault(source.split(":")[0], ("volumes_from", index))
    return found


def resolved(service: Service, references: Mapping[str, str]) -> Service:
    """Return a service that names containers where it named services.

    `references` are ids (or what stands for one) by service; the others stay as they are.
    """
    if not references:
        return service
    return service._replace(
        network_mode=_space(service.network_mode, references),
        ipc=_space(service.ipc, references),
        pid=_space(service.pid, references),
        volumes_from=tuple(references.get(s.split(":")[0], s) for s in service.volumes_from),
    )


def _space(text: str, references: Mapping[str, str]) -> str:
    name = text.removeprefix(_SERVICE)
    return f"container:{references[name]}" if name != text and name in references else text


def bound(body: Json, hashed: Json, ids: Sequence[str]) -> tuple[Json, Json]:
    """Return a body and the document its hash is of, with ids where `join:<n>` stood for them."""
    config = {**body["HostConfig"]}
    document = {**hashed}
    for key in _MODES:
        if key in config:
            config[key] = _id(config[key], ids)
    for key in _SPACES:
        if key in document:
            document[key] = _id(document[key], ids)
    for target, key in ((config, "VolumesFrom"), (document, "volumes_from")):
        if key in target:
            target[key] = [_id(item, ids) for item in target[key]]
    return {**body, "HostConfig": config}, document


def _id(text: str, ids: Sequence[str]) -> str:
    before, found, index = text.rpartition(JOIN)
    return f"{before}{ids[int(index)]}" if found else text


def links(
    service: Service, containers: Mapping[str, Mapping[int, str]], project: str, number: int
) -> list[str]:
    """Return the links of container `number` to those of other services as `container:alias`.

    `containers` are names by number, of each service that is linked.
    """
    found: list[str] = []
    for link in service.links:
        name, _, alias = link.partition(":")
        # Compat: the number in an alias is that of the container that has the link.
        names = (alias or name, f"{name}-{number}", f"{project}-{name}-{number}")
        for container in containers.get(name, {}).values():
            found += [f"{container}:{each}" for each in names]
    return found
