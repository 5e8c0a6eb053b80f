"""Rolling updates on a real engine, with somebody at the door all the time."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

UPDATES = int(os.environ.get("PYCOMPOSE_TEST_UPDATES", "3"))
PYTHON = "python:3.12-alpine"
SERVERS = Path(__file__).with_name("servers")
SERVED = """\
services:
  app:
    image: python:3.12-alpine
    command: python3 -u /servers/app.py
    volumes: ["./servers:/servers:ro"]
    environment: {VERSION: "${VERSION}"}
    scale: 2
    healthcheck: {test: "test -e /tmp/listening", interval: 300ms, retries: 100}
    x-rolling:
      drain: [python3, /servers/drain.py]
    deploy:
      update_config: {order: start-first}
  proxy:
    image: python:3.12-alpine
    command: python3 -u /servers/proxy.py
    init: true
    volumes: ["./servers:/servers:ro"]
    ports: ["127.0.0.1::8000"]
    healthcheck: {test: "test -e /tmp/listening", interval: 300ms, retries: 100}
"""
SLEEPING = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 2s
    scale: 2
    environment: {VERSION: "1"}
    x-rolling: true
    deploy:
      update_config: {order: start-first}
"""


class Prober:
    """Somebody who asks for a page again and again, and notes the answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask) for _ in range(2)]

    def _ask(self) -> None:
        while not self.over.is_set():
            try:
                with urllib.request.urlopen(self.url, timeout=60) as answer:
                    self.answers[answer.read().decode()] += 1
            except OSError as error:
                self.failures.append(repr(error))
            time.sleep(0.005)

    def asked(self) -> int:
        return self.answers.total() + len(self.failures)


@contextlib.contextmanager
def probing(url: str) -> Iterator[Prober]:
    prober = Prober(url)
    for thread in prober.threads:
        thread.start()
    try:
        yield prober
    finally:
        prober.over.set()
        for thread in prober.threads:
            thread.join()


@pytest.fixture
def served(scene):
    """A project of two servers behind a proxy that is told of containers by the engine's DNS."""
    if not scene.client.images.list(PYTHON):
        prepared = os.environ.get("PYCOMPOSE_TEST_ENGINE") == "required"
        (pytest.fail if prepared else pytest.skip)(f"no image {PYTHON}: see scripts/images")
    (scene.folder / "servers").mkdir()
    for file in SERVERS.glob("*.py"):
        (scene.folder / "servers" / file.name).write_text(file.read_text())
    scene.write(SERVED)
    scene.run("up", "-d", "--wait", VERSION="0")
    return scene


def url(scene) -> str:
    ports = scene.container("proxy")["NetworkSettings"]["Ports"]["8000/tcp"]
    return f"http://127.0.0.1:{ports[0]['HostPort']}/"


def test_nobody_notices_an_update(served) -> None:
    scene = served
    proxy = scene.container("proxy")["Id"]
    with probing(url(scene)) as prober:
        scene.wait(lambda: prober.answers["0"] > 10, "answers")
        for version in range(1, UPDATES + 1):
            before = scene.ids()
            scene.run("up", "-d", VERSION=str(version))
            after = scene.ids()
            assert after.keys() == before.keys()
            assert not set(after.values()) & {before["app-1"], before["app-2"]}
            seen = prober.answers[str(version)]
            scene.wait(lambda seen=seen, v=str(version): prober.answers[v] > seen + 10, "answers")
    assert prober.failures == []
    assert [*prober.answers] == [str(version) for version in range(UPDATES + 1)]
    assert scene.container("proxy")["Id"] == proxy
    print(f"{prober.asked()} requests, {UPDATES} updates, {len(prober.failures)} failures")


