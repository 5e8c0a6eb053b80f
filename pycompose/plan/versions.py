"""What of a project takes an engine newer than the one at hand; pure.

Source: https://docs.docker.com/reference/api/engine/version-history/, rules 92, 103 and 163
"""

from __future__ import annotations

from collections.abc import Iterator

from pycompose.convert.endpoints import ADDRESS_PER_NETWORK, ordered
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.resources import problem
from pycompose.snapshot import Capabilities


def missing(project: Project, capabilities: Capabilities) -> list[Problem]:
    """Return what of a project the engine is too old for: it would pass over it without a word."""
    return [
        problem(project, ("services", name, *path), _needs(api, capabilities))
        for name, service in project.services.items()
        for api, path in _newer(service)
        if capabilities.api < api
    ]


def _newer(service: Service) -> Iterator[tuple[tuple[int, int], tuple[str | int, ...]]]:
    """Yield what not every engine knows: the API version that it came with, and its path."""
    if service.healthcheck is not None and service.healthcheck.start_interval is not None:
        yield (1, 44), ("healthcheck", "start_interval")
    for key in ordered(service)[1:]:
        if (attachment := service.networks[key]) and attachment.mac_address:
            yield ADDRESS_PER_NETWORK, ("networks", key, "mac_address")
    for key, attachment in service.networks.items():
        if attachment and attachment.interface_name:
            yield (1, 49), ("networks", key, "interface_name")
    for index, mount in enumerate(service.volumes):
        if mount.type == "image":
            yield (1, 48), ("volumes", index)
        if mount.volume is not None and mount.volume.subpath:
            yield (1, 45), ("volumes", index, "volume", "subpath")


def _needs(api: tuple[int, int], capabilities: Capabilities) -> str:
    wanted, has = (".".join(map(str, version)) for version in (api, capabilities.api))
    return f"needs an engine with API {wanted} or newer, this one has {has}"
