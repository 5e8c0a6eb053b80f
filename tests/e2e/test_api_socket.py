"""A service that talks to the engine it runs on."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.docker, pytest.mark.oracle]

FILE = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    use_api_socket: true
"""


def test_a_service_finds_the_socket_and_the_logins_and_either_tool_leaves_it_alone(scene) -> None:
    scene.write(FILE)
    scene.write('{"auths": {"r.example": {"auth": "YTpi"}}}', "client/config.json")
    client = str(scene.folder / "client")
    scene.run("up", "-d", DOCKER_CONFIG=client)
    before = scene.ids()
    assert scene.shell("web", "test -S /var/run/docker.sock && echo there") == "there\n"
    logins = scene.shell("web", "cat $DOCKER_CONFIG/config.json")
    assert json.loads(logins) == {"auths": {"r.example": {"auth": "YTpi"}}}

    scene.oracle("up", "-d", DOCKER_CONFIG=client)
    scene.run("up", "-d", DOCKER_CONFIG=client)
    assert scene.ids() == before
    scene.run("down", DOCKER_CONFIG=client)
    scene.oracle("up", "-d", DOCKER_CONFIG=client)
    assert scene.shell("web", "cat $DOCKER_CONFIG/config.json") == logins
    made = scene.ids()
    scene.run("up", "-d", DOCKER_CONFIG=client)
    assert scene.ids() == made
