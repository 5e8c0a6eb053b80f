"""Every request of a command meets every fault: it is told of, and the next `up` repairs it.

A part of the requests, chosen by a seed; `scripts/soak` has all of them, and a real engine, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fake_scene import FakeScene
from fault_proxy import FAULTS, Request, once, unexplained
from inside import Done
from thorough import chosen

from pycompose import labels

COMPOSE = """\
name: demo
services:
  db:
    image: IMAGE
    environment: {ROUND: "0"}
    volumes: ["data:/data", "/anonymous"]
    networks: [back]
    healthcheck: {test: "true"}
  web:
    image: IMAGE
    networks: [front, back]
    secrets: [{source: token, mode: 0o400}]
    depends_on: {db: {condition: service_healthy, restart: true}}
    scale: 2
  job:
    image: IMAGE
networks: {front: {}, back: {}}
volumes: {data: {}}
secrets: {token: {environment: TOKEN}}
"""
NAMES = ["demo-db-1", "demo-job-1", "demo-web-1", "demo-web-2"]


def write(scene: FakeScene, version: str) -> None:
    scene.write(COMPOSE.replace('"0"', f'"{version}"'))


def run(scene: FakeScene, *words: str) -> Done:
    return scene.run(*words, code=None, TOKEN="x")


def start_over(scene: FakeScene, *, version: str = "") -> None:
    """Have a new engine; one on which `up` has run already if a version is given."""
    scene.start_over()
    if version:
        write(scene, version)
        assert run(scene, "up", "-d").code == 0


def converged(scene: FakeScene) -> None:
    """One more `up` makes everything as it is to be, and another one finds nothing to do."""
    repaired = run(scene, "up", "-d")
    assert repaired.code == 0, repaired.stderr
    engine = scene.engine
    rows = engine.list_containers()
    assert sorted(row["Names"][0] for row in rows) == [f"/{name}" for name in NAMES]
    assert {row["State"] for row in rows} == {"running"}
    found = [n["Name"] for n in engine.list_networks() if n["Name"].startswith("demo_")]
    assert sorted(found) == ["demo_back", "demo_default", "demo_front"]
    for number in "12":
        assert "/run/secrets/token" in engine.container(f"demo-web-{number}").files
    planned = run(scene, "plan", "--detailed-exitcode")
    assert planned.code == 0, planned.stdout + planned.stderr


def each_request(
    scene: FakeScene, name: str, prepare: Callable[[], None], *words: str
) -> Iterator[tuple[Done, str]]:
    """Run a command again and again: its first request meets the fault, then its second…

    Yields what became of it and which request it was.
    """
    prepare()
    scene.proxy.reset()
    assert run(scene, *words).code == 0
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
        done = run(scene, *words)
        scene.proxy.reset()
        yield done, "".join(hit)


def told(done: Done, request: str) -> None:
    """A command that failed has said of what, in words of its own."""
    assert not unexplained(done.code, done.stderr, request)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fresh_up_survives_a_fault_of_every_request(scene: FakeScene, name: str) -> None:
    write(scene, "0")
    for done, request in each_request(scene, name, scene.start_over, "up", "-d"):
        told(done, request)
        converged(scene)


@pytest.mark.parametrize("name", FAULTS)
def test_a_recreating_up_survives_a_fault_of_every_request(scene: FakeScene, name: str) -> None:
    def prepare() -> None:
        start_over(scene, version="0")
        write(scene, "1")

    for done, request in each_request(scene, name, prepare, "up", "-d"):
        told(done, request)
        converged(scene)
        environment = scene.engine.inspect_container("demo-db-1")["Config"]["Env"]
        assert "ROUND=1" in environment


@pytest.mark.parametrize("name", FAULTS)
def test_a_down_survives_a_fault_of_every_request(scene: FakeScene, name: str) -> None:
    for done, request in each_request(
        scene, name, lambda: start_over(scene, version="0"), "down", "-v"
    ):
        told(done, request)
        again = run(scene, "down", "-v")
        assert again.code == 0, again.stderr
        engine = scene.engine
        mine = {"label": [f"{labels.PROJECT}=demo"]}
        assert engine.list_containers(filters=mine) == []
        assert engine.list_networks(filters=mine) == []
        assert engine.list_volumes() == []
