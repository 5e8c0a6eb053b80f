"""Rights over the host that a container is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pycompose.lint.subject import Hit, Subject
from pycompose.loader.tree import Path

_SOCKETS: Final = ("docker.sock", "podman.sock", "containerd.sock")
_NAMESPACES: Final = {
    "network_mode": "network",
    "pid": "process",
    "ipc": "IPC",
    "userns_mode": "user",
}


def privileged(subject: Subject) -> Iterator[Hit]:
    """Yield privileged services."""
    for service in subject.services.values():
        if service.privileged:
            path = ("services", service.name, "privileged")
            message = "a privileged container can do whatever root of the host can"
            yield Hit(subject.at(*path), path, message, "name what it needs: 'cap_add', 'devices'")


def engine_sockets(subject: Subject) -> Iterator[Hit]:
    """Yield services that can command the engine, and so the host."""
    for service in subject.services.values():
        places: list[Path] = [
            ("volumes", index)
            for index, mount in enumerate(service.volumes)
            if mount.type == "bind" and mount.source.rpartition("/")[2] in _SOCKETS
        ]
        if service.use_api_socket:
            places.append(("use_api_socket",))
        for place in places:
            path = ("services", service.name, *place)
            message = "who can use the engine's socket is root of the host, also by ':ro'"
            yield Hit(subject.at(*path), path, message, "put a filtering proxy before it")


def host_namespaces(subject: Subject) -> Iterator[Hit]:
    """Yield services that share a namespace of the host."""
    for service in subject.services.values():
        for key, what in _NAMESPACES.items():
            if getattr(service, key) == "host":
                path = ("services", service.name, key)
                message = f"the container is in the {what} namespace of the host"
                yield Hit(subject.at(*path), path, message)
