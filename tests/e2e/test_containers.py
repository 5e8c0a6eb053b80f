"""kill, pause, unpause, rm, scale and wait on a real engine, as Docker Compose does them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.docker

TWO = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    volumes: [/anonymous]
  job:
    image: IMAGE
    command: sh -c 'sleep 2; exit 7'
    init: true
    restart: "no"
"""


def test_containers_are_paused_killed_and_removed(scene) -> None:
    scene.write(TWO)
    scene.up("web")
    scene.run("pause", "web")
    assert scene.states() == {"web-1": "paused"}
    assert "already paused" in scene.run("pause", "web", code=1).stderr
    scene.run("unpause", "web")
    assert scene.states() == {"web-1": "running"}
    assert scene.run("rm", "--force").stderr == "no stopped containers\n"
    scene.run("kill", "web")
    assert scene.states() == {"web-1": "exited"}
    assert scene.run("kill").stderr == "no container to kill\n"
    scene.run("rm")  # standard input is closed: nobody agreed
    assert scene.names() == ["web-1"]
    assert scene.run("rm", "--force", "--volumes").stdout == f"Going to remove {scene.name}-web-1\n"
    assert scene.names() == []
    assert not any(map(scene.volume_there, scene.seen))


def test_signals_are_passed_on(scene) -> None:
    scene.write(TWO.replace("sleep 1000", "sh -c 'trap \"exit 3\" HUP; sleep 1000 & wait'"))
    scene.up("web")
    scene.run("kill", "--signal", "SIGHUP", "web")
    scene.wait(lambda: scene.states() == {"web-1": "exited"}, "the end of web")
    assert scene.container("web")["State"]["ExitCode"] == 3


def test_scale_runs_more_and_fewer(scene) -> None:
    scene.write(TWO)
    scene.run("scale", "web=3")
    assert scene.names() == ["web-1", "web-2", "web-3"]
    scene.run("scale", "web=1")
    assert scene.names() == ["web-1"]
    scene.run("rm", "--stop", "--force")
    assert scene.names() == []


def test_wait_passes_the_exit_code_on(scene) -> None:
    scene.write(TWO)
    assert scene.run("wait", "job", code=1).stderr == f"no containers for project '{scene.name}'\n"
    scene.up("job")
    id = scene.container("job")["Id"]
    done = scene.run("wait", "--down-project", "job", code=7)
    assert done.stdout == f'container "{id}" exited with status code 7\n'
    assert scene.nothing_left()


def test_a_fast_down_waits_for_nobody(scene) -> None:
    stubborn = TWO.replace("init: true\n    stop_grace_period: 0s", "stop_grace_period: 170s")
    scene.write(
        stubborn.replace("sleep 1000", "sh -c 'trap \"\" TERM; while true; do sleep 1; done'")
    )
    scene.up("web")
    scene.run("down", "--fast", "--volumes")  # a step that waits takes longer than any command may
    assert scene.nothing_left()
    assert not any(map(scene.volume_there, scene.seen))
    assert "incompatible" in scene.run("down", "--fast", "-t", "3", code=1).stderr
