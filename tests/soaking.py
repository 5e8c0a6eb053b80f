"""What `scripts/soak` does over and over on real engines; a trial that is not well raises.

The projects, and the trials: kill -9 at random moments, many `up` at once, an engine that ends in
the middle, requests that meet faults, answers that take long. All raise AssertionError.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from fault_proxy import FAULTS, Proxy, Request, delayed, once, unexplained
from ground import PATIENCE, Ground
from second_engine import SecondEngine

SIX = """\
x-base: &base
  image: IMAGE
  command: sleep 1000
  init: true
  stop_grace_period: 0s
  environment: {ROUND: "0"}
services:
  db:
    <<: *base
    volumes: [named:/named, /anonymous]
    networks: [back]
    healthcheck: {test: "true", interval: 500ms}
  web:
    <<: *base
    scale: 2
    networks: [front, back]
    depends_on: {db: {condition: service_healthy, restart: true}}
    secrets: [{source: token, mode: 0o400}]
  worker:
    <<: *base
    scale: WORKERS
    networks: [back]
    volumes: [/anonymous]
    depends_on: [db]
  # Takes no notice of SIGTERM: it goes on for a while after who stopped it was killed.
  cache: {<<: *base, init: false, stop_grace_period: 2s, volumes: [/anonymous], networks: [back]}
  front: {<<: *base, networks: [front], depends_on: [web]}
  sidecar: {<<: *base, network_mode: "service:front"}
networks: {front: {}, back: {}}
volumes: {named: {}}
secrets: {token: {environment: SOAK_TOKEN}}
"""
SINGLE = ("cache-1", "db-1", "front-1", "sidecar-1")
TOKEN = {"SOAK_TOKEN": "s3cret"}
DATA = {"db-1": ("/named", "/anonymous"), "cache-1": ("/anonymous",), "worker-1": ("/anonymous",)}


def six_names(workers: int) -> list[str]:
    return [*SINGLE, "web-1", "web-2", *(f"worker-{number + 1}" for number in range(workers))]


class Kills:
    """A project of six services whose commands are killed again and again; F-01 to F-06."""

    def __init__(self, ground: Ground, dice: random.Random) -> None:
        self.ground = ground
        self.dice = dice
        self.round = 0
        self.workers = 2
        self.slowest = {"up": 3.0, "recreate": 3.0, "scale": 2.0, "down": 2.0}  # seconds, guesses

    def begin(self) -> None:
        self._write()
        self.ground.run("up", "-d", **TOKEN)
        self._mark()

    def trial(self) -> str:
        """Kill one command at a random moment; see that one `up` makes all well; return which."""
        what = self.dice.choice([*self.slowest])
        if what == "recreate":
            self.round += 1
        elif what == "scale":
            self.workers = self.dice.choice([1, 2, 3])
        elif what == "up":
            self.ground.run("down")
        self._write()
        words = ("down",) if what == "down" else ("up", "-d")
        moment = self.dice.uniform(0.1, self.slowest[what])
        running = self.ground.start(*words, **TOKEN)
        began = time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(moment)
            self.slowest[what] = max(0.5, 0.9 * (time.monotonic() - began))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        self.ground.run("up", "-d", **TOKEN)
        self._check(lost=what in ("up", "down"))
        return what

    def end(self) -> None:
        self.ground.run("plan", "--detailed-exitcode", **TOKEN)
        self.ground.nothing_is_left(**TOKEN)

    def _write(self) -> None:
        text = SIX.replace("WORKERS", str(self.workers))
        self.ground.write(text.replace('"0"', f'"{self.round}"', 1))

    def _mark(self) -> None:
        for name, folders in DATA.items():
            for folder in folders:
                self.ground.shell(name, f"test -e {folder}/kept || echo kept > {folder}/kept")

    def _check(self, *, lost: bool) -> None:
        """Everything is as it is to be; `lost`: containers went, and with them unnamed volumes."""
        self.ground.is_right(six_names(self.workers))
        assert self.ground.shell("db-1", "cat /named/kept") == "kept\n", "named data is lost"
        if not lost:
            for name in DATA:
                told = self.ground.shell(name, "cat /anonymous/kept 2>/dev/null || true")
                assert told == "kept\n", f"unnamed data of {name} is lost"
        secret = self.ground.shell("web-2", "cat /run/secrets/token")
        assert secret == TOKEN["SOAK_TOKEN"], "a secret is missing"
        rounds = self.ground.shell("front-1", "echo $ROUND")
        assert rounds == f"{self.round}\n", f"round {rounds} instead of {self.round}"
        self._mark()


TWO = """\
services:
  web: {image: IMAGE, command: sleep 1000, stop_grace_period: 0s, volumes: ["data:/data"]}
  db: {image: IMAGE, command: sleep 1000, stop_grace_period: 0s}
