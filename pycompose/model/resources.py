"""What services share: networks, volumes, secrets and configs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.model.values import EMPTY, Json


class IpamPool(NamedTuple):
    """One address pool of a network."""

    subnet: str = ""
    gateway: str = ""
    ip_range: str = ""
    aux_addresses: Mapping[str, str] = EMPTY


class Network(NamedTuple):
    """A network of the project; `name` is its real name on the engine.

    `enable_ipv4` and `enable_ipv6` are None where the engine decides.

    Source: compose-spec 06-networks.md
    """

    name: str
    driver: str = ""
    driver_opts: Mapping[str, str] = EMPTY
    ipam_driver: str = ""
    ipam_options: Mapping[str, str] = EMPTY
    ipam_config: tuple[IpamPool, ...] = ()
    ipam_extensions: Mapping[str, Json] = EMPTY
    external: bool = False
    internal: bool = False
    attachable: bool = False
    labels: Mapping[str, str] = EMPTY
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None
    extensions: Mapping[str, Json] = EMPTY


class Volume(NamedTuple):
    """A named volume of the project; `name` is its real name on the engine.

    Source: compose-spec 07-volumes.md
    """

    name: str
    driver: str = ""
    driver_opts: Mapping[str, str] = EMPTY
    external: bool = False
    labels: Mapping[str, str] = EMPTY
    extensions: Mapping[str, Json] = EMPTY


class FileObject(NamedTuple):
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
    labels: Mapping[str, str] = EMPTY
    driver: str = ""
    driver_opts: Mapping[str, str] = EMPTY
    template_driver: str = ""
    extensions: Mapping[str, Json] = EMPTY
