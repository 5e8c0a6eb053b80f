"""What `top`, `images`, `ls`, `stats` and `events` make of what was found."""

from __future__ import annotations

import json

import pytest

from pycompose.snapshot import ContainerState, Processes, ProjectState, UsedImage
from pycompose.ui import looks

WEB = ContainerState(id="1", name="demo-web-1", state="running", service="web", number=1)
RUN = ContainerState(id="2", name="demo-web-run-x", state="running", service="web", oneoff=True)
MIB = 1 << 20
SAMPLE = {
    "id": "a" * 64,
    "name": "/demo-web-1",
    "pids_stats": {"current": 3},
    "cpu_stats": {
        "cpu_usage": {"total_usage": 300},
        "system_cpu_usage": 2000,
        "online_cpus": 4,
    },
    "precpu_stats": {"cpu_usage": {"total_usage": 100}, "system_cpu_usage": 1000},
    "memory_stats": {"usage": 24 * MIB, "limit": 64 * MIB, "stats": {"inactive_file": 8 * MIB}},
    "networks": {"eth0": {"rx_bytes": 1000, "tx_bytes": 1}, "eth1": {"rx_bytes": 500}},
    "blkio_stats": {
        "io_service_bytes_recursive": [
            {"op": "Read", "value": 2000},
            {"op": "write", "value": 3000},
            {"op": "Total", "value": 5000},
        ]
    },
}
EVENT = {
    "time": 1_700_000_000_120_000_000,
    "type": "container",
    "service": "web",
    "id": "abc",
    "action": "die",
    "attributes": {"name": "demo-web-1", "exitCode": "7"},
}


def test_processes_are_one_table_with_the_command_last() -> None:
    found = [
        Processes(WEB, ("PID", "CMD"), (("1", "sleep 9"),)),
        Processes(RUN, ("UID", "PID", "CMD"), (("root", "2", "sh\x1b"),)),
        Processes(WEB, (), ()),
    ]
    assert looks.top(found) == (
        "SERVICE  #   PID  UID   CMD\n"
        "web      1   1    -     sleep 9\n"
        "web      -   2    root  sh\\e\n"
    )
    assert looks.top([]) == looks.top([Processes(WEB, (), ())]) == ""


def test_images_tell_sizes_and_ages() -> None:
    used = UsedImage(WEB, "sha256:" + "b" * 64, "shop/web", "", "linux/amd64", 1984355, "")
    assert looks.images(
        [used], now=0, format="{{.Repository}} {{.Tag}} {{.Size}} {{.Created}}"
    ) == ("shop/web <none> 1.98MB N/A\n")
    made = used._replace(made="1970-01-01T00:00:00.5Z")
    assert looks.images([made], now=7200, format="{{.Created}}") == "2 hours ago\n"
    [row] = json.loads(looks.images([used], now=0, format="json"))
    assert (row["Size"], row["Repository"], row["Tag"]) == (1984355, "shop/web", "")


def test_projects_tell_their_states() -> None:
    there = ProjectState("demo", {"running": 2, "exited": 1}, ("/a.yaml", "/b.yaml"))
    assert there.status == "exited(1), running(2)"
    assert json.loads(looks.projects([there], "json")) == [
        {"Name": "demo", "Status": "exited(1), running(2)", "ConfigFiles": "/a.yaml,/b.yaml"}
    ]
    assert looks.projects([], "json") == "[]\n"


def test_what_a_container_uses_is_worked_out_of_a_sample() -> None:
    assert looks.used(SAMPLE) == {
        "BlockIO": "2kB / 3kB",
        "CPUPerc": "80.00%",
        "Container": "a" * 64,
        "ID": "a" * 12,
        "MemPerc": "25.00%",
        "MemUsage": "16MiB / 64MiB",
        "Name": "demo-web-1",
        "NetIO": "1.5kB / 1B",
        "PIDs": "3",
    }
    idle = looks.used({"id": "x", "name": "/off"}, truncate=False)
    assert (idle["ID"], idle["CPUPerc"], idle["MemUsage"]) == ("x", "0.00%", "0B / 0B")


def test_events_as_lines_and_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    import time

    time.tzset()
    assert looks.event(EVENT, json=False) == (
        "2023-11-14 22:13:20.120000 container die abc (exitCode=7, name=demo-web-1)\n\n"
    )
    assert looks.event(EVENT, json=True) == (
        '{"action":"die","attributes":{"exitCode":"7","name":"demo-web-1"},"id":"abc",'
        '"service":"web","time":"2023-11-14T22:13:20.12Z","type":"container"}\n'
    )
