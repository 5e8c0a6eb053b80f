"""`down`: the order of it, containers in any state, what strangers use, and nothing at all."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.docker

CHAIN = """\
services:
  db: {image: IMAGE, command: sleep 1000, init: true, volumes: [data:/data]}
  api: {image: IMAGE, command: sleep 1000, init: true, depends_on: [db]}
  web: {image: IMAGE, command: sleep 1000, init: true, depends_on: [api], scale: 2}
volumes:
  data: {}
"""
FILE = ("-f", "compose.yaml")


def ends(scene, since: float) -> list[str]:
    """Return the names of the containers that ended and were removed, in their order."""
    found = [change.split() for change in scene.changes(since)]
    return [
        f"{action} {name.removeprefix(f'{scene.name}-')}"
        for kind, action, name in found
        if kind == "container" and action in ("die", "destroy")
    ]


def test_dependents_are_gone_before_what_they_depend_on_is_stopped(scene) -> None:
    scene.write(CHAIN)
    scene.up()
    since = time.time()
    scene.run(*FILE, "down")
    found = ends(scene, since)
    assert sorted(found[:4]) == ["destroy web-1", "destroy web-2", "die web-1", "die web-2"]
    assert found[4:] == ["die api-1", "destroy api-1", "die db-1", "destroy db-1"]


@pytest.mark.oracle
@pytest.mark.parametrize("words", [FILE, ()])
def test_a_state_is_no_obstacle(scene, words) -> None:
    for program in (scene.oracle, scene.run):
        scene.write(CHAIN)
        scene.up()
        api = scene.client.api
        api.pause(scene.container("db")["Id"])
        api.stop(scene.container("api")["Id"])
        api.kill(scene.container("web", 2)["Id"])
        program(*words, "down", "-v")
        assert scene.nothing_left()


@pytest.mark.oracle
@pytest.mark.parametrize("words", [FILE, ()])
def test_nothing_to_take_down_is_a_success(scene, words) -> None:
    scene.write(CHAIN)
    for program in (scene.oracle, scene.run):
        done = program(*words, "down", "-v", "--rmi", "local", "--remove-orphans")
        assert done.stdout == ""
    assert "no resource found to remove for project" in done.stderr


def test_what_strangers_use_is_left_to_them_and_they_are_named(scene) -> None:
    scene.write(CHAIN)
    scene.up()
    network, volume = f"{scene.name}_default", f"{scene.name}_data"
    stranger = scene.client.api.create_container(
        scene.image,
        "sleep 1000",
        name=f"{scene.name}.stranger",
        volumes=["/x"],
        host_config=scene.client.api.create_host_config(
            binds=[f"{volume}:/x"], network_mode=network
        ),
    )
    try:
        scene.client.api.start(stranger)
        told = scene.run("down", "-v", code=1).stderr
        for what in (f"Network {network}", f"Volume {volume}"):
            assert f"{what}: it is still used by container '{scene.name}.stranger'" in told
        assert scene.names() == []
        assert (scene.networks(), scene.volumes()) == ([network], [volume])
    finally:
        scene.client.api.remove_container(stranger, force=True)
    scene.run("down", "-v")
    assert scene.nothing_left()


def test_a_grace_period_of_nothing_is_no_wait(scene) -> None:
    scene.write(CHAIN.replace("init: true", "stop_grace_period: 300s"))
    scene.up()
    began = time.monotonic()
    scene.run(*FILE, "down", "-t", "0")
    assert time.monotonic() - began < 300  # of the 900 that three levels would take
    assert scene.names() == []
