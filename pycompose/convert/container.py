"""Service → the body of `POST /containers/create`; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pycompose import labels
from pycompose.convert.endpoints import address, endpoints, external_links, split
from pycompose.convert.entries import entries
from pycompose.convert.gojson import compact
from pycompose.convert.grants import granted
from pycompose.convert.hashing import fingerprint, hashed
from pycompose.convert.joins import resolved
from pycompose.convert.limits import limits
from pycompose.convert.mounts import binds_and_mounts
from pycompose.convert.security import security
from pycompose.convert.surroundings import Surroundings
from pycompose.model.deploy import RestartPolicy
from pycompose.model.project import Project
from pycompose.model.service import Healthcheck, Service
from pycompose.model.values import Json
from pycompose.snapshot import Capabilities, MountState
from pycompose.version import VERSION

# What `deploy.restart_policy.condition` calls the engine's policies, where the names differ.
_CONDITIONS: Final = {"none": "no", "any": "always"}


class Container(NamedTuple):
    """What to POST, and the networks to connect afterwards where one request takes only one.

    `hashed` is the document that the config hash in the body is of.
    """

    body: Json
    hashed: Json
    platform: str
    connect: tuple[tuple[str, Json], ...]  # (network name, endpoint settings)


class OneOff(NamedTuple):
    """What a container of `run` has of its own.

    `slug` are the 64 hex digits that tell it from others. `auto_remove` lets the engine remove it
    at its end; with `aliases` it answers to the names of its service; `stdin` keeps its input open.
    """

    slug: str
    auto_remove: bool = False
    aliases: bool = False
    stdin: bool = True


def container(
    project: Project,
    service: Service,
    number: int,
    *,
    capabilities: Capabilities,
    image_id: str,
    inherited: Iterable[MountState] = (),
    replaces: bool = False,
    contents: Mapping[str, str] | None = None,
    references: Mapping[str, str] | None = None,
    linked: Sequence[str] = (),
    around: Surroundings = Surroundings(),  # noqa: B008  (a value that never changes)
    oneoff: OneOff | None = None,
) -> Container:
    """Return the container `number` of a service.

    `inherited` are the mounts of the container it replaces that keep their data. `replaces` marks
    it as made to take another's place, under a temporary name. `contents` are the digests of
    secrets and configs, by `secrets.password`; `references` the ids of the containers it joins, by
    service; `linked` the links to others, as `container:alias`; `around` what this machine says.
    `oneoff` is for a container of `run`, which has no number.
    """
    written, service = service, resolved(service, references or {})
    name = project.container_name(service, number)
    aliased = oneoff is None or oneoff.aliases
    joined = endpoints(project, service, name, capabilities, linked, aliased=aliased)
    document = hashed(service)
    mark = fingerprint(document)
    as_written = mark if service is written else fingerprint(hashed(written))
    together, later = split(joined, capabilities)
    binds, mounts = binds_and_mounts(project, service, inherited)
    body: Json = {
        "Image": project.image(service),
        "Env": _env({**around.variables, **service.environment}),
        "Labels": {
            **_labels(project, service, number, image_id, replaces=replaces, oneoff=oneoff),
            labels.CONFIG_HASH: mark.hash,
            labels.FIELDS: as_written.label,
        },
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": service.tty,
        "OpenStdin": service.stdin_open,
        "ExposedPorts": _exposed(service),
        "HostConfig": {
            **_host_config(service, next(iter(joined), ""), binds, mounts, around.profiles),
            **_if_any(Links=[*linked, *external_links(service)]),
        },
        "NetworkingConfig": {"EndpointsConfig": together},
    }
    body.update(_OWN(service))
    if mac_address := address(service, capabilities):
        body["MacAddress"] = mac_address
    if service.network_mode == "disabled":
        body["NetworkDisabled"] = True
    if service.command is not None:
        body["Cmd"] = list(service.command)
    if service.entrypoint is not None:
        # Engine: an empty list takes the image's entry point away, and leaves its command.
        body["Entrypoint"] = list(service.entrypoint)
    if service.stop_grace_period is not None:
        body["StopTimeout"] = service.stop_grace_period // 10**9
    if service.healthcheck is not None:
        body["Healthcheck"] = _healthcheck(service.healthcheck)
    if oneoff is not None:
        body["AttachStdin"] = body["StdinOnce"] = oneoff.stdin
        body["HostConfig"]["AutoRemove"] = oneoff.auto_remove
    given = {g.name: (contents or {})[g.name] for g in granted(project, service) if contents}
    if given:
        body["Labels"][labels.CONTENTS] = compact(given)
    return Container(body, document, project.platform(service), later)


def _if_any(**lists: Sequence[str]) -> Json:
    return {key: list(items) for key, items in lists.items() if items}


def _env(environment: Mapping[str, str | None]) -> list[str]:
    return [key if value is None else f"{key}={value}" for key, value in environment.items()]


def _labels(
    project: Project,
    service: Service,
    number: int,
    image_id: str,
    *,
    replaces: bool,
    oneoff: OneOff | None,
) -> Json:
    depends = ",".join(
        f"{name}:{need.condition}:{str(need.restart).lower()}"
        for name, need in sorted(service.depends_on.items())
    )
    ours = {
        labels.PROJECT: project.name,
        labels.SERVICE: service.name,
        labels.VERSION: VERSION,
        labels.WORKING_DIR: project.working_dir,
        labels.CONFIG_FILES: ",".join(project.config_files),
        labels.ONEOFF: "False",
        labels.NUMBER: str(number),
        labels.DEPENDS_ON: depends,
        labels.IMAGE: image_id,
    }
    if oneoff is not None:
        del ours[labels.NUMBER]
        ours |= {labels.ONEOFF: "True", labels.SLUG: oneoff.slug}
    if project.environment_files:
        ours[labels.ENVIRONMENT_FILE] = ",".join(project.environment_files)
    if replaces:
        ours[labels.REPLACE] = service.container_name or f"{service.name}-{number}"
    return {**service.labels, **ours}


def _healthcheck(check: Healthcheck) -> Json:
    if check.disable:
        return {"Test": ["NONE"]}
    values = {
        "Test": None if check.test is None else list(check.test),
        "Interval": check.interval,
        "Timeout": check.timeout,
        "Retries": check.retries,
        "StartPeriod": check.start_period,
        "StartInterval": check.start_interval,
    }
    return {key: value for key, value in values.items() if value is not None}


def _exposed(service: Service) -> Json:
    targets = [f"{port.target}/{port.protocol}" for port in service.ports]
    for entry in service.expose:
        ports, _, protocol = entry.partition("/")
        low, _, high = ports.partition("-")
        for port in range(int(low), int(high or low) + 1):
            targets.append(f"{port}/{protocol or 'tcp'}")
    return {target: {} for target in sorted(set(targets))}


def _bindings(service: Service) -> Json:
    out: dict[str, list[Json]] = {}
    for port in service.ports:
        bindings = out.setdefault(f"{port.target}/{port.protocol}", [])
        bindings.append({"HostIp": port.host_ip, "HostPort": port.published})
    return out


def deployed_restart_policy(policy: RestartPolicy) -> Json:
    """Return `RestartPolicy` for that of a `deploy` section."""
    name = _CONDITIONS.get(policy.condition, policy.condition)
    return {"Name": name, "MaximumRetryCount": policy.max_attempts or 0}


def restart_policy(restart: str) -> Json:
    """Return `RestartPolicy` for `no`, `always`, `unless-stopped`, `on-failure[:n]` or ""."""
    name, _, retries = restart.partition(":")
    return {"Name": name, "MaximumRetryCount": int(retries)} if retries else {"Name": name}


def _restarts(service: Service) -> Json:
    deployed = service.deploy.restart_policy if service.deploy is not None else None
    if deployed is not None:
        return deployed_restart_policy(deployed)
    return restart_policy(service.restart)


def _host_config(
    service: Service,
    network: str,
    binds: list[str],
    mounts: list[Json],
    profiles: Mapping[str, str],
) -> Json:
    config: Json = {
        "NetworkMode": service.network_mode or network or "none",
        "RestartPolicy": _restarts(service),
        "PortBindings": _bindings(service),
    }
    if binds:
        config["Binds"] = binds
    if mounts:
        config["Mounts"] = mounts
    config.update(_HOST(service))
    config.update(limits(service))
    config.update(security(service.security_opt, profiles))
    if service.init is not None:
        config["Init"] = service.init
    if service.logging is not None:
        options = dict(service.logging.options)
        config["LogConfig"] = {"Type": service.logging.driver, "Config": options}
    return config


def _capabilities(names: Iterable[str]) -> list[str]:
    """Return capabilities by the names that a kernel gives them, each once, sorted."""
    upper = {name.upper() for name in names}
    return sorted({n if n == "ALL" or n.startswith("CAP_") else f"CAP_{n}" for n in upper})


def _addresses(hosts: Mapping[str, Iterable[str]]) -> list[str]:
    return [f"{host}:{address}" for host, addresses in hosts.items() for address in addresses]


def _tmpfs(mounts: Iterable[str]) -> Json:
    return {path: options for path, _, options in (mount.partition(":") for mount in mounts)}


def _sources(sources: Iterable[str]) -> list[str]:
    # Compat: Docker Compose loses what follows the name, such as `:ro`.
    return [source.removeprefix("container:") for source in sources]


_OWN: Final = entries(
    ("hostname", "Hostname"),
    ("domainname", "Domainname"),
    ("user", "User"),
    ("working_dir", "WorkingDir"),
    ("stop_signal", "StopSignal"),
)
_HOST: Final = entries(
    ("annotations", "Annotations", dict),
    ("cap_add", "CapAdd", _capabilities),
    ("cap_drop", "CapDrop", _capabilities),
    ("cgroup_parent", "CgroupParent"),
    ("cgroup", "CgroupnsMode"),
    ("dns", "Dns", list),
    ("dns_opt", "DnsOptions", list),
    ("dns_search", "DnsSearch", list),
    ("extra_hosts", "ExtraHosts", _addresses),
    ("group_add", "GroupAdd", list),
    ("ipc", "IpcMode"),
    ("isolation", "Isolation"),
    ("pid", "PidMode"),
    ("privileged", "Privileged"),
    ("read_only", "ReadonlyRootfs"),
    ("runtime", "Runtime"),
    ("sysctls", "Sysctls", dict),
    ("tmpfs", "Tmpfs", _tmpfs),
    ("userns_mode", "UsernsMode"),
    ("uts", "UTSMode"),
    ("volumes_from", "VolumesFrom", _sources),
)
