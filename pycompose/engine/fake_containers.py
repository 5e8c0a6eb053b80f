"""The life of containers in the engine in memory: created, started, ended, removed.

The same rules as `engine.fake_store`: the Engine's words in, changes and events or an EngineError
out, no lock, no thread, no clock.
"""

from __future__ import annotations

import io
import itertools
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from pycompose.engine.fake_objects import (
    Behaviour,
    Container,
    Exec,
    Image,
    Mount,
    Network,
    Ran,
    StdStream,
    stamp,
    tagged,
)
from pycompose.engine.fake_store import PREDEFINED, Store, refuse
from pycompose.errors import EngineError, NotFound
from pycompose.model.values import Json
from pycompose.snapshot import Health

_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_SIGNALS: Final = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "USR1": 10, "USR2": 12, "TERM": 15}


class Containers:
    """What can be done to the containers of a store, and what they do by themselves."""

    def __init__(
        self, store: Store, written: Callable[[Container, StdStream, bytes], None]
    ) -> None:
        self.store = store
        self.behaviours: dict[str, Behaviour] = {}
        self.execs: dict[str, Exec] = {}
        self._written = written
        self._free_ports = itertools.count(49153)

    def _free_name(self, name: str) -> str:
        name = name.removeprefix("/")
        if not _NAME.fullmatch(name):
            allowed = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            refuse(400, f"Invalid container name ({name}), {allowed}")
        for container in self.store.containers.values():
            if container.name == name:
                refuse(
                    409,
                    f'Conflict. The container name "/{name}" is already in use by container'
                    f' "{container.id}". You have to remove (or rename) that container to be'
                    " able to reuse that name.",
                )
        return name

    # Containers.

    def create(self, name: str, body: Json, *, several_endpoints: bool) -> Container:
        """Create a container, and the anonymous volumes it asks for."""
        name = self._free_name(name)
        image = self.store.image(body.get("Image") or "")
        endpoints = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
        if len(endpoints) > 1 and not several_endpoints:
            names = ", ".join(sorted(endpoints))
            refuse(400, f"Container cannot be connected to network endpoints: {names}")
        mode = (body.get("HostConfig") or {}).get("NetworkMode") or "default"
        mode = "bridge" if mode == "default" else mode
        shared = mode.startswith("container:")
        chosen: Mapping[str, Json] = {} if shared else endpoints or {mode: {}}
        container = Container(
            id=self.store.new_id("container"),
            name=name,
            body=body,
            image=image,
            created=self.store.now,
            config=_config(body, image),
            mounts=[],
            networks={self._network_name(key): _endpoint(one) for key, one in chosen.items()},
        )
        container.config["Hostname"] = body.get("Hostname") or container.id[:12]
        container.mounts = self._mounts(container)
        self.store.containers[container.id] = container
        self.store.container_event(container, "create")
        return container

    def _network_name(self, key: str) -> str:
        try:
            return self.store.network(key).name
        except NotFound:
            return key  # the engine notices when the container starts

    def _mounts(self, container: Container) -> list[Mount]:
        """Return the mounts of a new container; the first one for a target counts."""
        wanted = itertools.chain(
            _asked_mounts(container.host_config),
            self._borrowed_mounts(container.host_config),
            (_volume_mount("", target) for target in container.config.get("Volumes") or {}),
        )
        marks = _volume_labels(container.host_config)
        mounts: dict[str, Mount] = {}
        for mount in wanted:
            if mount.target in mounts:
                continue
            mounts[mount.target] = mount
            if mount.type == "volume":
                mount.name = mount.name or self.store.new_id("volume")
                body = {"Name": mount.name, "Labels": marks.get(mount.target)}
                self.store.create_volume(body)
        return list(mounts.values())

    def _borrowed_mounts(self, host_config: Json) -> Iterator[Mount]:
        for source in host_config.get("VolumesFrom") or []:
            key, _, mode = source.partition(":")
            for mount in self.store.container(key).mounts:
                yield replace(mount, own=False, read_only=mount.read_only or mode == "ro")

    def start(self, container: Container) -> bool:
        """Start a container; whether it did not run before."""
        if container.state == "running":
            return False
        if container.state == "paused":
            refuse(409, "cannot start a paused container, try unpause instead")
        behaviour = self.behaviour(container)
        try:
            if behaviour.start_error:
                refuse(400, behaviour.start_error)
            self._join_networks(container)
            container.ports = self._bind_ports(container)
        except EngineError as error:
            container.error, container.exit_code = error.message, 128
            self._leave_networks(container)
            raise
        container.state, container.started = "running", self.store.now
        container.error, container.exit_code = "", 0
        container.polls, container.settled = 0, False
        check = (container.config.get("Healthcheck") or {}).get("Test") or ["NONE"]
        container.health = "none" if check[0] == "NONE" else "starting"
        container.health_log = []
        self.store.container_event(container, "start")
        for stream, line in behaviour.output:
            self.write(container, stream, line)
        self.settle(container)
        return True

    def behaviour(self, container: Container) -> Behaviour:
        """Return how a container behaves: by its name, else by its image."""
        image = container.body["Image"]
        for key in (container.name, image, tagged(image)):
            if key in self.behaviours:
                return self.behaviours[key]
        return Behaviour()

    def settle(self, container: Container) -> None:
        """Let a container do what it does by itself, if it was looked at often enough."""
        behaviour = self.behaviour(container)
        if container.state != "running" or container.settled:
            return
        if container.polls < behaviour.polls:
            return
        container.settled = True
        if container.health == "starting":
            self.set_health(container, behaviour.health)
        if behaviour.exits is not None:
            self.exit(container, behaviour.exits, by_itself=True)

    def poll(self, container: Container) -> None:
        """Note that a container was looked at."""
        container.polls += container.state == "running"
        self.settle(container)

    def set_health(self, container: Container, health: Health, output: str = "") -> None:
        """Let the health check find something."""
        if health == container.health:
            return
        container.health = health
        moment, code = stamp(self.store.now), int(health == "unhealthy")
        entry = {"Start": moment, "End": moment, "ExitCode": code, "Output": output}
        container.health_log.append(entry)
        self.store.container_event(container, f"health_status: {health}")

    def exit(self, container: Container, code: int, *, by_itself: bool = False) -> None:
        """End the program of a container; its restart policy counts if it ended by itself."""
        container.exit_code, container.finished = code, self.store.now
        container.exits += 1
        container.state = "exited"
        container.health = "none" if container.health == "none" else "unhealthy"
        self._leave_networks(container)
        self.store.container_event(container, "die", exitCode=str(code))
        policy = (container.host_config.get("RestartPolicy") or {}).get("Name") or "no"
        again = policy in ("always", "unless-stopped") or (policy == "on-failure" and code != 0)
        if by_itself and again:
            container.state = "restarting"
            container.restarts += 1
        elif container.host_config.get("AutoRemove"):
            self._forget(container, volumes=True)

    def write(self, container: Container, stream: StdStream, line: bytes) -> None:
        """Let a container write a line (with its end)."""
        container.log.append((stream, line, self.store.now))
        self._written(container, stream, line)

    def stop(self, container: Container) -> bool:
        """Stop a container; whether it ran."""
        if container.state == "restarting":
            container.state = "exited"
            return True
        if not container.running:
            return False
        self.store.container_event(container, "kill", signal="15")
        self.exit(container, self.behaviour(container).stop_code)
        self.store.container_event(container, "stop")
        return True

    def kill(self, container: Container, signal: str) -> None:
        """Send a signal; SIGKILL, SIGTERM, SIGINT and SIGQUIT end the container."""
        name = signal.removeprefix("SIG")
        number = int(name) if name.isdigit() else _SIGNALS.get(name)
        if number is None:
            refuse(400, f"Invalid signal: {signal}")
        if not container.running:
            place = f"Cannot kill container: {container.id}"
            refuse(409, f"{place}: Container {container.id} is not running")
        self.store.container_event(container, "kill", signal=str(number))
        if number in (2, 3, 9, 15):
            self.exit(container, 137 if number == 9 else self.behaviour(container).stop_code)

    def restart(self, container: Container) -> None:
        """Stop and start a container; one that does not run is started."""
        self.stop(container)
        if container.id in self.store.containers:
            self.start(container)
            self.store.container_event(container, "restart")

    def pause(self, container: Container) -> None:
        """Freeze a container."""
        if container.state != "running":
            what = "already paused" if container.state == "paused" else "not running"
            refuse(409, f"Container {container.id} is {what}")
        container.state = "paused"
        self.store.container_event(container, "pause")

    def unpause(self, container: Container) -> None:
        """Let a frozen container go on."""
        if container.state != "paused":
            refuse(500, f"Container {container.id} is not paused")
        container.state = "running"
        self.store.container_event(container, "unpause")

    def rename(self, container: Container, name: str) -> None:
        """Give a container another name."""
        if name.removeprefix("/") == container.name:
            refuse(400, "Renaming a container with the same name as its current name")
        old, container.name = container.name, self._free_name(name)
        self.store.container_event(container, "rename", oldName=f"/{old}")

    def remove(self, container: Container, *, force: bool, volumes: bool) -> None:
        """Remove a container; with `volumes` also those it was not given by name."""
        if container.running or container.state == "restarting":
            if not force:
                way = "Stop the container before attempting removal or force remove"
                state = f"{container.state} container {container.id}"
                refuse(409, f"You cannot remove a {state}. {way}")
            if container.running:
                self.kill(container, "SIGKILL")
        if container.id in self.store.containers:
            self._forget(container, volumes=volumes)

    def _forget(self, container: Container, *, volumes: bool) -> None:
        del self.store.containers[container.id]
        container.removed = True
        self.store.container_event(container, "destroy")
        for mount in container.mounts:
            if volumes and mount.own and not self.store.users(mount.name):
                self.store.remove_volume(mount.name)

    def create_exec(self, container: Container, body: Json) -> Exec:
        """Prepare a command to be run in a container."""
        if container.state == "paused":
            refuse(409, f"Container {container.id} is paused, unpause the container before exec")
        if container.state == "restarting":
            refuse(409, f"Container {container.id} is restarting, wait until it is running")
        if not container.running:
            refuse(409, f"Container {container.id} is not running")
        if not body.get("Cmd"):
            refuse(400, "No exec command specified")
        made = Exec(id=self.store.new_id("exec"), container=container, body=body)
        self.execs[made.id] = made
        self.store.container_event(container, f"exec_create: {' '.join(body['Cmd'])}")
        return made

    def exec(self, id: str) -> Exec:
        """Return a command that was prepared."""
        if id not in self.execs:
            refuse(404, f"No such exec instance: {id}")
        return self.execs[id]

    def start_exec(self, exec: Exec) -> Ran:
        """Run a command to its end, once."""
        container, words = exec.container, " ".join(exec.body["Cmd"])
        if exec.exit_code is not None:
            # Engine: the stream has begun by then, so the refusal is part of it.
            error = f"Error: Exec command {exec.id} has already run\r\n"
            return Ran(output=((1, error.encode()),))
        if not container.running:
            refuse(409, f"Container {container.id} is not running")
        ran = self.behaviour(container).commands.get(words, Ran())
        exec.exit_code = ran.exits
        container.ran.append(exec.body)
        self.store.container_event(container, f"exec_start: {words}")
        self.store.container_event(container, "exec_die", exitCode=str(ran.exits))
        return ran

    def extract(self, container: Container, path: str, data: bytes) -> None:
        """Put the files of a tar into a container."""
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar.getmembers():
                file = tar.extractfile(member)
                if file is not None:
                    name = f"{path.rstrip('/')}/{member.name.removeprefix('./').lstrip('/')}"
                    container.files[name] = file.read()
        self.store.container_event(container, "extract-to-dir")

    # Ports and networks of a container.

    def _taken(self, ip: str, port: int, protocol: str) -> bool:
        anywhere = ("0.0.0.0", "::")
        return any(
            binding["HostPort"] == str(port)
            and name.partition("/")[2] == protocol
            and (binding["HostIp"] == ip or ip in anywhere or binding["HostIp"] in anywhere)
            for other in self.store.containers.values()
            if other.running
            for name, bindings in other.ports.items()
            for binding in bindings
        )

    def _bind_ports(self, container: Container) -> dict[str, list[Json]]:
        """Return the ports of a container about to run, its published ones bound."""
        ports: dict[str, list[Json]] = {name: [] for name in container.config["ExposedPorts"]}
        if container.host_config.get("NetworkMode") == "host":
            return {}
        for name, wanted in (container.host_config.get("PortBindings") or {}).items():
            ports[name] = []
            for binding in wanted or []:
                ip = binding.get("HostIp") or "0.0.0.0"
                asked = binding.get("HostPort") or ""
                number = self._choose_port(container, ip, asked, name.partition("/")[2])
                ips = (ip, "::") if not binding.get("HostIp") else (ip,)
                ports[name] += [{"HostIp": one, "HostPort": str(number)} for one in ips]
        return ports

    def _choose_port(self, container: Container, ip: str, asked: str, protocol: str) -> int:
        first, _, last = asked.partition("-")
        if not asked or asked == "0":
            return next(self._free_ports)
        for number in range(int(first), int(last or first) + 1):
            if not self._taken(ip, number, protocol):
                return number
        place = f"endpoint {container.name} ({self.store.new_id('endpoint')})"
        why = f"Bind for {ip}:{asked} failed: port is already allocated"
        refuse(500, f"driver failed programming external connectivity on {place}: {why}")

    def _join_networks(self, container: Container) -> None:
        for name, endpoint in container.networks.items():
            # Engine: a network it was on before is found by its id, not by its name.
            known = "" if name in PREDEFINED else endpoint["NetworkID"]
            self._join(container, self.store.network(known or name), endpoint)

    def _join(self, container: Container, network: Network, endpoint: Json) -> None:
        endpoint |= {"NetworkID": network.id, "EndpointID": self.store.new_id("endpoint")}
        attributes = {"container": container.id, "name": network.name, "type": "bridge"}
        self.store.tell("network", "connect", network.id, attributes)

    def _leave_networks(self, container: Container) -> None:
        for name, endpoint in container.networks.items():
            if endpoint["EndpointID"]:
                endpoint["EndpointID"] = ""
                attributes = {"container": container.id, "name": name, "type": "bridge"}
                self.store.tell("network", "disconnect", endpoint["NetworkID"], attributes)

    def connect(self, network: Network, body: Json) -> None:
        """Put a container on one more network."""
        container = self.store.container(body["Container"])
        if network.name in container.networks and container.running:
            what = f"endpoint with name {container.name}"
            refuse(403, f"{what} already exists in network {network.name}")
        endpoint = _endpoint(body.get("EndpointConfig") or {})
        container.networks[network.name] = endpoint
        if container.running:
            self._join(container, network, endpoint)

    def disconnect(self, network: Network, container: Container) -> None:
        """Take a container off a network."""
        endpoint = container.networks.pop(network.name, None)
        if endpoint is None:
            refuse(500, f"container {container.id} is not connected to network {network.name}")
        attributes = {"container": container.id, "name": network.name, "type": "bridge"}
        self.store.tell("network", "disconnect", network.id, attributes)


