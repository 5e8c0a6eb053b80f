"""events and stats on a real engine, as they go on."""

from __future__ import annotations

import json

import pytest
import tmux

pytestmark = pytest.mark.docker

ONE = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
"""


def test_events_are_told_as_they_happen_without_those_of_others(scene) -> None:
    scene.write(ONE)
    scene.up()
    watching = scene.start("events", "--json", "web")

    def told() -> list[dict]:
        return [json.loads(line) for line in watching.stdout.splitlines()]

    def restarted() -> bool:
        scene.run("restart", "-t", "0", "web")
        return any(event["action"] == "start" for event in told())

    watching.until(restarted, "the event")
    scene.run("run", "--rm", "--no-deps", "web", "true")
    watching.signal(2)
    assert watching.end() == 130
    for event in told():
        assert (event["service"], event["id"]) == ("web", scene.container("web")["Id"])
        assert not any(name.startswith("com.docker.compose") for name in event["attributes"])


def test_events_of_the_past_end(scene) -> None:
    scene.write(ONE)
    scene.up()
    done = scene.run("events", "--since", "10m", "--until", "0s")
    assert " container start " in done.stdout


@tmux.needed
def test_stats_go_on_until_they_are_interrupted(scene, terminal) -> None:
    scene.write(ONE)
    scene.up()
    terminal.type("clear; pc stats")
    terminal.wait_for(f"{scene.name}-web-1")
    first = terminal.screen[0].split()
    assert first[:3] == ["CONTAINER", "ID", "NAME"]
    terminal.press("C-c")
    terminal.wait_for("^C$")
    assert terminal.answer("echo $code") == ["130"]
