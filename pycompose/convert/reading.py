"""A field of a service as a container's request writes it and as the engine reads it back; pure.

`inspect` answers in the shape of the request: one table serves both sides. The paths are those of
`hashing.field_digests`. What the engine does not tell, or tells in other words, has no row.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate and ContainerInspect
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from pycompose.model.values import Json

Where: TypeAlias = tuple[str, ...]

_HOST: Final = "HostConfig"
_VALUES: Final[Mapping[str, Where]] = {  # where the whole value of a field stands
    "cap_add": (_HOST, "CapAdd"),
    "cap_drop": (_HOST, "CapDrop"),
    "cgroup": (_HOST, "CgroupnsMode"),
    "cgroup_parent": (_HOST, "CgroupParent"),
    "command": ("Cmd",),
    "cpu_count": (_HOST, "CpuCount"),
    "cpu_period": (_HOST, "CpuPeriod"),
    "cpu_quota": (_HOST, "CpuQuota"),
    "cpu_shares": (_HOST, "CpuShares"),
    "cpus": (_HOST, "NanoCpus"),
    "cpuset": (_HOST, "CpusetCpus"),
    "deploy.restart_policy": (_HOST, "RestartPolicy"),
    "devices": (_HOST, "Devices"),
    "dns": (_HOST, "Dns"),
    "dns_opt": (_HOST, "DnsOptions"),
    "dns_search": (_HOST, "DnsSearch"),
    "domainname": ("Domainname",),
    "entrypoint": ("Entrypoint",),
    "group_add": (_HOST, "GroupAdd"),
    "healthcheck.interval": ("Healthcheck", "Interval"),
    "healthcheck.retries": ("Healthcheck", "Retries"),
    "healthcheck.start_interval": ("Healthcheck", "StartInterval"),
    "healthcheck.start_period": ("Healthcheck", "StartPeriod"),
    "healthcheck.test": ("Healthcheck", "Test"),
    "healthcheck.timeout": ("Healthcheck", "Timeout"),
    "hostname": ("Hostname",),
    "image": ("Image",),
    "init": (_HOST, "Init"),
    "ipc": (_HOST, "IpcMode"),
    "logging.driver": (_HOST, "LogConfig", "Type"),
    "logging.options": (_HOST, "LogConfig", "Config"),
    "mem_limit": (_HOST, "Memory"),
    "mem_reservation": (_HOST, "MemoryReservation"),
    "mem_swappiness": (_HOST, "MemorySwappiness"),
    "memswap_limit": (_HOST, "MemorySwap"),
    "network_mode": (_HOST, "NetworkMode"),
    "oom_kill_disable": (_HOST, "OomKillDisable"),
    "oom_score_adj": (_HOST, "OomScoreAdj"),
    "pid": (_HOST, "PidMode"),
    "pids_limit": (_HOST, "PidsLimit"),
    "privileged": (_HOST, "Privileged"),
    "read_only": (_HOST, "ReadonlyRootfs"),
    "restart": (_HOST, "RestartPolicy"),
    "runtime": (_HOST, "Runtime"),
    "security_opt": (_HOST, "SecurityOpt"),
    "shm_size": (_HOST, "ShmSize"),
    "stdin_open": ("OpenStdin",),
    "stop_grace_period": ("StopTimeout",),
    "stop_signal": ("StopSignal",),
    "tmpfs": (_HOST, "Tmpfs"),
    "tty": ("Tty",),
    "user": ("User",),
    "userns_mode": (_HOST, "UsernsMode"),
    "uts": (_HOST, "UTSMode"),
    "working_dir": ("WorkingDir",),
}
# Fields that the engine reads back as they were given.
VERBATIM: Final = ("command", "entrypoint", "environment", "image", "user", "working_dir")
_UNSET: Final[tuple[Json, ...]] = ("", [], {})
_FIELD: Final = re.compile(r"(?P<name>[^.\[]+)(?:\.(?P<key>.*)|\[(?P<item>.*)\])", re.DOTALL)


def as_requested(document: Json) -> Json:
    """Return what inspect says of a container in the shape of a request to create it."""
    return {**(document.get("Config") or {}), _HOST: document.get("HostConfig") or {}}


def readable(path: str) -> bool:
    """Tell whether `value` knows the field at `path`."""
    return path in _VALUES or _part(path) is not None


def value(body: Json, path: str) -> Json:
    """Return what a body says of the field at `path`, None where it says nothing.

    Raises:
        KeyError: the field is not `readable`.
    """
    if path in _VALUES:
        found = _at(body, _VALUES[path])
        return None if found in _UNSET else found
    part = _part(path)
    if part is None:
        raise KeyError(path)
    read, key = part
    return read(body, key)


def ports(body: Json) -> dict[str, Json]:
    """Return the published ports by how people write them, each with the container's port.

    They are read all at once: their place in the list is known to the file only.
    """
    found: dict[str, Json] = {}
    for target, bindings in (_at(body, (_HOST, "PortBindings")) or {}).items():
        for binding in bindings or ():
            ends = (binding.get("HostIp"), binding.get("HostPort"), target)
            found[":".join(end for end in ends if end)] = target
    return found


def _part(path: str) -> tuple[Callable[[Json, str], Json], str] | None:
    match = _FIELD.fullmatch(path)
    if match is None or match["name"] not in _PARTS:
        return None
    return _PARTS[match["name"]], match["key"] if match["item"] is None else match["item"]


def _at(body: Json, where: Where) -> Json:
    for name in where:
        body = (body or {}).get(name)
    return body


def _pairs(entries: Iterable[str] | None, separator: str) -> dict[str, str]:
    return {key: text for key, _, text in (e.partition(separator) for e in entries or ())}


def _variable(body: Json, name: str) -> Json:
    given = [entry for entry in body.get("Env") or () if entry.partition("=")[1]]
    return _pairs(given, "=").get(name)


def _host(body: Json, name: str) -> Json:
    entries = _at(body, (_HOST, "ExtraHosts")) or ()
    return [text for text in entries if text.partition(":")[0] == name] or None


def _mount(body: Json, target: str) -> Json:
    for bind in _at(body, (_HOST, "Binds")) or ():
        source, _, rest = bind.partition(":")
        if rest.partition(":")[0] == target:
            return f"{source}:{rest}"
    for mount in _at(body, (_HOST, "Mounts")) or ():
        if mount.get("Target") == target:
            ends = (mount.get("Source"), target, "ro" if mount.get("ReadOnly") else "")
            return ":".join(end for end in ends if end)
    return None


def _limit(body: Json, name: str) -> Json:
    for entry in _at(body, (_HOST, "Ulimits")) or ():
        if entry.get("Name") == name:
            return f"{entry.get('Soft')}:{entry.get('Hard')}"
    return None


_PARTS: Final[Mapping[str, Callable[[Json, str], Json]]] = {  # fields of which a part is read
    "annotations": lambda body, key: (_at(body, (_HOST, "Annotations")) or {}).get(key),
    "environment": _variable,
    "extra_hosts": _host,
    "labels": lambda body, key: (body.get("Labels") or {}).get(key),
    "sysctls": lambda body, key: (_at(body, (_HOST, "Sysctls")) or {}).get(key),
    "ulimits": _limit,
    "volumes": _mount,
}
