"""What an engine held at one moment: facts only, nothing chosen, nothing judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

ContainerStatus: TypeAlias = Literal[
    "created", "running", "paused", "restarting", "removing", "exited", "dead"
]
NOTHING: Mapping[str, str] = MappingProxyType({})
Health: TypeAlias = Literal["none", "starting", "healthy", "unhealthy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine is and can do; where engines differ, planners read a field here.

    `api` is the negotiated API version, as in (1, 41). `health_events`: a change of health is
    told in the event stream. `several_endpoints`: a container can be created on more than one
    network.
    """

    api: tuple[int, int]
    engine: str = "docker"
    version: str = ""
    os: str = "linux"
    arch: str = ""
    health_events: bool = True
    several_endpoints: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MountState:
    """One mount of a container; `name` is the volume's, empty for a bind."""

    type: str
    name: str
    source: str
    target: str
    read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PortState:
    """One port of a container; `public` is 0 where it is not published."""

    private: int
    public: int
    host_ip: str
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerState:
    """A container of the project, or one that holds a name the project needs.

    `service` and `number` come from its labels ("" and None where there is none that can be
    read); `networks` maps the names of its networks to their ids; `created` is in seconds since
    the epoch; `status` is the engine's sentence ("Up 5 minutes (healthy)"), `exit_code` None
    until it has exited.
    """

    id: str
    name: str
    state: ContainerStatus
    service: str = ""
    number: int | None = None
    oneoff: bool = False
    health: Health = "none"
    exit_code: int | None = None
    status: str = ""
    created: float = 0.0
    image: str = ""
    image_id: str = ""
    command: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    network_mode: str = ""
    mounts: tuple[MountState, ...] = ()
    ports: tuple[PortState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkState:
    """A network with a label of the project, or one that holds a name the project needs."""

    id: str
    name: str
    driver: str = ""
    created: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeState:
    """A volume with a label of the project, or one that holds a name the project needs."""

    name: str
    driver: str = "local"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageState:
    """A local image; `volumes` are the targets it declares, None where nobody looked yet."""

    id: str
    tags: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the engine held for one project.

    `containers`, `networks` and `volumes` are sorted by name (then id); two of one name are both
    here. `images` maps a reference, as the project writes it, to the local image; absent ones are
    not in it.
    """

    capabilities: Capabilities
    project: str
    containers: tuple[ContainerState, ...] = ()
    networks: tuple[NetworkState, ...] = ()
    volumes: tuple[VolumeState, ...] = ()
    images: Mapping[str, ImageState] = field(default_factory=dict)
