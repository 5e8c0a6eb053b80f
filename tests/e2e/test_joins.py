"""Services that share namespaces and volumes with others, on a real engine (R3 of the reports)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.docker

FILE = """\
services:
  p: &service
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [/shared]
  d:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    network_mode: "service:p"
    pid: "service:p"
  v:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes_from: [p]
    links: ["p:parent"]
"""


def mode(scene) -> str:
    return scene.container("d")["HostConfig"]["NetworkMode"]


def test_r_03_who_shares_a_network_follows_its_owner_and_nothing_else_moves(scene) -> None:
    scene.write(FILE)
    scene.up()
    assert mode(scene) == f"container:{scene.ids()['p-1']}"
    scene.shell("p", "touch /shared/mark")
    assert scene.shell("v", "ping -c 1 -W 5 parent >/dev/null && ls /shared") == "mark\n"
    before = scene.ids()
    for _ in range(2):
        scene.up()
        assert scene.ids() == before
    scene.oracle("up", "-d")
    assert scene.ids() == before

    scene.up("--force-recreate", "p")
    after = scene.ids()
    assert not set(after.values()) & set(before.values())
    assert mode(scene) == f"container:{after['p-1']}"
    assert set(scene.states().values()) == {"running"}
    assert scene.shell("v", "ls /shared") == "mark\n"
    scene.up("--no-deps", "d")
    assert scene.ids() == after
    scene.oracle("up", "-d")
    assert scene.ids() == after


def test_what_docker_compose_made_is_taken_over(scene) -> None:
    scene.write(FILE)
    scene.oracle("up", "-d")
    before = scene.ids()
    scene.up()
    assert scene.ids() == before
    scene.run("plan", "--detailed-exitcode", code=0)
