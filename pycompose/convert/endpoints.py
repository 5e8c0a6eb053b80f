"""A service's networks → `EndpointsConfig`, and what a container has of them outside of it; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate, NetworkConnect; rules 90-94
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pycompose.convert.entries import entries
from pycompose.model.project import Project
from pycompose.model.service import Attachment, Service
from pycompose.model.values import Json
from pycompose.snapshot import Capabilities

# Engine: older ones give a container one address, on the network that it is created with.
ADDRESS_PER_NETWORK: Final = (1, 44)
_INTERFACE_NAME: Final = "com.docker.network.endpoint.ifname"
_ENDPOINT: Final = entries(
    ("mac_address", "MacAddress"),
    ("driver_opts", "DriverOpts", dict),
    ("gw_priority", "GwPriority"),
)
_ADDRESSES: Final = entries(
    ("ipv4_address", "IPv4Address"),
    ("ipv6_address", "IPv6Address"),
    ("link_local_ips", "LinkLocalIPs", list),
)


def ordered(service: Service) -> list[str]:
    """Return the keys of a service's networks, the main one first."""
    if not any(service.networks.values()):
        return sorted(service.networks)  # most services say nothing of their networks

    def rank(key: str) -> tuple[int, str]:
        attachment = service.networks[key]
        return (-attachment.priority if attachment else 0, key)

    return sorted(service.networks, key=rank)


def endpoints(
    project: Project,
    service: Service,
    name: str,
    capabilities: Capabilities,
    linked: Sequence[str] = (),
    *,
    aliased: bool = True,
) -> dict[str, Json]:
    """Return the endpoint settings by network name, the main network first.

    `linked` are links to containers of the project, as `container:alias`. What is not `aliased`
    answers to its own name only.
    """
    together = [*linked, *external_links(service)]
    found: dict[str, Json] = {}
    for key in ordered(service):
        attachment = service.networks[key]
        endpoint: Json = {"Aliases": [name, service.name] if aliased else [name]}
        if attachment is not None:
            if aliased:
                endpoint["Aliases"] += attachment.aliases
            endpoint.update(_endpoint(attachment))
        if together:
            endpoint["Links"] = together
        if not found and service.mac_address:
            endpoint["MacAddress"] = service.mac_address
        if capabilities.api < ADDRESS_PER_NETWORK:
            endpoint.pop("MacAddress", None)
        found[project.networks[key].name] = endpoint
    return found


def split(
    joined: dict[str, Json], capabilities: Capabilities
) -> tuple[dict[str, Json], tuple[tuple[str, Json], ...]]:
    """Return the endpoints that a container is created with, and those to be connected later."""
    if capabilities.several_endpoints:
        return joined, ()
    first, *later = joined.items() or [("", {})]
    return ({first[0]: first[1]} if first[0] else {}), tuple(later)


def external_links(service: Service) -> list[str]:
    """Return the links to containers outside the project as `container:alias`."""
    return [link if ":" in link else f"{link}:{link}" for link in service.external_links]


def address(service: Service, capabilities: Capabilities) -> str:
    """Return the hardware address of the container itself; "" where its endpoints have theirs."""
    if capabilities.api >= ADDRESS_PER_NETWORK:
        return ""
    main = service.networks[ordered(service)[0]] if service.networks else None
    return service.mac_address or (main.mac_address if main else "")


def _endpoint(attachment: Attachment) -> Json:
    """Return what is said of a network itself: nothing, for most."""
    addresses = _ADDRESSES(attachment)
    found: Json = {"IPAMConfig": addresses} if addresses else {}
    found.update(_ENDPOINT(attachment))
    if attachment.interface_name:
        found.setdefault("DriverOpts", {})[_INTERFACE_NAME] = attachment.interface_name
    return found
