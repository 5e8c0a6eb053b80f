"""What a service may use of processors, memory and devices → the parts of `HostConfig`; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate, `HostConfig`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pycompose.model.deploy import Amounts, Resources
from pycompose.model.devices import Blkio, BlkioRate, Device, DeviceRequest
from pycompose.model.limits import Ulimit
from pycompose.model.service import Service
from pycompose.model.values import Json

# Source: https://github.com/cncf-tags/container-device-interface, names such as `vendor.com/gpu=0`
_QUALIFIED: Final = re.compile(
    r"[A-Za-z]([\w.-]*[A-Za-z0-9])?/[A-Za-z]([\w-]*[A-Za-z0-9])?=[A-Za-z0-9]([\w:.-]*[A-Za-z0-9])?",
    re.ASCII,
)
_UNLIMITED: Final = Resources()
_NO_AMOUNTS: Final = Amounts()


def limits(service: Service) -> Json:
    """Return the entries that the service's limits and devices have in `HostConfig`.

    What the `deploy` section says of them goes first.
    """
    resources = service.deploy.resources if service.deploy is not None else _UNLIMITED
    most, least = resources.limits or _NO_AMOUNTS, resources.reservations or _NO_AMOUNTS
    config = {
        "BlkioWeight": service.blkio_config.weight if service.blkio_config else 0,
        "CpuCount": service.cpu_count,
        "CpuPercent": service.cpu_percent * 100,  # Engine: in hundredths of a percent
        "CpuPeriod": service.cpu_period,
        "CpuQuota": service.cpu_quota,
        "CpuRealtimePeriod": service.cpu_rt_period,
        "CpuRealtimeRuntime": service.cpu_rt_runtime,
        "CpusetCpus": service.cpuset,
        "CpuShares": service.cpu_shares,
        "DeviceCgroupRules": list(service.device_cgroup_rules),
        "DeviceRequests": [*map(_request, least.devices), *_requests(service)],
        "Devices": [_device(device) for device in service.devices if not by_name(device)],
        "Memory": most.memory or service.mem_limit,
        "MemoryReservation": least.memory or service.mem_reservation,
        "MemorySwap": service.memswap_limit,
        "MemorySwappiness": service.mem_swappiness,
        "NanoCpus": round((most.cpus or service.cpus) * 10**9),
        "OomKillDisable": service.oom_kill_disable,
        "OomScoreAdj": service.oom_score_adj,
        "PidsLimit": max(most.pids, 0) or service.pids_limit,
        "ShmSize": service.shm_size,
        "StorageOpt": dict(service.storage_opt),
        "Ulimits": ulimits(service.ulimits),
    }
    if service.blkio_config is not None:
        config.update(_blkio(service.blkio_config))
    return {key: value for key, value in config.items() if value}


def ulimits(given: Mapping[str, Ulimit]) -> list[Json]:
    """Return `ulimits` as the engine takes them, for containers and for builds."""
    return [
        {"Name": name, "Soft": limit.single or limit.soft, "Hard": limit.single or limit.hard}
        for name, limit in given.items()
    ]


def _blkio(blkio: Blkio) -> Json:
    return {
        "BlkioWeightDevice": [
            {"Path": device.path, "Weight": device.weight} for device in blkio.weight_device
        ],
        "BlkioDeviceReadBps": _rates(blkio.device_read_bps),
        "BlkioDeviceReadIOps": _rates(blkio.device_read_iops),
        "BlkioDeviceWriteBps": _rates(blkio.device_write_bps),
        "BlkioDeviceWriteIOps": _rates(blkio.device_write_iops),
    }


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
