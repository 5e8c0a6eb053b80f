"""What of a project takes an engine newer than the one at hand; pure.

Source: https://docs.docker.com/reference/api/engine/version-history/, rules 92, 103 and 163
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from pycompose.convert.endpoints import ADDRESS_PER_NETWORK, ordered
from pycompose.convert.limits import by_name
from pycompose.errors import Problem
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.model.service import Attachment, Service
from pycompose.plan.resources import problem
from pycompose.snapshot import Capabilities

Api: TypeAlias = tuple[int, int]
Path: TypeAlias = tuple[str | int, ...]

_TYPES: Final[Mapping[str, Api]] = {"cluster": (1, 42), "image": (1, 48)}  # of mounts
_RECURSION: Final[Mapping[str, Api]] = {"writable": (1, 44), "readonly": (1, 44)}
_OPTIONS: Final[Mapping[str, Api]] = {  # of endpoints, by any driver
    "com.docker.network.endpoint.sysctls": (1, 46),
    "com.docker.network.endpoint.ifname": (1, 49),
}


def missing(project: Project, capabilities: Capabilities) -> list[Problem]:
    """Return what of a project the engine is too old for: it would pass over it without a word."""
    return [
        problem(project, path, _needs(api, capabilities))
        for api, path in _newer(project)
        if capabilities.api < api
    ]


def _newer(project: Project) -> Iterator[tuple[Api, Path]]:
    """Yield what not every engine knows: the API version that it came with, and its path."""
    for name, service in project.services.items():
        for api, path in _of_service(service):
            yield api, ("services", name, *path)
    for key, network in project.networks.items():
        if network.enable_ipv4 is False:
            yield (1, 48), ("networks", key, "enable_ipv4")


def _of_service(service: Service) -> Iterator[tuple[Api, Path]]:
    if service.annotations:
        yield (1, 43), ("annotations",)
    if service.healthcheck is not None and service.healthcheck.start_interval is not None:
        yield (1, 44), ("healthcheck", "start_interval")
    for index, device in enumerate(service.devices):
        if by_name(device):
            yield (1, 44), ("devices", index)
    if any(service.networks.values()):
        main = ordered(service)[0]
        for key, attachment in service.networks.items():
            if attachment is not None:
                for api, path in _of_attachment(attachment, main=key == main):
                    yield api, ("networks", key, *path)
    for index, mount in enumerate(service.volumes):
        for api, path in _of_mount(mount):
            yield api, ("volumes", index, *path)


def _of_attachment(attachment: Attachment, *, main: bool) -> Iterator[tuple[Api, Path]]:
    if attachment.mac_address and not main:
        yield ADDRESS_PER_NETWORK, ("mac_address",)
    if attachment.gw_priority:
        yield (1, 48), ("gw_priority",)
    if attachment.interface_name:
        yield (1, 49), ("interface_name",)
    for name in sorted(attachment.driver_opts.keys() & _OPTIONS.keys()):
        yield _OPTIONS[name], ("driver_opts", name)


def _of_mount(mount: Mount) -> Iterator[tuple[Api, Path]]:
    if mount.type in _TYPES:
        yield _TYPES[mount.type], ()
    if mount.bind is not None and mount.bind.recursive in _RECURSION:
        yield _RECURSION[mount.bind.recursive], ("bind", "recursive")
    if mount.volume is not None and mount.volume.subpath:
        yield (1, 45), ("volume", "subpath")


def _needs(api: Api, capabilities: Capabilities) -> str:
    wanted, has = (".".join(map(str, version)) for version in (api, capabilities.api))
    return f"needs an engine with API {wanted} or newer, this one has {has}"
