"""Commands of one project at the same time: they take turns, from other machines as well."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from forward import forwarding

pytestmark = pytest.mark.docker

TOGETHER = 6
PROJECT = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [data:/data]
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
volumes: {data: {}}
"""
CHECK = "healthcheck: {test: 'test -e /tmp/ok', interval: 1s, retries: 1000}"
UNHEALTHY = PROJECT.replace("stop_grace_period: 0s", f"stop_grace_period: 0s\n    {CHECK}", 1)


def test_f_52_ups_at_the_same_time_make_one_project(scene) -> None:
    scene.write(PROJECT)
    commands = [scene.start("up", "-d") for _ in range(TOGETHER)]
    for command in commands:
        command.until(lambda command=command: command.process.poll() is not None, "the end")
        assert command.process.returncode == 0, command.stderr
    assert scene.networks() == [f"{scene.name}_default"]
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    waited = [command for command in commands if "waiting for 'pycompose up'" in command.stderr]
    assert len(waited) < TOGETHER


def test_f_53_a_down_waits_for_an_up_and_can_be_told_not_to(scene) -> None:
    scene.write(UNHEALTHY)
    up = scene.start("up", "-d", "--wait")
    up.until(lambda: "web-1 Waiting" in up.stderr or "web Waiting" in up.stderr, "waiting")
    refused = scene.run("--lock-timeout", "0", "down", code=1)
    assert "is in use by 'pycompose up' (process" in refused.stderr
    rehearsed = scene.run("--lock-timeout", "0", "--dry-run", "down")
    assert "web-1" in rehearsed.stderr
    scene.shell("web", "touch /tmp/ok")
    down = scene.start("down", "--volumes")
    down.until(lambda: down.process.poll() is not None, "the end of down")
    assert (up.process.wait(), down.process.returncode) == (0, 0)
    assert scene.nothing_left()


def test_who_is_killed_holds_nothing(scene) -> None:
    scene.write(PROJECT)
    up = scene.start("up", "-d")
    up.until(scene.names, "a container")
    up.process.kill()
    up.process.wait()
    scene.run("--lock-timeout", "30", "up", "-d")
    assert scene.states() == {"web-1": "running", "db-1": "running"}


IMPATIENT = """\
import sys
from pycompose import lease
from pycompose.__main__ import main
lease.LEASE_SECONDS = 5.0
sys.exit(main(["pycompose", *sys.argv[1:]]))
"""


@pytest.fixture
def machines(engine_socket, scene, client) -> Iterator[tuple[str, str]]:
    """The engine's addresses as two other machines know it: they share no lock file."""
    with forwarding(engine_socket) as one, forwarding(engine_socket) as other:
        yield one.address, other.address
    for volume in locks(scene):
        client.api.remove_volume(volume["Name"])


def locks(scene) -> list:
    found = scene.client.api.volumes(filters={"label": f"org.pycompose.lock={scene.name}"})
    return found["Volumes"] or []


def test_commands_of_two_machines_take_turns(scene, machines) -> None:
    one, other = machines
    scene.write(UNHEALTHY)
    up = scene.start("up", "-d", "--wait", DOCKER_HOST=one)
    up.until(lambda: "web-1 Waiting" in up.stderr or "web Waiting" in up.stderr, "waiting")
    refused = scene.run("--lock-timeout", "0", "down", "--volumes", code=1, DOCKER_HOST=other)
    holder = f"'pycompose up' (process {up.process.pid} on {socket.gethostname()})"
    assert f"is in use by {holder}; try again" in refused.stderr
    assert len(scene.run("ps", "-q", DOCKER_HOST=other).stdout.split()) == 2
    assert scene.run("volumes", "-q", DOCKER_HOST=other).stdout == f"{scene.name}_data\n"
    scene.run("--lock-timeout", "0", "--dry-run", "down", DOCKER_HOST=other)

    down = scene.start("down", "--volumes", DOCKER_HOST=other)
    down.until(lambda: f"waiting for {holder} to finish" in down.stderr, "the wait")
    scene.shell("web", "touch /tmp/ok")
    down.until(lambda: down.process.poll() is not None, "the end of down")
    assert (up.end(), down.process.returncode) == (0, 0), (up.stderr, down.stderr)
    assert scene.nothing_left()
    assert locks(scene) == []


def test_ups_of_two_machines_make_one_project(scene, machines) -> None:
    scene.write(PROJECT)
    commands = [scene.start("up", "-d", DOCKER_HOST=machines[turn % 2]) for turn in range(4)]
    assert [command.end() for command in commands] == [0] * 4, [c.stderr for c in commands]
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    assert scene.networks() == [f"{scene.name}_default"]
    assert locks(scene) == []


def test_the_lock_of_a_killed_command_is_taken_over(scene, machines) -> None:
    one, other = machines
    scene.write(UNHEALTHY)
    up = scene.start("up", "-d", "--wait", DOCKER_HOST=one)
    up.until(lambda: "Waiting" in up.stderr, "waiting")
    up.kill()
    refused = scene.run("--lock-timeout", "0", "up", "-d", code=1, DOCKER_HOST=other)
    assert f"(process {up.process.pid} on" in refused.stderr
    words = ["-p", scene.name, "--lock-timeout", "120", "up", "-d"]
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT, *words],
        cwd=scene.folder,
        env=scene.env(DOCKER_HOST=other),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    assert locks(scene) == []


@pytest.mark.parametrize("begun", ["Stopping", "Removing"])
def test_f_53_an_up_waits_for_a_down_that_has_begun(scene, begun) -> None:
    scene.write(PROJECT)
    scene.up()
    down = scene.start("down")
    down.until(lambda: begun in down.stderr, "the beginning of down")
    scene.up()
    assert down.end() == 0
    scene.up()
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    assert scene.networks() == [f"{scene.name}_default"]
