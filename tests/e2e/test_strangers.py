"""What others have on the engine is never joined, changed or removed; they are told of."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import docker
import docker.errors
import pytest

from pycompose import labels

pytestmark = pytest.mark.docker

WEB = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    networks: [front]
    volumes: [data:/data]
networks:
  front: {labels: {version: "1"}}
volumes:
  data: {}
"""
Run = Callable[..., str]


@pytest.fixture
def network(client: docker.DockerClient) -> Iterator[Run]:
    """Makes networks that are no project's, or another one's; returns the id."""
    made: list[str] = []

    def make(name: str, **marks: str) -> str:
        body = {"Name": name, "CheckDuplicate": False, "Labels": marks}
        url = client.api._url("/networks/create")
        answer = client.api._post_json(url, data=body)
        client.api._raise_for_status(answer)
        made.append(answer.json()["Id"])
        return made[-1]

    yield make
    for id in made:
        with contextlib.suppress(docker.errors.APIError):
            client.api.remove_network(id)


@pytest.fixture
def stranger(client: docker.DockerClient, project_name: str, image: str) -> Iterator[Run]:
    """Runs a container of no project; returns its name."""
    made = []

    def run(**options: object) -> str:
        name = f"{project_name}stranger{len(made)}"
        found = client.containers.run(
            image, "sleep 1000", detach=True, init=True, name=name, **options
        )
        made.append(found)
        return name

    yield run
    for container in made:
        with contextlib.suppress(docker.errors.NotFound):
            container.remove(force=True)


def running(client: docker.DockerClient, name: str) -> bool:
    return bool(client.api.inspect_container(name)["State"]["Running"])


def there(client: docker.DockerClient, network: str) -> bool:
    try:
        client.api.inspect_network(network)
    except docker.errors.NotFound:
        return False
    return True


@pytest.mark.parametrize("number", [38, 39])
def test_f_38_and_f_39_the_network_of_somebody_else_is_not_joined(
    scene, client, network, number
) -> None:
    marks = {labels.PROJECT: "other", labels.NETWORK: "front"} if number == 39 else {}
    theirs = network(f"{scene.name}_front", **marks)
    scene.write(WEB)
    told = scene.run("up", "-d", code=1).stderr
    of = "belongs to project 'other'" if marks else "was not created by this project"
    assert (
        f"compose.yaml:10:10: networks.front: a network named '{scene.name}_front' exists" in told
    )
    assert of in told
    assert "say 'external: true' to use it" in told
    assert scene.names() == scene.volumes() == []
    scene.run("down", "-v")
    assert there(client, theirs)


def test_f_40_of_two_networks_of_one_name_one_is_used(scene, client, network) -> None:
    marks = {labels.PROJECT: scene.name, labels.NETWORK: "front"}
    both = {network(f"{scene.name}_front", **marks) for _ in "ab"}
    scene.write(WEB)
    scene.up()
    assert scene.states() == {"web-1": "running"}
    assert len([id for id in both if there(client, id)]) == 1
    before = scene.ids()
    scene.up()
    assert scene.ids() == before
    scene.run("down", "-v")
    assert scene.nothing_left()


def test_f_40_two_networks_of_one_name_are_merged_though_both_are_used(
    scene, client, network
) -> None:
    scene.write(
        WEB.replace(
            "  web:",
            "  db: &db\n    image: IMAGE\n    command: sleep 1000\n"
            "    init: true\n    stop_grace_period: 0s\n    networks: [front]\n  web:",
        )
    )
    scene.up()
    marks = {labels.PROJECT: scene.name, labels.NETWORK: "front"}
    second = network(f"{scene.name}_front", **marks)
    db = scene.container("db")
    for end in db["NetworkSettings"]["Networks"].values():
        client.api.disconnect_container_from_network(db["Id"], end["NetworkID"])
    client.api.connect_container_to_network(db["Id"], second)
    scene.up()
    scene.up()
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    ids = {
        end["NetworkID"]
        for one in scene.containers().values()
        for end in one["NetworkSettings"]["Networks"].values()
    }
    assert len(ids) == 1
    assert scene.networks() == [f"{scene.name}_front"]


def test_f_43_a_changed_network_that_a_stranger_is_on_is_left_as_it_is(
    scene, client, stranger
) -> None:
    scene.write(WEB)
    scene.up()
    before = scene.ids()
    name = stranger(network=f"{scene.name}_front")
    scene.write(WEB.replace('"1"', '"2"'))
    told = scene.run("up", "-d", code=1).stderr
    assert "compose.yaml:10:10: networks.front: " in told
    assert f"container '{name}'" in told
    assert scene.ids() == before
    assert scene.states() == {"web-1": "running"}
    assert running(client, name)
    client.api.remove_container(name, force=True)
    scene.up()
    assert scene.states() == {"web-1": "running"}


def test_f_45_the_volume_of_somebody_else_outlives_down(scene, client) -> None:
    theirs = scene.make_volume(f"{scene.name}_data")
    scene.write(WEB)
    told = scene.up().stderr
    assert "was not created by this project, it is used as it is" in told
    assert "kept" in scene.run("-f", "compose.yaml", "down", "-v").stderr
    assert scene.volume_there(theirs)


def test_f_47_a_down_tells_who_still_uses_what_it_was_to_remove(scene, client, stranger) -> None:
    scene.write(WEB)
    scene.up()
    name = stranger(network=f"{scene.name}_front", volumes=[f"{scene.name}_data:/data"])
    told = scene.run("down", "-v", code=1).stderr
    assert f"Network {scene.name}_front: " in told
    assert f"Volume {scene.name}_data: " in told
    assert told.count(f"'{name}'") >= 2
    assert running(client, name)
    assert scene.names() == []
    client.api.remove_container(name, force=True)
    scene.run("down", "-v")
    assert scene.nothing_left()
