"""Commands of one project at the same time: they take turns."""

from __future__ import annotations

import pytest

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


def test_ups_at_the_same_time_make_one_project(scene) -> None:
    scene.write(PROJECT)
    commands = [scene.start("up", "-d") for _ in range(TOGETHER)]
    for command in commands:
        command.until(lambda command=command: command.process.poll() is not None, "the end")
        assert command.process.returncode == 0, command.stderr
    assert scene.networks() == [f"{scene.name}_default"]
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    waited = [command for command in commands if "waiting for 'pycompose up'" in command.stderr]
    assert len(waited) < TOGETHER


def test_a_down_waits_for_an_up_and_can_be_told_not_to(scene) -> None:
    slow = PROJECT.replace("stop_grace_period: 0s", "stop_grace_period: 0s\n    HEALTH", 1)
    check = "healthcheck: {test: 'test -e /tmp/ok', interval: 1s, retries: 1000}"
    scene.write(slow.replace("HEALTH", check))
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
