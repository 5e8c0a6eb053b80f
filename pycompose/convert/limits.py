"""What a service may use of processors, memory and devices → the parts of `HostConfig`; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate, `HostConfig`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pycompose.convert.entries import entries
from pycompose.model.deploy import Amounts
from pycompose.model.devices import BlkioRate, BlkioWeight, Device, DeviceRequest
from pycompose.model.limits import Ulimit
from pycompose.model.service import Service
from pycompose.model.values import Json

# Source: https://github.com/cncf-tags/container-device-interface, names such as `vendor.com/gpu=0`
_QUALIFIED: Final = re.compile(
    r"[A-Za-z]([\w.-]*[A-Za-z0-9])?/[A-Za-z]([\w-]*[A-Za-z0-9])?=[A-Za-z0-9]([\w:.-]*[A-Za-z0-9])?",
    re.ASCII,
)
_NO_AMOUNTS: Final = Amounts()


def limits(service: Service) -> Json:
    """Return the entries that the service's limits and devices have in `HostConfig`.

    What the `deploy` section says of them goes first.
    """
    config = _LIMITS(service)
    requests = _requests(service)
    if service.deploy is not None:
        resources = service.deploy.resources
        most, least = resources.limits or _NO_AMOUNTS, resources.reservations or _NO_AMOUNTS
        config.update(_MOST(most))
        if most.pids > 0:
            config["PidsLimit"] = most.pids
        if least.memory:
            config["MemoryReservation"] = least.memory
        requests = [*map(_request, least.devices), *requests]
    if requests:
        config["DeviceRequests"] = requests
    if devices := [_device(device) for device in service.devices if not by_name(device)]:
        config["Devices"] = devices
    if service.blkio_config is not None:
        config.update(_BLKIO(service.blkio_config))
    return config


def ulimits(given: Mapping[str, Ulimit]) -> list[Json]:
    """Return `ulimits` as the engine takes them, for containers and for builds."""
    return [
        {"Name": name, "Soft": limit.single or limit.soft, "Hard": limit.single or limit.hard}
        for name, limit in given.items()
    ]


def _weights(weights: tuple[BlkioWeight, ...]) -> list[Json]:
    return [{"Path": each.path, "Weight": each.weight} for each in weights]


def _rates(rates: tuple[BlkioRate, ...]) -> list[Json]:
    return [{"Path": rate.path, "Rate": rate.rate} for rate in rates]


def _device(device: Device) -> Json:
    return {
        "PathOnHost": device.source,
        "PathInContainer": device.target,
        # Engine: without permissions the container does not start.
        "CgroupPermissions": device.permissions or "rwm",
    }


def by_name(device: Device) -> bool:
    """Whether this is no path, but the name of devices that a vendor's specification describes."""
    return device.source == device.target and _QUALIFIED.fullmatch(device.source) is not None


def _requests(service: Service) -> list[Json]:
    names = [device.source for device in service.devices if by_name(device)]
    named: list[Json] = [{"Driver": "cdi", "DeviceIDs": names}] if names else []
    return [*named, *(_request(gpu, "gpu") for gpu in service.gpus)]


def _request(request: DeviceRequest, *capabilities: str) -> Json:
    """Return a request of devices that have these capabilities, besides those it names itself."""
    every = dict.fromkeys((*request.capabilities, *capabilities))
    return {
        "Driver": request.driver,
        "Count": request.count,
        "DeviceIDs": list(request.device_ids),
        "Capabilities": [list(every)],
        "Options": dict(request.options),
    }


def _nano(cpus: float) -> int:
    return round(cpus * 10**9)


_LIMITS: Final = entries(
    ("cpu_count", "CpuCount"),
    ("cpu_percent", "CpuPercent", lambda percent: percent * 100),  # Engine: in hundredths of one
    ("cpu_period", "CpuPeriod"),
    ("cpu_quota", "CpuQuota"),
    ("cpu_rt_period", "CpuRealtimePeriod"),
    ("cpu_rt_runtime", "CpuRealtimeRuntime"),
    ("cpuset", "CpusetCpus"),
    ("cpu_shares", "CpuShares"),
    ("device_cgroup_rules", "DeviceCgroupRules", list),
    ("mem_limit", "Memory"),
    ("mem_reservation", "MemoryReservation"),
    ("memswap_limit", "MemorySwap"),
    ("mem_swappiness", "MemorySwappiness"),
    ("cpus", "NanoCpus", _nano),
    ("oom_kill_disable", "OomKillDisable"),
    ("oom_score_adj", "OomScoreAdj"),
    ("pids_limit", "PidsLimit"),
    ("shm_size", "ShmSize"),
    ("storage_opt", "StorageOpt", dict),
    ("ulimits", "Ulimits", ulimits),
)
_MOST: Final = entries(("memory", "Memory"), ("cpus", "NanoCpus", _nano))
_BLKIO: Final = entries(
    ("weight", "BlkioWeight"),
    ("weight_device", "BlkioWeightDevice", _weights),
    ("device_read_bps", "BlkioDeviceReadBps", _rates),
    ("device_read_iops", "BlkioDeviceReadIOps", _rates),
    ("device_write_bps", "BlkioDeviceWriteBps", _rates),
    ("device_write_iops", "BlkioDeviceWriteIOps", _rates),
)
