"""One service, in canonical long form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from pycompose.model.build import Build
from pycompose.model.deploy import Deploy
from pycompose.model.develop import Develop
from pycompose.model.devices import Blkio, Device, DeviceRequest
from pycompose.model.hooks import Hook
from pycompose.model.limits import Ulimit
from pycompose.model.models import ModelUse, Provider
from pycompose.model.mounts import Grant, Mount
from pycompose.model.values import EMPTY, Json

Condition: TypeAlias = Literal[
    "service_started", "service_healthy", "service_completed_successfully"
]
Nanoseconds: TypeAlias = int


class Port(NamedTuple):
    """One entry of `ports`: `published` is "" (the engine picks), a port or a range `7000-7005`."""

    target: int
    published: str = ""
    host_ip: str = ""
    protocol: str = "tcp"
    mode: str = "ingress"
    name: str = ""
    app_protocol: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Dependency(NamedTuple):
    """One entry of `depends_on`: what another service must have reached before this one starts."""

    condition: Condition = "service_started"
    restart: bool = False
    required: bool = True
    extensions: Mapping[str, Json] = EMPTY


class Healthcheck(NamedTuple):
    """A service's `healthcheck`; None is what the image says. Durations in nanoseconds."""

    test: tuple[str, ...] | None = None
    timeout: Nanoseconds | None = None
    interval: Nanoseconds | None = None
    retries: int | None = None
    start_period: Nanoseconds | None = None
    start_interval: Nanoseconds | None = None
    disable: bool = False
    extensions: Mapping[str, Json] = EMPTY


class CredentialSpec(NamedTuple):
    """A service's `credential_spec`: where the credentials of a Windows container are."""

    config: str = ""
    file: str = ""
    registry: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Attachment(NamedTuple):
    """How a service joins one network: an entry of its `networks`."""

    aliases: tuple[str, ...] = ()
    ipv4_address: str = ""
    ipv6_address: str = ""
    link_local_ips: tuple[str, ...] = ()
    mac_address: str = ""
    driver_opts: Mapping[str, str] = EMPTY
    priority: int = 0
    gw_priority: int = 0
    interface_name: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Logging(NamedTuple):
    """A service's `logging`."""

    driver: str = ""
    options: Mapping[str, str] = EMPTY
    extensions: Mapping[str, Json] = EMPTY


class Service(NamedTuple):
    """A service as the user wants it, with every default of the specification filled in.

    Fields stand in the order in which Docker Compose writes them, which the config hash depends
    on. "", 0, False and empty collections mean "not given"; None where that differs from empty
    (`command: []` clears the image's command). `environment` holds the files of `env_file` too; a
    None there takes the variable away from the image. `labels` holds those of `label_file` too.
    `networks` is in order of priority; a None there is an attachment without settings.

    `extends` stays where the other service is empty, and in another file; it has no effect.

    Source: compose-spec 05-services.md
    """

    name: str
    profiles: tuple[str, ...] = ()
    annotations: Mapping[str, str] = EMPTY
    attach: bool | None = None
    build: Build | None = None
    develop: Develop | None = None
    blkio_config: Blkio | None = None
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cgroup_parent: str = ""
    cgroup: str = ""
    cpu_count: int = 0
    cpu_percent: int = 0
    cpu_period: int = 0
    cpu_quota: int = 0
    cpu_rt_period: int = 0
    cpu_rt_runtime: int = 0
    cpus: float = 0
    cpuset: str = ""
    cpu_shares: int = 0
    command: tuple[str, ...] | None = None
    configs: tuple[Grant, ...] = ()
    container_name: str = ""
    credential_spec: CredentialSpec | None = None
    depends_on: Mapping[str, Dependency] = EMPTY
    deploy: Deploy | None = None
    device_cgroup_rules: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    dns: tuple[str, ...] = ()
    dns_opt: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    domainname: str = ""
    entrypoint: tuple[str, ...] | None = None
    provider: Provider | None = None
    environment: Mapping[str, str | None] = EMPTY
    expose: tuple[str, ...] = ()
    extends: Mapping[str, str] = EMPTY
    external_links: tuple[str, ...] = ()
    extra_hosts: Mapping[str, tuple[str, ...]] = EMPTY
    group_add: tuple[str, ...] = ()
    gpus: tuple[DeviceRequest, ...] = ()
    hostname: str = ""
    healthcheck: Healthcheck | None = None
    image: str = ""
    init: bool | None = None
    ipc: str = ""
    isolation: str = ""
    labels: Mapping[str, str] = EMPTY
    label_file: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    logging: Logging | None = None
    mem_limit: int = 0
    mem_reservation: int = 0
    memswap_limit: int = 0
    mem_swappiness: int = 0
    mac_address: str = ""
    models: Mapping[str, ModelUse | None] = EMPTY
    network_mode: str = ""
    networks: Mapping[str, Attachment | None] = EMPTY
    oom_kill_disable: bool = False
    oom_score_adj: int = 0
    pid: str = ""
    pids_limit: int = 0
    platform: str = ""
    ports: tuple[Port, ...] = ()
    privileged: bool = False
    pull_policy: str = ""
    read_only: bool = False
    restart: str = ""
    runtime: str = ""
    scale: int | None = None
    secrets: tuple[Grant, ...] = ()
    security_opt: tuple[str, ...] = ()
    shm_size: int = 0
    stdin_open: bool = False
    stop_grace_period: Nanoseconds | None = None
    stop_signal: str = ""
    storage_opt: Mapping[str, str] = EMPTY
    sysctls: Mapping[str, str] = EMPTY
    tmpfs: tuple[str, ...] = ()
    tty: bool = False
    ulimits: Mapping[str, Ulimit] = EMPTY
    use_api_socket: bool = False
    user: str = ""
    userns_mode: str = ""
    uts: str = ""
    volumes: tuple[Mount, ...] = ()
    volumes_from: tuple[str, ...] = ()
    working_dir: str = ""
    pre_start: tuple[Hook, ...] = ()
    post_start: tuple[Hook, ...] = ()
    pre_stop: tuple[Hook, ...] = ()
    extensions: Mapping[str, Json] = EMPTY

    @property
    def instances(self) -> int:
        """How many containers the service has: `scale`, else `deploy.replicas`, else one.

        None where a program of this machine provides it.
        """
        if self.provider is not None:
            return 0
        if self.scale is not None:
            return self.scale
        if self.deploy is not None and self.deploy.replicas is not None:
            return self.deploy.replicas
        return 1

    @property
    def containers(self) -> tuple[str, ...]:
        """The names of containers that it shares something with, or links to."""
        shared = (self.network_mode, self.ipc, self.pid, *self.volumes_from)
        names = [name.split(":")[1] for name in shared if name.startswith("container:")]
        return (*names, *(link.split(":")[0] for link in self.external_links))
