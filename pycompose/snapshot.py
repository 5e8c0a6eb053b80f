"""What an engine held at one moment: facts only, nothing chosen, nothing judged.

The values are named tuples, always made by keyword: their classes cost a start a fifth of what
dataclasses do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

ContainerStatus: TypeAlias = Literal[
    "created", "running", "paused", "restarting", "removing", "exited", "dead"
]
NOTHING: Mapping[str, Any] = MappingProxyType({})
Health: TypeAlias = Literal["none", "starting", "healthy", "unhealthy"]


class Capabilities(NamedTuple):
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


class MountState(NamedTuple):
    """One mount of a container; `name` is the volume's, empty for a bind."""

    type: str
    name: str
    source: str
    target: str
    read_only: bool


class PortState(NamedTuple):
    """One port of a container; `public` is 0 where it is not published."""

    private: int
    public: int
    host_ip: str
    protocol: str


class ContainerState(NamedTuple):
    """A container of the project, or one that holds a name the project needs.

    `service` and `number` come from its labels ("" and None where there is none that can be
    read); `networks` maps the names of its networks to their ids; `created` is in seconds since
    the epoch; `status` is the engine's sentence ("Up 5 minutes (healthy)"), `exit_code` None
    until it has exited. `stopping`: it runs, but was told to stop a moment ago.
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
    labels: Mapping[str, str] = NOTHING
    networks: Mapping[str, str] = NOTHING
    network_mode: str = ""
    mounts: tuple[MountState, ...] = ()
    ports: tuple[PortState, ...] = ()
    stopping: bool = False


class NetworkState(NamedTuple):
    """A network with a label of the project, or one that holds a name the project needs."""

    id: str
    name: str
    driver: str = ""
    created: str = ""
    labels: Mapping[str, str] = NOTHING
    subnets: tuple[str, ...] = ()


class VolumeState(NamedTuple):
    """A volume with a label of the project, or one that holds a name the project needs."""

    name: str
    driver: str = "local"
    labels: Mapping[str, str] = NOTHING


class ImageState(NamedTuple):
    """A local image; `volumes` are the targets it declares, None where nobody looked yet.

    Known by the same look: `tagged`, when it got its name last (seconds since 1970), and
    `platform`, such as `linux/arm64/v8`.
    """

    id: str
    tags: tuple[str, ...] = ()
    labels: Mapping[str, str] = NOTHING
    volumes: tuple[str, ...] | None = None
    tagged: float = 0.0
    platform: str = ""


class Snapshot(NamedTuple):
    """What the engine held for one project.

    `containers`, `networks` and `volumes` are sorted by name (then id); two of one name are both
    here. `hooks` are containers that run or ran a hook beside those of services. `images` maps a
    reference, as the project writes it, to the local image; absent ones are not in it.
    """

    capabilities: Capabilities
    project: str
    containers: tuple[ContainerState, ...] = ()
    networks: tuple[NetworkState, ...] = ()
    volumes: tuple[VolumeState, ...] = ()
    images: Mapping[str, ImageState] = NOTHING
    hooks: tuple[ContainerState, ...] = ()


class Processes(NamedTuple):
    """The processes of one container: what the engine calls their columns, and a row of each."""

    container: ContainerState
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class UsedImage(NamedTuple):
    """The image of one container; `made` is when it was tagged last, as the engine tells."""

    container: ContainerState
    id: str
    repository: str
    tag: str
    platform: str
    size: int
    made: str


class ProjectState(NamedTuple):
    """A project on an engine: how many of its containers are in each state, and its files."""

    name: str
    states: Mapping[str, int]
    files: tuple[str, ...]

    @property
    def status(self) -> str:
        """The states as Docker Compose tells them: `exited(1), running(2)`."""
        return ", ".join(f"{state}({count})" for state, count in sorted(self.states.items()))
