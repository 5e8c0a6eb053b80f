"""Published ports: taken twice, added without wish, open to everyone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final, NamedTuple

from pycompose.lint.images import is_server
from pycompose.lint.subject import Hit, Subject
from pycompose.loader.tree import Path
from pycompose.model.service import Port, Service

_EVERYWHERE: Final = ("", "0.0.0.0", "::", "[::]")


class _Published(NamedTuple):
    service: Service
    port: Port
    path: Path


def _published(service: Service) -> Iterator[_Published]:
    """Yield the ports of a service that take a port of the host, be it one of a range."""
    for index, port in enumerate(service.ports):
        if port.published and port.published != "0":
            yield _Published(service, port, ("services", service.name, "ports", index))


def taken_twice(subject: Subject) -> Iterator[Hit]:
    """Yield ports of the host that two entries want at the same time."""
    by_number: dict[tuple[str, str], list[_Published]] = {}
    for service in subject.services.values():
        for one in _published(service):
            if one.port.published.isdecimal():
                key = (one.port.published, one.port.protocol)
                by_number.setdefault(key, []).append(one)
    for (number, _), entries in by_number.items():
        entries.sort(key=lambda one: subject.at(*one.path))
        told: set[Path] = set()
        for one, other in combinations(entries, 2):
            if other.path in told or not (_together(one, other) and _same_address(one, other)):
                continue
            told.add(other.path)
            at, first = subject.at(*other.path), subject.at(*one.path)
            whose = "" if one.service is other.service else f" of {one.service.name!r}"
            message = f"port {number} of the host is taken already by the entry{whose} at {first}"
            yield Hit(at, other.path, message, "publish another one, or none")


def _together(one: _Published, other: _Published) -> bool:
    """Tell whether both services can be expected to run together."""
    profiles, others = set(one.service.profiles), set(other.service.profiles)
    return one.service is other.service or profiles == others or bool(profiles & others)


def _same_address(one: _Published, other: _Published) -> bool:
    first, second = one.port.host_ip, other.port.host_ip
    return first == second or first in _EVERYWHERE or second in _EVERYWHERE


def added_by_override(subject: Subject) -> Iterator[Hit]:
    """Yield ports that a further file adds to those a container port is published on already."""
    for service in subject.services.values():
        first: dict[tuple[int, str], _Published] = {}
        for one in _published(service):
            base = first.setdefault((one.port.target, one.port.protocol), one)
            at, there = subject.at(*one.path), subject.at(*base.path)
            if at.file != there.file and one.port.published != base.port.published:
                yield Hit(
                    at,
                    one.path,
                    f"port {one.port.target} is published on {one.port.published} here and on"
                    f" {base.port.published} by {there}: lists of several files are joined",
                    "write 'ports: !override' to replace the list",
                )


def open_databases(subject: Subject) -> Iterator[Hit]:
    """Yield ports of databases that every interface of the host listens on."""
    for service in subject.services.values():
        for one in _published(service):
            if is_server(service.image) and one.port.host_ip in _EVERYWHERE:
                number, target = one.port.published, one.port.target
                yield Hit(
                    subject.at(*one.path),
                    one.path,
                    f"port {number} is open on every interface of the host, past most firewalls",
                    f'write "127.0.0.1:{number}:{target}", or no port for services of this project',
                )


def too_few_for_scale(subject: Subject) -> Iterator[Hit]:
    """Yield ports of the host that several containers of one service want."""
    for service in subject.services.values():
        for one in _published(service):
            first, _, last = one.port.published.partition("-")
            count = int(last or first) - int(first) + 1 if (last or first).isdecimal() else 0
            if 0 < count < service.instances:
                yield Hit(
                    subject.at(*one.path),
                    one.path,
                    f"{service.instances} containers cannot share port {one.port.published} of the"
                    " host",
                    "give a range of ports, or only the port of the container",
                )


def ignored(subject: Subject) -> Iterator[Hit]:
    """Yield ports of services without a network that could publish them."""
    for service in subject.services.values():
        if service.ports and service.network_mode in ("host", "none"):
            yield Hit(
                subject.at("services", service.name, "ports"),
                ("services", service.name, "ports"),
                f"ports are not published with 'network_mode: {service.network_mode}'",
                "remove one of them",
            )