def _endpoint(body: Json) -> Json:
    """Return the settings of an endpoint that is not used yet."""
    blank = {"IPAMConfig": None, "Links": None, "Aliases": None, "NetworkID": "", "EndpointID": ""}
    addresses = {"Gateway": "", "IPAddress": "", "IPPrefixLen": 0, "MacAddress": ""}
    return {**blank, **addresses, **(body or {}), "NetworkID": "", "EndpointID": ""}


def _config(body: Json, image: Image) -> Json:
    """Return the configuration of a container: the request's, completed by the image's."""
    config = {
        key: value for key, value in body.items() if key not in ("HostConfig", "NetworkingConfig")
    }
    config["Labels"] = {**image.labels, **(body.get("Labels") or {})}
    targets = {target: {} for target in image.volumes} | (body.get("Volumes") or {})
    config["Volumes"] = targets or None
    if body.get("Cmd") is None and not body.get("Entrypoint"):
        config["Cmd"] = ["sh"]
    if image.healthcheck is not None and not body.get("Healthcheck"):
        config["Healthcheck"] = dict(image.healthcheck)
    bound = (body.get("HostConfig") or {}).get("PortBindings") or {}
    config["ExposedPorts"] = {**(body.get("ExposedPorts") or {}), **{port: {} for port in bound}}
    return config