def test_nobody_notices_an_update_that_fails(served) -> None:
    scene = served
    with probing(url(scene)) as prober:
        before = scene.ids()
        scene.write("services: {app: {command: sh -c 'echo no luck; exit 3'}}\n", "bad.yaml")
        files = ("-f", "compose.yaml", "-f", "bad.yaml")
        told = scene.run(*files, "up", "-d", code=1, VERSION="1").stderr
        assert scene.ids() == before
        asked = prober.asked()
        scene.wait(lambda: prober.asked() > asked + 10, "answers")
    assert prober.failures == []
    assert [*prober.answers] == ["0"]
    temporary = f"{before['app-1'][:12]}_{scene.name}-app-1"
    assert f"Container {scene.name}-app-1: container {temporary} exited (3)" in told
    assert "  it is taken away, and the old container runs on\n" in told
    assert "  the end of its output:\n    no luck\n" in told


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
@pytest.mark.parametrize("action", ["pause", "rollback"])
def test_a_version_that_is_not_healthy_leaves_the_old_containers(scene, order, action) -> None:
    text = SLEEPING.replace("start-first}", f"{order}, failure_action: {action}}}")
    scene.write(text)
    scene.up()
    before = scene.ids()
    check = (
        "healthcheck: {test: 'echo sick; test $$(hostname) = good', interval: 200ms, retries: 1}"
    )
    scene.write(text.replace("x-rolling: true", f"x-rolling: true\n    {check}"))
    told = scene.run("up", "-d", code=1).stderr
    assert scene.ids() == before
    assert set(scene.states().values()) == {"running"}
    assert f"_{scene.name}-web-1 is unhealthy (its last probe exited with 1: sick)" in told
    assert "its health check at compose.yaml:10:18: unhealthy" in told
    assert scene.volumes() == []


def test_a_rollback_brings_back_those_that_were_replaced(scene) -> None:
    rollback = SLEEPING.replace("start-first}", "start-first, failure_action: rollback}")
    scene.write(rollback)
    scene.up()
    before = scene.ids()
    # The first new container takes the mark away that the second one would need.
    bad = rollback.replace(
        "command: sleep 1000", "command: sh -c 'rmdir /shared/one && exec sleep 1000'"
    ).replace("x-rolling: true", "x-rolling: true\n    volumes: ['./shared:/shared']")
    scene.write(bad)
    (scene.folder / "shared" / "one").mkdir(parents=True)
    (scene.folder / "shared").chmod(0o777)
    told = scene.run("up", "-d", code=1).stderr
    assert f"_{scene.name}-web-2 exited (1)" in told
    assert scene.ids() == before
    assert set(scene.states().values()) == {"running"}


def test_an_update_that_was_killed_is_finished_by_the_next_up(scene) -> None:
    text = SLEEPING.replace("start-first}", "start-first, monitor: 3s}")
    scene.write(text)
    scene.up()
    before = scene.ids()
    new = text.replace('VERSION: "1"', 'VERSION: "2"')
    scene.write(new)
    running = scene.start("up", "-d")
    scene.wait(lambda: len(scene.names()) == 3, "the first new container")
    running.kill()
    assert set(before.values()) < set(scene.ids().values())
    # It has to serve before the old one goes, though nobody asks for a rolling update any more.
    scene.write(new.replace("x-rolling: true", "x-rolling: false"))
    since = time.time()
    scene.up()
    assert scene.names() == ["web-1", "web-2"]
    assert not set(before.values()) & set(scene.ids().values())
    assert set(scene.states().values()) == {"running"}
    assert scene.changes(since)
    since = time.time()
    scene.up()
    assert scene.changes(since) == []


def test_an_interrupted_update_leaves_the_old_containers_running(scene) -> None:
    text = SLEEPING.replace("start-first}", "start-first, monitor: 600s}")
    scene.write(text)
    scene.up()
    before = scene.ids()
    scene.write(text.replace('VERSION: "1"', 'VERSION: "2"'))
    running = scene.start("up", "-d")
    scene.wait(lambda: len(scene.names()) == 3, "the first new container")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=60) == 130
    assert set(before.values()) < set(scene.ids().values())


def test_what_makes_it_impossible_is_told_before_anything_changes(scene, free_port) -> None:
    ports = f"ports: ['127.0.0.1:{free_port}:80']"
    one = SLEEPING.replace("scale: 2", ports)
    scene.write(one)
    scene.up()
    before, since = scene.ids(), time.time()
    scene.write(one.replace('VERSION: "1"', 'VERSION: "2"'))
    told = scene.run("up", "-d", code=1).stderr
    assert (
        f"compose.yaml:7:13: services.web.ports[0]: port {free_port}/tcp of the host cannot be held"
        " by old and new containers at once ('deploy.update_config.order: stop-first'"
    ) in told
    assert scene.ids() == before
    assert scene.changes(since) == []
    scene.write(one.replace('VERSION: "1"', 'VERSION: "2"').replace("start-first", "stop-first"))
    scene.up()
    assert scene.names() == ["web-1"]
    assert scene.ids() != before


def test_a_name_of_its_own_is_no_obstacle(scene) -> None:
    one = SLEEPING.replace("scale: 2", f"container_name: {scene.name}-mine")
    scene.write(one)
    scene.up()
    before = scene.ids()
    scene.write(one.replace('VERSION: "1"', 'VERSION: "2"'))
    scene.up()
    assert scene.names() == ["mine"]
    assert scene.ids() != before
