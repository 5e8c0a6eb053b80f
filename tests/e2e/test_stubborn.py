"""Containers that waste their grace period are told of, with what mends that."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.docker

STUBBORN = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 1s
    scale: 2
  shell:
    image: IMAGE
    entrypoint: sh -c 'sleep 1000; true'
    stop_grace_period: 1s
  deaf:
    image: IMAGE
    init: true
    command: sh -c 'trap "" TERM; while :; do sleep 0.2; done'
    stop_grace_period: 1s
  polite:
    image: IMAGE
    init: true
    command: sleep 1000
  hasty:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
"""


def expected(name: str) -> list[str]:
    return [
        f"compose.yaml:4:14: services.web.command: containers {name}-web-1, {name}-web-2 were"
        " killed after 1s: PID 1, 'sleep', ignores SIGTERM (say 'init: true'",
        f"compose.yaml:9:17: services.shell.entrypoint: container {name}-shell-1 was killed after"
        " 1s: PID 1 is 'sh -c', which neither ends on SIGTERM nor passes it on (say 'init: true'",
        f"compose.yaml:14:14: services.deaf.command: container {name}-deaf-1 was killed after 1s:"
        " 'sh' did not end on SIGTERM, which init passed on ('stop_signal'",
    ]


@pytest.mark.parametrize("command", ["stop", "restart", "down"])
def test_who_wastes_the_grace_period_is_told(scene, command) -> None:
    scene.write(STUBBORN)
    scene.up()
    done = scene.run("-f", "compose.yaml", command)
    for message in expected(scene.name):
        assert f"warning: {message}" in done.stderr
    assert "polite" not in "".join(line for line in done.stderr.splitlines() if "killed" in line)
    assert "hasty" not in "".join(line for line in done.stderr.splitlines() if "killed" in line)
    assert done.stdout == ""


def test_without_a_file_the_container_is_told(scene) -> None:
    scene.write(STUBBORN)
    scene.up("shell")
    done = scene.run("--progress", "quiet", "down")
    assert done.stderr.startswith(
        f"warning: container {scene.name}-shell-1 was killed after 1s: PID 1 is 'sh -c'"
    )
    assert scene.nothing_left()


def test_a_grace_period_on_the_command_line_counts(scene) -> None:
    scene.write(STUBBORN)
    scene.up("hasty", "web")
    told = scene.run("-f", "compose.yaml", "down", "-t", "0").stderr
    assert "killed" not in told
    scene.up("hasty")
    told = scene.run("-f", "compose.yaml", "down", "-t", "1").stderr
    assert f"container {scene.name}-hasty-1 was killed after 1s" in told


def test_an_up_that_recreates_tells_nothing(scene) -> None:
    scene.write(STUBBORN)
    scene.up("shell")
    scene.write(STUBBORN.replace("sleep 1000; true", "exec sleep 1000"))
    assert "killed" not in scene.up("shell").stderr
