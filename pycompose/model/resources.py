"""What services share: networks, volumes, secrets and configs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pycompose.model.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class IpamPool:
    """One address pool of a network."""

    subnet: str = ""
    gateway: str = ""
    ip_range: str = ""
    aux_addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network of the project; `name` is its real name on the engine.

    `enable_ipv4` and `enable_ipv6` are None where the engine decides.

    Source: compose-spec 06-networks.md
    """

    name: str
    driver: str = ""
    driver_opts: Mapping[str, str] = field(default_factory=dict)
    ipam_driver: str = ""
    ipam_options: Mapping[str, str] = field(default_factory=dict)
    ipam_config: tuple[IpamPool, ...] = ()
    ipam_extensions: Mapping[str, Json] = field(default_factory=dict)
    external: bool = False
    internal: bool = False
    attachable: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None
    extensions: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A named volume of the project; `name` is its real name on the engine.

    Source: compose-spec 07-volumes.md
    """

    name: str
    driver: str = ""
    driver_opts: Mapping[str, str] = field(default_factory=dict)
    external: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileObject:
    """A secret or a config; exactly one of `file` (absolute path), `environment`, `content`.

    `name` is its name in a Swarm, `<project>_<key>` by default. `content` is a config's own text;
    what a secret holds is never kept here.

    Source: compose-spec 08-configs.md, 09-secrets.md
    """

    name: str
    file: str = ""
    environment: str = ""
    content: str = ""
    external: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    driver: str = ""
    driver_opts: Mapping[str, str] = field(default_factory=dict)
    template_driver: str = ""
    extensions: Mapping[str, Json] = field(default_factory=dict)