def _volume_mount(name: str, target: str, *, read_only: bool = False) -> Mount:
    return Mount(
        type="volume", name=name, source="", target=target, read_only=read_only, own=not name
    )


def _volume_labels(host_config: Json) -> dict[str, Json]:
    """Return the labels that volumes get which are made for a container, by their targets."""
    return {
        mount["Target"]: (mount.get("VolumeOptions") or {}).get("Labels")
        for mount in host_config.get("Mounts") or []
        if mount["Type"] == "volume"
    }


def _asked_mounts(host_config: Json) -> Iterator[Mount]:
    """Yield the mounts that a request asks for by HostConfig.Binds and HostConfig.Mounts."""
    for bind in host_config.get("Binds") or []:
        source, _, rest = bind.rpartition(":") if bind.count(":") == 1 else bind.partition(":")
        target, _, mode = rest.partition(":")
        read_only = "ro" in mode.split(",")
        if source.startswith("/"):
            yield Mount(type="bind", name="", source=source, target=target, read_only=read_only)
        else:
            yield _volume_mount(source, target, read_only=read_only)
    for mount in host_config.get("Mounts") or []:
        kind, source = mount["Type"], mount.get("Source") or ""
        read_only = bool(mount.get("ReadOnly"))
        if kind == "volume":
            yield _volume_mount(source, mount["Target"], read_only=read_only)
        else:
            yield Mount(
                type=kind, name="", source=source, target=mount["Target"], read_only=read_only
            )