volumes: {data: {}}
"""
TWO_NAMES = ["db-1", "web-1"]


def together(ground: Ground, count: int, *, apart: bool = False) -> None:
    """Run so many `up` of a new project at once; F-52. `apart`: nothing keeps them apart.

    All end well and make one project; without a lock, the next `up` makes one of what they made.
    """
    ground.write(TWO)
    commands = []
    for number in range(count):
        folder = ground.folder / f"runtime{number if apart else ''}"
        folder.mkdir(exist_ok=True)
        commands.append(ground.start("up", "-d", XDG_RUNTIME_DIR=str(folder)))
    told = [command.communicate(timeout=PATIENCE)[0] for command in commands]
    for command, text in zip(commands, told, strict=True):
        assert "Traceback" not in text, text
        assert "defect" not in text, text
        assert apart or command.returncode == 0, text
    if not apart:
        ground.is_right(TWO_NAMES)
    ground.converges(TWO_NAMES)
    ground.nothing_is_left()


def down_and_up(ground: Ground, delay: float) -> None:
    """Run `up` some seconds after a `down` has begun; F-53."""
    ground.write(TWO)
    ground.run("up", "-d")
    down = ground.start("down")
    time.sleep(delay)
    ground.run("up", "-d")
    told = down.communicate(timeout=PATIENCE)[0]
    assert down.returncode == 0, told
    ground.converges(TWO_NAMES)
    ground.nothing_is_left()


@contextlib.contextmanager
def frail(folder: Path, image: str, source: str) -> Iterator[tuple[SecondEngine, Ground]]:
    """Start an engine that may be killed, and a project on it."""
    with SecondEngine() as engine:
        engine.load(image, source)
        ground = Ground(folder, "soak", engine.socket, image)
        try:
            yield engine, ground
        finally:
            ground.engine.close()


def engine_ends(
    engine: SecondEngine, ground: Ground, number: int, delay: float, words: tuple[str, ...]
) -> None:
    """End the engine some seconds after a command has begun; F-24."""
    running = ground.start(*words, **TOKEN)
    time.sleep(delay)
    engine.end(number)
    told = running.communicate(timeout=PATIENCE)[0]
    assert "Traceback" not in told, told
    assert "defect" not in told, told
    engine.start()
    # The pool's connections ended with the engine.
    ground.engine.close()
    fresh = Ground(ground.folder, ground.name, ground.path, ground.image)
    ground.engine = fresh.engine
    ground.run("up", "-d", **TOKEN)
    ground.is_right(six_names(2))
    before = ground.ids()
    ground.run("up", "-d", **TOKEN)
    assert ground.ids() == before
    ground.run("plan", "--detailed-exitcode", **TOKEN)


THREE = """\
services:
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [data:/data, /anonymous]
    networks: [back]
    healthcheck: {test: "true", interval: 500ms}
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    networks: [front, back]
    secrets: [{source: token, mode: 0o400}]
    depends_on: {db: {condition: service_healthy}}
  job: {image: IMAGE, command: sleep 1000, stop_grace_period: 0s}
networks: {front: {}, back: {}}
volumes: {data: {}}
secrets: {token: {environment: SOAK_TOKEN}}
"""
THREE_NAMES = ["db-1", "job-1", "web-1"]


def requests_of_up(ground: Ground, proxy: Proxy) -> int:
    """Return how many requests `up` makes for three services on an engine that has none."""
    ground.write(THREE)
    proxy.reset()
    ground.run("up", "-d", host=proxy.address, **TOKEN)
    count = len(proxy.requests)
    ground.nothing_is_left(**TOKEN)
    return count


def fault(ground: Ground, proxy: Proxy, name: str, at: int) -> str:
    """Let the n-th request of `up` meet a fault; return that request, "" if there was none."""
    hit: list[str] = []

    def which(request: Request) -> bool:
        if request.number == at:
            hit.append(str(request))
        return bool(hit)

    ground.write(THREE)
    proxy.reset(once(which, FAULTS[name]))
    running = ground.start("up", "-d", host=proxy.address, **TOKEN)
    told = running.communicate(timeout=PATIENCE)[0]
    proxy.reset()
    request = "".join(hit)
    wrong = unexplained(running.returncode, told, request)
    assert not wrong, wrong
    ground.converges(THREE_NAMES, **TOKEN)
    ground.nothing_is_left(**TOKEN)
    return request


def slow(ground: Ground, proxy: Proxy, creation: float, listing: float, idle: float) -> None:
    """Let answers, and the output of a container, take so many seconds; F-23."""
    ground.write(
        f"services:\n  web: {{image: IMAGE, stop_grace_period: 0s,"
        f" command: sh -c 'echo one; sleep {idle}; echo two'}}\n"
    )
    proxy.reset(once(lambda r: r.path == "/containers/create", delayed(creation)))
    ground.run("up", "-d", host=proxy.address)
    proxy.reset(once(lambda r: r.path == "/containers/json", delayed(listing)))
    told = ground.run("ps", "-a", host=proxy.address)
    assert "web-1" in told, told
    proxy.reset()
    told = ground.run("logs", "-f", "--no-log-prefix", host=proxy.address)
    assert told.split() == ["one", "two"], told
    ground.nothing_is_left()
