"""kill -9 of `up` at any moment: the next `up` ends where an undisturbed one would have (R13)."""

from __future__ import annotations

import itertools
import random
import signal
import time

import pytest
from forward import forwarding

pytestmark = pytest.mark.docker

CUTS = 10
PARTS = 2  # tests, so that workers share the cuts

THREE = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    scale: 2
    depends_on: [db]
    environment: {ROUND: "0"}
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [named:/named, /anonymous]
    environment: {ROUND: "0"}
  other:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [/anonymous]
    environment: {ROUND: "0"}
volumes:
  named: {}
"""
NAMES = ["db-1", "other-1", "web-1", "web-2"]


def check(scene) -> None:
    """The next `up` repairs what a killed one left; the one after it has nothing to do."""
    scene.up()
    assert scene.names() == NAMES
    assert set(scene.states().values()) == {"running"}


def nothing_to_do(scene) -> None:
    before, since = scene.ids(), time.time()
    scene.up()
    assert scene.ids() == before
    assert scene.changes(since) == []


def cut(scene, moment: float) -> None:
    running = scene.start("up", "-d")
    deadline = time.monotonic() + moment
    while time.monotonic() < deadline and running.process.poll() is None:
        time.sleep(0.01)
    scene.volumes_seen()
    running.kill()


@pytest.mark.parametrize("part", range(PARTS))
def test_f_01_and_f_02_a_killed_up_is_finished_by_the_next_one(scene, part) -> None:
    dice = random.Random(f"pycompose {part}")
    cuts = CUTS // PARTS
    scene.write(THREE)
    # Fresh: the first cut takes the duration of a whole run as unknown, and is early.
    cut(scene, dice.uniform(0.3, 1.5))
    began = time.monotonic()
    check(scene)
    duration = time.monotonic() - began
    nothing_to_do(scene)
    scene.shell("db", "echo kept > /named/marker; echo kept > /anonymous/marker")
    scene.shell("other", "echo kept > /anonymous/marker")
    for number in range(1, cuts):
        # Recreate everything, cut in the number-th stretch of the duration.
        scene.write(THREE.replace('"0"', f'"{number}"'))
        cut(scene, duration * (number - 1 + dice.random()) / (cuts - 1))
        began = time.monotonic()
        check(scene)
        duration = max(duration, time.monotonic() - began)
        assert scene.shell("db", "cat /named/marker /anonymous/marker").split() == ["kept"] * 2
        assert scene.shell("other", "cat /anonymous/marker").split() == ["kept"]
        assert f"ROUND={number}" in scene.container("web", 2)["Config"]["Env"]
    nothing_to_do(scene)


RECREATE = 5  # the calls that put a container in the place of another
ONE = """\
services:
  a:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    environment: {ROUND: "NUMBER"}
    volumes: [/data]
    NAMED
"""


def cut_after(scene, engine_socket: str, count: int) -> None:
    """Run `up` and kill it when the engine has answered its `count`-th change, before it knows."""
    started = []
    calls = itertools.count(1)

    def changed() -> None:
        if next(calls) == count:
            started[0].process.kill()

    with forwarding(engine_socket, changed, here=str(scene.folder / "engine.sock")) as forward:
        started.append(scene.start("up", "-d", DOCKER_HOST=forward.address))
        assert started[0].end() == -signal.SIGKILL
    scene.volumes_seen()


@pytest.mark.parametrize("named", [True, False])
def test_r_13_and_f_02_a_recreate_that_is_killed_after_any_call_is_finished(
    scene, engine_socket, named
) -> None:
    name = f"{scene.name}-named" if named else f"{scene.name}-a-1"
    file = ONE.replace("NAMED", f"container_name: {name}" if named else "")
    scene.write(file.replace("NUMBER", "0"))
    scene.up()
    scene.shell_in(name, "touch /data/kept")
    for number in range(1, RECREATE + 1):
        scene.write(file.replace("NUMBER", str(number)))
        cut_after(scene, engine_socket, number)
        scene.up()
        assert list(scene.containers()) == [name]
        one = scene.containers()[name]
        assert one["State"]["Running"]
        assert f"ROUND={number}" in one["Config"]["Env"]
        assert scene.shell_in(name, "ls /data") == "kept\n"
    nothing_to_do(scene)
