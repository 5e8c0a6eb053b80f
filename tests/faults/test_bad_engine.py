"""Every request of a command meets every fault: it is told of, and the next `up` repairs it.

A part of the requests, chosen by a seed; `scripts/soak` has all of them, and a real engine, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_server import FakeServer, serving
from fault_proxy import FAULTS, Proxy, Request, once
from inside import Done, run
from projects import IMAGE
from thorough import chosen

from pycompose import labels
from pycompose.engine.fake import FakeEngine

COMPOSE = f"""\
name: demo
services:
  db:
    image: {IMAGE}
    environment: {{ROUND: "0"}}
    volumes: ["data:/data", "/anonymous"]
    networks: [back]
    healthcheck: {{test: "true"}}
  web:
    image: {IMAGE}
    networks: [front, back]
    secrets: [{{source: token, mode: 0o400}}]
    depends_on: {{db: {{condition: service_healthy, restart: true}}}}
    scale: 2
  job:
    image: {IMAGE}
networks: {{front: {{}}, back: {{}}}}
volumes: {{data: {{}}}}
secrets: {{token: {{environment: TOKEN}}}}
"""
NAMES = ["demo-db-1", "demo-job-1", "demo-web-1", "demo-web-2"]
# What a message begins with; or else it tells the path of the request.
NAMED = re.compile(r"^(Container|Network|Volume|Service) \S+: ", re.MULTILINE)


class Scene:
    """A folder, an engine in memory behind a server, and a proxy before it."""

    def __init__(self, folder: Path, server: FakeServer, proxy: Proxy) -> None:
        self.folder = folder
        self.server = server
        self.proxy = proxy

    def start_over(self, *, version: str = "") -> None:
        """Have a new engine; one on which `up` has run already if a version is given."""
        engine = FakeEngine()
        engine.add_image(IMAGE)
        self.server.engine = engine
        self.proxy.reset()
        if version:
            self.write(version)
            assert self.run("up", "-d").code == 0

    def write(self, version: str) -> None:
        (self.folder / "compose.yaml").write_text(COMPOSE.replace('"0"', f'"{version}"'))

    def run(self, *words: str) -> Done:
        host = self.proxy.address
        runtime = str(self.folder)
        return run(*words, folder=self.folder, DOCKER_HOST=host, XDG_RUNTIME_DIR=runtime, TOKEN="x")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    sockets = [str(tmp_path / name) for name in ("engine", "proxy")]
    with serving(FakeEngine(), sockets[0]) as server, Proxy(sockets[1], sockets[0]) as proxy:
        yield Scene(tmp_path, server, proxy)


def converged(scene: Scene) -> None:
    """One more `up` makes everything as it is to be, and another one finds nothing to do."""
    repaired = scene.run("up", "-d")
    assert repaired.code == 0, repaired.stderr
    engine = scene.server.engine
    rows = engine.list_containers()
    assert sorted(row["Names"][0] for row in rows) == [f"/{name}" for name in NAMES]
    assert {row["State"] for row in rows} == {"running"}
    found = [n["Name"] for n in engine.list_networks() if n["Name"].startswith("demo_")]
    assert sorted(found) == ["demo_back", "demo_default", "demo_front"]
    for number in "12":
        assert "/run/secrets/token" in engine.container(f"demo-web-{number}").files
    planned = scene.run("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.stdout + planned.stderr


def each_request(
    scene: Scene, name: str, prepare: Callable[[], None], *words: str
) -> Iterator[tuple[Done, str]]:
    """Run a command again and again: its first request meets the fault, then its second…

    Yields what became of it and which request it was.
    """
    prepare()
    scene.proxy.reset()
    assert scene.run(*words).code == 0
    count = len(scene.proxy.requests)
    assert count > 10
    # A request more or less may be made where others were slow.
    for number in range(1, count + 1):
        if not chosen(name, words, number):
            continue
        prepare()
        hit: list[str] = []

        def which(request: Request, number: int = number, hit: list[str] = hit) -> bool:
            if request.number == number:
                hit.append(str(request))
            return bool(hit)

        scene.proxy.reset(once(which, FAULTS[name]))
        done = scene.run(*words)
        scene.proxy.reset()
        yield done, "".join(hit)


def told(done: Done, request: str) -> None:
    """A command that failed has said of what, in words of its own."""
    for text in ("Traceback", "defect", "<html", "Error None"):
        assert text not in done.stdout + done.stderr, f"{request}:\n{done.stderr}"
    assert done.code in (0, 1)
    if done.code:
        words = done.stderr.splitlines()[-1]
        named = NAMED.search(words) or request.partition(" ")[2] in words
        assert named, f"{request}:\n{done.stderr}"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fresh_up_survives_a_fault_of_every_request(scene: Scene, name: str) -> None:
    scene.write("0")
    for done, request in each_request(scene, name, scene.start_over, "up", "-d"):
        told(done, request)
        converged(scene)


@pytest.mark.parametrize("name", FAULTS)
def test_a_recreating_up_survives_a_fault_of_every_request(scene: Scene, name: str) -> None:
    def prepare() -> None:
        scene.start_over(version="0")
        scene.write("1")

    for done, request in each_request(scene, name, prepare, "up", "-d"):
        told(done, request)
        converged(scene)
        environment = scene.server.engine.inspect_container("demo-db-1")["Config"]["Env"]
        assert "ROUND=1" in environment


@pytest.mark.parametrize("name", FAULTS)
def test_a_down_survives_a_fault_of_every_request(scene: Scene, name: str) -> None:
    for done, request in each_request(
        scene, name, lambda: scene.start_over(version="0"), "down", "-v"
    ):
        told(done, request)
        again = scene.run("down", "-v")
        assert again.code == 0, again.stderr
        engine = scene.server.engine
        mine = {"label": [f"{labels.PROJECT}=demo"]}
        assert engine.list_containers(filters=mine) == []
        assert engine.list_networks(filters=mine) == []
        assert engine.list_volumes() == []
