"""What the engine in memory keeps, and how the Engine API shows it.

Plain mutable records come in, the API's JSON goes out; nothing here decides or waits. All of it
belongs to `engine.fake_world` and is touched under the lock of `engine.fake` only.

Source: answers of Docker Engine 20.10.24, API 1.41.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from pycompose.model.values import Json
from pycompose.snapshot import ContainerStatus, Health

NEVER: Final = "0001-01-01T00:00:00Z"
VOLUMES: Final = "/var/lib/docker/volumes"
StdStream: TypeAlias = Literal[1, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A local image, or one of a registry; it declares `volumes`, and got its name at `tagged`."""

    id: str
    tags: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    healthcheck: Mapping[str, Json] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    created: float = 0.0
    tagged: float = 0.0
    platform: str = "linux/amd64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command run in a container does: it writes, then ends with `exits`."""

    exits: int = 0
    output: tuple[tuple[StdStream, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How containers behave once started; the default is to run until stopped.

    `exits`: the exit code of a program that ends; None runs on. `health`: what the health check
    finds (a container without a check has no health). `polls`: both happen only after the
    container was listed or inspected so many times since its start; 0 is at once. `output`: what
    it writes when it starts: (1 stdout | 2 stderr, line with its end). `stop_code`: the exit code
    after a polite stop. `start_error`: the engine cannot start it, for this reason. `commands`:
    what commands run in it do (its words, joined by spaces, are the key); others write nothing and
    end with 0.
    """

    exits: int | None = None
    health: Health = "healthy"
    polls: int = 0
    output: tuple[tuple[StdStream, bytes], ...] = ()
    stop_code: int = 143
    start_error: str = ""
    commands: Mapping[str, Ran] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Network:
    """A network; its endpoints are known by the running containers."""

    id: str
    name: str
    created: float
    body: Json


@dataclass(slots=True, kw_only=True)
class Volume:
    """A volume; `anonymous` ones were made for a container that gave no name."""

    name: str
    created: float
    driver: str = "local"
    labels: Json = None
    options: Json = None


@dataclass(slots=True, kw_only=True)
class Mount:
    """A mount of a container; `own` marks the anonymous volume that goes with the container."""

    type: str
    name: str
    source: str
    target: str
    read_only: bool = False
    own: bool = False


@dataclass(slots=True, kw_only=True)
class Container:
    """A container; `body` is the request it was created by, verbatim."""

    id: str
    name: str
    body: Json
    image: Image
    created: float
    config: Json  # the body's part of the configuration, completed by the image's
    mounts: list[Mount]
    networks: dict[str, Json]  # name -> EndpointSettings
    state: ContainerStatus = "created"
    health: Health = "none"
    health_log: list[Json] = field(default_factory=list)
    exit_code: int = 0
    error: str = ""
    started: float = 0.0
    finished: float = 0.0
    exits: int = 0  # how often it has exited
    restarts: int = 0
    polls: int = 0
    settled: bool = False  # its behaviour since the last start is over
    removed: bool = False
    ports: dict[str, list[Json]] = field(default_factory=dict)  # "80/tcp" -> bindings
    log: list[tuple[StdStream, bytes, float]] = field(default_factory=list)
    stdin: bytes = b""
    stdin_closed: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    ran: list[Json] = field(default_factory=list)  # the bodies of the commands run in it
    sizes: list[tuple[int, int]] = field(default_factory=list)  # rows, columns it was resized to

    @property
    def running(self) -> bool:
        """Whether its process exists, paused or not."""
        return self.state in ("running", "paused")

    @property
    def host_config(self) -> Json:
        """The HostConfig of the request."""
        return self.body.get("HostConfig") or {}


@dataclass(slots=True, kw_only=True)
class Exec:
    """A command to be run in a container; `exit_code` is None until it has been."""

    id: str
    container: Container
    body: Json
    exit_code: int | None = None


def stamp(seconds: float) -> str:
    """Return a moment (seconds since the epoch) as the engine writes it; 0 is never."""
    if not seconds:
        return NEVER
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{round(seconds % 1 * 1e9) % 10**9:09d}Z"


def ago(seconds: float) -> str:
    """Return a duration in the engine's words: `3 seconds`, `About a minute`, `2 days`."""
    whole, minutes, hours = int(seconds), int(seconds / 60), int(seconds / 3600 + 0.5)
    if whole < 60:
        return {0: "Less than a second", 1: "1 second"}.get(whole, f"{whole} seconds")
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    for unit, length, several in (("days", 24, 14), ("weeks", 168, 8), ("months", 720, 24)):
        if hours < length * several:
            return f"{hours // length} {unit}"
    return f"{hours // 8760} years"


def status(container: Container, now: float) -> str:
    """Return the sentence of a container list: `Up 3 seconds (healthy)`, `Exited (0) …`."""
    since = ago(now - container.finished)
    match container.state:
        case "created":
            return "Created"
        case "running":
            extra = {"none": "", "starting": " (health: starting)"}
            health = extra.get(container.health, f" ({container.health})")
            return f"Up {ago(now - container.started)}{health}"
        case "paused":
            return f"Up {ago(now - container.started)} (Paused)"
        case "restarting":
            return f"Restarting ({container.exit_code}) {since} ago"
        case "removing":
            return "Removal In Progress"
        case "dead":
            return "Dead"
        case "exited":
            return f"Exited ({container.exit_code}) {since} ago"


def command(config: Json) -> list[str]:
    """Return entrypoint and command of a container, one after the other."""
    return [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]


def exec_json(exec: Exec) -> Json:
    """Return what the inspection of a command run in a container says."""
    return {
        "ID": exec.id,
        "ContainerID": exec.container.id,
        "Running": False,
        "ExitCode": exec.exit_code,
        "OpenStdout": bool(exec.body.get("AttachStdout")),
        "OpenStderr": bool(exec.body.get("AttachStderr")),
    }


def mount_json(mount: Mount, *, listed: bool) -> Json:
    """Return a mount as a container's `Mounts` show it."""
    if mount.type != "volume":
        shown = {"Type": mount.type, "Source": mount.source, "Destination": mount.target}
        return {**shown, "Mode": "", "RW": not mount.read_only, "Propagation": "rprivate"}
    return {
        "Type": "volume",
        "Name": mount.name,
        # Engine: a list does not say where an anonymous volume lies.
        "Source": "" if mount.own and listed else f"{VOLUMES}/{mount.name}/_data",
        "Destination": mount.target,
        "Driver": "local",
        "Mode": "" if mount.own else "z",
        "RW": not mount.read_only,
        "Propagation": "",
    }


def _listed_ports(container: Container) -> list[Json]:
    rows: list[Json] = []
    if not container.running:
        return rows
    for port, bindings in container.ports.items():
        number, _, protocol = port.partition("/")
        row: Json = {"PrivatePort": int(number), "Type": protocol}
        rows += [
            {"IP": binding["HostIp"], **row, "PublicPort": int(binding["HostPort"])}
            for binding in bindings
        ] or [row]
    return rows


def container_row(container: Container, now: float) -> Json:
    """Return a container as GET /containers/json shows it."""
    return {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": container.body["Image"],
        "ImageID": container.image.id,
        "Command": " ".join(shlex.quote(word) for word in command(container.config)),
        "Created": int(container.created),
        "Ports": _listed_ports(container),
        "Labels": container.config["Labels"],
        "State": container.state,
        "Status": status(container, now),
        "HostConfig": {"NetworkMode": container.host_config.get("NetworkMode") or "default"},
        "NetworkSettings": {"Networks": container.networks},
        "Mounts": [mount_json(mount, listed=True) for mount in container.mounts],
    }


def _state_json(container: Container) -> Json:
    state: Json = {
        "Status": container.state,
        "Running": container.running or container.state == "restarting",
        "Paused": container.state == "paused",
        "Restarting": container.state == "restarting",
        "OOMKilled": False,
        "Dead": container.state == "dead",
        "Pid": int(container.id[:4], 16) + 1 if container.running else 0,
        "ExitCode": container.exit_code,
        "Error": container.error,
        "StartedAt": stamp(container.started),
        "FinishedAt": stamp(container.finished),
    }
    if container.health != "none":
        bad = container.health == "unhealthy"
        state["Health"] = {"Status": container.health, "FailingStreak": int(bad)}
        state["Health"]["Log"] = container.health_log
    return state


def container_json(container: Container) -> Json:
    """Return a container as GET /containers/{id}/json shows it."""
    words = command(container.config) or [""]
    host: Json = {"NetworkMode": "default", "RestartPolicy": {"Name": "", "MaximumRetryCount": 0}}
    ports = {port: rows or None for port, rows in container.ports.items()}
    return {
        "Id": container.id,
        "Created": stamp(container.created),
        "Path": words[0],
        "Args": words[1:],
        "State": _state_json(container),
        "Image": container.image.id,
        "Name": f"/{container.name}",
        "RestartCount": container.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "HostConfig": {**host, **container.host_config},
        "Mounts": [mount_json(mount, listed=False) for mount in container.mounts],
        "Config": container.config,
        "NetworkSettings": {
            "Ports": ports if container.running else {},
            "Networks": container.networks,
        },
    }


def network_json(network: Network, containers: list[Container] | None = None) -> Json:
    """Return a network as GET /networks shows it; with its containers as GET /networks/{id}."""
    body = network.body
    return {
        "Name": network.name,
        "Id": network.id,
        "Created": stamp(network.created),
        "Scope": "local",
        "Driver": body.get("Driver") or "bridge",
        "EnableIPv6": body.get("EnableIPv6") or False,
        "IPAM": body.get("IPAM") or {"Driver": "default", "Options": None, "Config": []},
        "Internal": body.get("Internal") or False,
        "Attachable": body.get("Attachable") or False,
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": {
            container.id: {
                "Name": container.name,
                "EndpointID": container.networks[network.name]["EndpointID"],
                "MacAddress": "",
                "IPv4Address": "",
                "IPv6Address": "",
            }
            for container in containers or []
        },
        "Options": body.get("Options") or {},
        "Labels": body.get("Labels") or {},
    }


def volume_json(volume: Volume) -> Json:
    """Return a volume as the API shows it."""
    return {
        "CreatedAt": stamp(int(volume.created)).replace(".000000000", ""),
        "Driver": volume.driver,
        "Labels": volume.labels,
        "Mountpoint": f"{VOLUMES}/{volume.name}/_data",
        "Name": volume.name,
        "Options": volume.options,
        "Scope": "local",
    }


def image_row(image: Image) -> Json:
    """Return an image as GET /images/json shows it."""
    return {
        "Id": image.id,
        "ParentId": "",
        "RepoTags": list(image.tags) or ["<none>:<none>"],
        "RepoDigests": [],
        "Created": int(image.created),
        "Size": 1000,
        "SharedSize": -1,
        "VirtualSize": 1000,
        "Labels": dict(image.labels) or None,
        "Containers": -1,
    }


def image_json(image: Image) -> Json:
    """Return an image as GET /images/{name}/json shows it."""
    config: Json = {
        "Env": None,
        "Cmd": ["sh"],
        "Entrypoint": None,
        "Volumes": {target: {} for target in image.volumes} or None,
        "Labels": dict(image.labels) or None,
    }
    if image.healthcheck is not None:
        config["Healthcheck"] = dict(image.healthcheck)
    system, architecture, *variant = image.platform.split("/")
    return {
        "Id": image.id,
        "RepoTags": list(image.tags),
        "RepoDigests": [],
        "Created": stamp(image.created),
        "Config": config,
        "Architecture": architecture,
        **({"Variant": variant[0]} if variant else {}),
        "Os": system,
        "Size": 1000,
        "VirtualSize": 1000,
        "Metadata": {"LastTagTime": stamp(image.tagged) if image.tagged else NEVER},
    }


def tagged(reference: str) -> str:
    """Return an image reference with its tag: `busybox` becomes `busybox:latest`."""
    name = reference.rpartition("/")[2]
    return reference if ":" in name or "@" in name else f"{reference}:latest"
