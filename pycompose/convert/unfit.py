"""Values that the specification lets through, and no engine takes.

A file that holds one is read all the same: `config` shows it, and what runs can be looked at and
removed. But nothing is made of it, not even the services beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from pycompose.convert.security import sound
from pycompose.model.service import Port, Service

Path: TypeAlias = tuple[str | int, ...]

LAST_PORT: Final = 65535
_PROTOCOLS: Final = ("tcp", "udp", "sctp")
_RANGE: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_EXPOSED: Final = re.compile(r"(?P<ports>[^/]+)(?:/(?P<protocol>[a-zA-Z]+))?")
_RESTART: Final = re.compile(r"|no|always|unless-stopped|on-failure(:[0-9]{1,9})?")
_RESTARTS: Final = "'no', 'always', 'unless-stopped', 'on-failure' or 'on-failure:3'"
_CONDITIONS: Final = ("", "none", "on-failure", "any", "no", "always", "unless-stopped")


class Unfit(NamedTuple):
    """A value no engine takes: its path below the service, what is wrong, what to do."""

    path: Path
    message: str
    hint: str = ""


def unfit(service: Service) -> Iterator[Unfit]:
    """Yield the values of a service that no engine takes.

    Source: POST /containers/create; rules 95-97
    """
    for index, port in enumerate(service.ports):
        yield from _of_port(port, ("ports", index))
    for index, entry in enumerate(service.expose):
        yield from _of_exposed(entry, ("expose", index))
    for index, option in enumerate(service.security_opt):
        if not sound(option):
            yield Unfit(("security_opt", index), f"expected name=value, found {option!r}")
    if not _RESTART.fullmatch(service.restart):
        message = f"unknown restart policy {service.restart!r}, expected {_RESTARTS}"
        yield Unfit(("restart",), message)
    policy = service.deploy.restart_policy if service.deploy is not None else None
    if policy is not None and policy.condition not in _CONDITIONS:
        message = f"unknown condition {policy.condition!r}, expected 'none', 'on-failure' or 'any'"
        yield Unfit(("deploy", "restart_policy", "condition"), message)


def _of_port(port: Port, path: Path) -> Iterator[Unfit]:
    if port.target > LAST_PORT:
        message = f"container port {port.target} is out of range, expected 1 to {LAST_PORT}"
        yield Unfit((*path, "target"), message)
    if port.published:
        wrong = _of_range(port.published, least=0)
        if wrong is not None:
            message, hint = wrong
            yield Unfit((*path, "published"), f"host port {message}", hint)
    if port.protocol and port.protocol.lower() not in _PROTOCOLS:
        message = f"unknown protocol {port.protocol!r}, expected 'tcp', 'udp' or 'sctp'"
        yield Unfit((*path, "protocol"), message)


def _of_exposed(entry: str, path: Path) -> Iterator[Unfit]:
    match = _EXPOSED.fullmatch(entry)
    if match is None:
        yield Unfit(path, f"{entry!r} is no port", "write '80', '80/udp' or '8000-8005'")
        return
    wrong = _of_range(match["ports"], least=1)
    if wrong is not None:
        message, hint = wrong
        yield Unfit(path, message, hint or "write '80', '80/udp' or '8000-8005'")
    protocol = match["protocol"]
    if protocol and protocol.lower() not in _PROTOCOLS:
        yield Unfit(path, f"unknown protocol {protocol!r}, expected 'tcp', 'udp' or 'sctp'")


def _of_range(written: str, *, least: int) -> tuple[str, str] | None:
    """Return what is wrong with a port or a range of ports, and what to do; None if it is sound."""
    match = _RANGE.fullmatch(written)
    if match is None:
        return f"{written!r} is no port or range", ""
    low, high = int(match[1]), int(match[2] or match[1])
    if not (least <= low <= LAST_PORT and least <= high <= LAST_PORT):
        return f"{written!r} is out of range, expected {least or 1} to {LAST_PORT}", ""
    if high < low:
        return f"range {written!r} runs backwards", f"write '{match[2]}-{match[1]}'"
    return None
