"""What stands in the way of `up` on a real engine is told before anything is made."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import docker
import pytest

pytestmark = pytest.mark.docker

WEB = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    ports: ["PORT:80"]
"""


@pytest.fixture
def holder(client: docker.DockerClient, project_name: str, image: str, free_port: int) -> Iterator:
    """A container of no project that holds a port."""
    made = client.containers.run(
        image,
        "sleep 1000",
        detach=True,
        init=True,
        name=f"{project_name}holder",
        ports={"80/tcp": free_port},
    )
    yield made
    made.remove(force=True)


def test_f_31_a_port_held_by_a_container_is_told_with_its_name(scene, holder, free_port) -> None:
    file = scene.write(WEB.replace("PORT", str(free_port)))
    told = scene.run("up", "-d", code=1).stderr
    assert f"{file.name}:7:13: services.web.ports[0]: port {free_port}/tcp of the host" in told
    assert f"is held by container '{holder.name}'" in told
    assert scene.nothing_left()
    assert scene.run("plan", code=1).stderr == told
    assert scene.run("--dry-run", "up", "-d", code=1).stderr == told
    holder.stop(timeout=0)
    scene.up()
    assert scene.states() == {"web-1": "running"}


def test_f_31_a_port_held_by_a_process_is_told_with_its_id(scene, free_port) -> None:
    scene.write(WEB.replace("PORT", str(free_port)))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", free_port))
        listening.listen()
        told = scene.run("up", "-d", code=1).stderr
    assert f"port {free_port}/tcp of the host is held by process " in told
    assert scene.nothing_left()
    scene.up()


def test_f_31_a_port_wanted_twice_is_told_with_both_places(scene, free_port) -> None:
    text = WEB.replace("PORT", str(free_port))
    file = scene.write(text + text[len("services:\n") :].replace("web", "worker"))
    told = scene.run("up", "-d", code=1).stderr
    assert f"{file.name}:13:13: services.worker.ports[0]: port {free_port}/tcp" in told
    assert f"is held by service 'web' ({file.name}:7:13)" in told
    assert scene.nothing_left()


def test_a_port_that_up_itself_frees_is_no_conflict(scene, free_port) -> None:
    scene.write(WEB.replace("PORT", str(free_port)))
    scene.up()
    scene.up("--force-recreate")
    scene.write(WEB.replace("PORT", str(free_port)).replace("web", "other"))
    assert "is held by container" in scene.run("up", "-d", code=1).stderr
    scene.up("--remove-orphans")
    assert scene.states() == {"other-1": "running"}


def test_services_swap_their_ports_in_one_up(scene) -> None:
    # The engine picks both ports first, so that nobody else has them.
    text = WEB.replace('"PORT:80"', '"80"')
    scene.write(text + text[len("services:\n") :].replace("web", "api"))
    scene.up()
    web, api = (
        scene.container(name)["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"]
        for name in ("web", "api")
    )
    for ports in ((web, api), (api, web)):
        swapped = [WEB.replace("PORT", ports[0]), WEB.replace("PORT", ports[1])]
        scene.write(swapped[0] + swapped[1][len("services:\n") :].replace("web", "api"))
        scene.up()
    assert scene.container("web")["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"] == api
    assert scene.states() == {"web-1": "running", "api-1": "running"}


def test_f_37_a_name_that_another_project_has_is_told_with_it(scene, project_name) -> None:
    named = WEB.replace('    ports: ["PORT:80"]\n', f"    container_name: {project_name}named\n")
    scene.write(named)
    scene.up()
    before = scene.ids()
    told = scene.run("-p", f"{project_name}other", "up", "-d", code=1).stderr
    assert f"services.web.container_name: the name '{project_name}named' is taken by" in told
    assert f"(service 'web' of project '{project_name}')" in told
    assert scene.ids() == before
    scene.up()


def test_f_46_everything_that_is_missing_is_told_at_once(scene) -> None:
    (scene.folder / "conf.yml").touch()
    scene.write(
        """\
services:
  web:
    image: IMAGE
    volumes:
      - {type: bind, source: ./conf.yaml, target: /conf}
      - data:/data
    networks: [shared]
    secrets: [token]
  api:
    image: none.invalid/none
    pull_policy: never
    volumes: ["./made:/made"]
volumes:
  data: {external: true, name: PROJECTnone}
networks:
  shared: {external: true, name: PROJECTnone}
secrets:
  token: {file: ./token}
""".replace("PROJECT", scene.name)
    )
    told = scene.run("up", "-d", code=1).stderr.splitlines()
    heads = [line.split(": ")[1] for line in told if line.startswith("compose.yaml:")]
    assert heads == [
        "services.web.volumes[0].source",
        "services.api.pull_policy",
        "volumes.data",
        "networks.shared",
        "secrets.token.file",
    ]
    assert "did you mean" in told[0]
    assert "conf.yml" in told[0]
    assert scene.nothing_left()
    assert not (scene.folder / "conf.yaml").exists()
    assert not (scene.folder / "made").exists()
