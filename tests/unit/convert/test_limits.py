"""Processors, memory and devices: from a line of a file to what the engine is asked for."""

from __future__ import annotations

import textwrap

import pytest

from pycompose.convert.limits import limits
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load


class Text:
    """One Compose file whose service `a` has the attributes given."""

    def __init__(self, attributes: str) -> None:
        service = textwrap.indent(textwrap.dedent(attributes), "    ")
        self.text = f"services:\n  a:\n    image: x\n{service}"

    def read(self, path: str) -> Source:
        if path != "/shop/compose.yaml":
            raise FileNotFoundError(path)
        return Source(path, "compose.yaml", self.text)


def asked(attributes: str) -> object:
    options = LoadOptions(files=("/shop/compose.yaml",), working_dir="/shop")
    return limits(load(options, Text(attributes)).services["a"])


# Observed: requests of Docker Compose 2.40.3; what it leaves empty is not sent here.
@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", {}),
        ("cpus: 0.3", {"NanoCpus": 300000000}),
        ("cpus: '1.50'", {"NanoCpus": 1500000000}),
        ("cpu_shares: '73'", {"CpuShares": 73}),
        ("cpuset: 0-1", {"CpusetCpus": "0-1"}),
        ("cpu_count: 2", {"CpuCount": 2}),
        ("cpu_percent: 50", {"CpuPercent": 5000}),
        ("cpu_period: 100000\ncpu_quota: -1", {"CpuPeriod": 100000, "CpuQuota": -1}),
        (
            "cpu_rt_period: 1000\ncpu_rt_runtime: '950'",
            {"CpuRealtimePeriod": 1000, "CpuRealtimeRuntime": 950},
        ),
        ("mem_limit: 1g\nmem_reservation: 512m", {"Memory": 2**30, "MemoryReservation": 2**29}),
        ("memswap_limit: -1\nmem_swappiness: 10", {"MemorySwap": -1, "MemorySwappiness": 10}),
        ("mem_swappiness: 0\noom_score_adj: 0\noom_kill_disable: no", {}),
        (
            "oom_kill_disable: true\noom_score_adj: -500",
            {"OomKillDisable": True, "OomScoreAdj": -500},
        ),
        ("pids_limit: -1\nshm_size: 64m", {"PidsLimit": -1, "ShmSize": 2**26}),
        ("storage_opt: {size: 1G, n: 1}", {"StorageOpt": {"size": "1G", "n": "1"}}),
        ("ulimits: {nofile: 5}", {"Ulimits": [{"Name": "nofile", "Soft": 5, "Hard": 5}]}),
        ("device_cgroup_rules: ['c 1:3 mr']", {"DeviceCgroupRules": ["c 1:3 mr"]}),
        ("credential_spec: {file: a}\npull_refresh_after: 3h", {}),
        ("blkio_config: {}", {}),
        ("deploy: {resources: {limits: {}, reservations: {cpus: '2'}}}", {}),
        (
            "deploy: {resources: {limits: {cpus: '0.1', memory: 1g, pids: 5}}}",
            {"NanoCpus": 100000000, "Memory": 2**30, "PidsLimit": 5},
        ),
        ("deploy: {resources: {reservations: {memory: 1m}}}", {"MemoryReservation": 2**20}),
        ("deploy: {resources: {limits: {pids: -1}}}", {}),
        (
            "gpus: [{driver: x}]\n"
            "deploy: {resources: {reservations: {devices: [{capabilities: [a, b], count: 2}]}}}",
            {
                "DeviceRequests": [
                    {
                        "Driver": "",
                        "Count": 2,
                        "DeviceIDs": [],
                        "Capabilities": [["a", "b"]],
                        "Options": {},
                    },
                    {
                        "Driver": "x",
                        "Count": -1,
                        "DeviceIDs": [],
                        "Capabilities": [["gpu"]],
                        "Options": {},
                    },
                ]
            },
        ),
        (
            """\
            blkio_config:
              weight: 300
              weight_device: [{path: /dev/sda, weight: 400}]
              device_read_bps: [{path: /dev/sdb, rate: 12mb}]
              device_read_iops: [{path: /dev/sdb, rate: 120}]
              device_write_bps: [{path: /dev/sdb, rate: 1024k}]
              device_write_iops: [{path: /dev/sdb, rate: '30'}]
            """,
            {
                "BlkioWeight": 300,
                "BlkioWeightDevice": [{"Path": "/dev/sda", "Weight": 400}],
                "BlkioDeviceReadBps": [{"Path": "/dev/sdb", "Rate": 12582912}],
                "BlkioDeviceReadIOps": [{"Path": "/dev/sdb", "Rate": 120}],
                "BlkioDeviceWriteBps": [{"Path": "/dev/sdb", "Rate": 1048576}],
                "BlkioDeviceWriteIOps": [{"Path": "/dev/sdb", "Rate": 30}],
            },
        ),
    ],
)
def test_limits_are_asked_for_as_the_file_gives_them(attributes, expected) -> None:
    assert asked(attributes) == expected


@pytest.mark.parametrize(
    ("text", "source", "target", "permissions"),
    [
        ("/dev/tty0", "/dev/tty0", "/dev/tty0", "rwm"),
        ("/dev/a:/dev/b", "/dev/a", "/dev/b", "rwm"),
        ("/dev/a:/dev/b:r", "/dev/a", "/dev/b", "r"),
        ("{source: /dev/a, target: /dev/b}", "/dev/a", "/dev/b", "rwm"),
        ("{source: /dev/a, target: /dev/b, permissions: rw}", "/dev/a", "/dev/b", "rw"),
        ("vendor.com/gpu=0:/dev/b", "vendor.com/gpu=0", "/dev/b", "rwm"),
        ("/dev/a=b", "/dev/a=b", "/dev/a=b", "rwm"),
    ],
)
def test_devices_are_paths(text, source, target, permissions) -> None:
    device = {"PathOnHost": source, "PathInContainer": target, "CgroupPermissions": permissions}

    assert asked(f"devices: [{text}]") == {"Devices": [device]}


def test_names_of_devices_are_requested_together_before_gpus() -> None:
    found = asked("devices: [vendor.com/gpu=0, {source: v/c=all, target: v/c=all}]\ngpus: all")

    assert found == {
        "DeviceRequests": [
            {"Driver": "cdi", "DeviceIDs": ["vendor.com/gpu=0", "v/c=all"]},
            {
                "Driver": "",
                "Count": -1,
                "DeviceIDs": [],
                "Capabilities": [["gpu"]],
                "Options": {},
            },
        ]
    }


@pytest.mark.parametrize(
    ("gpu", "expected"),
    [
        ("{}", {"Count": -1}),
        ("{count: all}", {"Count": -1}),
        ("{count: '2'}", {"Count": 2}),
        ("{device_ids: ['0']}", {"DeviceIDs": ["0"]}),
        (
            "{driver: nvidia, options: [a=b]}",
            {"Driver": "nvidia", "Count": -1, "Options": {"a": "b"}},
        ),
        ("{capabilities: [utility], count: 1}", {"Capabilities": [["utility", "gpu"]], "Count": 1}),
        (
            "{capabilities: [gpu, utility], count: 1}",
            {"Capabilities": [["gpu", "utility"]], "Count": 1},
        ),
    ],
)
def test_gpus_are_requested_with_their_capability(gpu, expected) -> None:
    given = {"Driver": "", "Count": 0, "DeviceIDs": [], "Capabilities": [["gpu"]], "Options": {}}

    assert asked(f"gpus: [{gpu}]") == {"DeviceRequests": [{**given, **expected}]}
