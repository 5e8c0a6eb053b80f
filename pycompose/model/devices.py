"""Hardware that a service uses, and how much of it: block devices, other devices, drivers' ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pycompose.model.values import EMPTY, Json


class BlkioWeight(NamedTuple):
    """The share of one block device: an entry of `weight_device`."""

    path: str = ""
    weight: int = 0


class BlkioRate(NamedTuple):
    """The most a second of one block device, in bytes or in operations."""

    path: str = ""
    rate: int = 0


class Blkio(NamedTuple):
    """A service's `blkio_config`; a weight of 0 is the engine's own."""

    weight: int = 0
    weight_device: tuple[BlkioWeight, ...] = ()
    device_read_bps: tuple[BlkioRate, ...] = ()
    device_read_iops: tuple[BlkioRate, ...] = ()
    device_write_bps: tuple[BlkioRate, ...] = ()
    device_write_iops: tuple[BlkioRate, ...] = ()


class Device(NamedTuple):
    """One entry of `devices`: a device of the host, or the name of one such as `vendor.com/gpu=0`.

    `permissions` are letters of `rwm`, "" where the engine decides.
    """

    source: str = ""
    target: str = ""
    permissions: str = ""
    extensions: Mapping[str, Json] = EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRequest:
    """Devices that a driver hands out: one entry of `gpus`.

    `count` is -1 for all there are, 0 where `device_ids` names them.
    """

    capabilities: tuple[str, ...] = ()
    driver: str = ""
    count: int = 0
    device_ids: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
