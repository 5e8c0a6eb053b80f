"""An interrupt while the engine does not answer: the command ends, whatever it waits for."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pexpect
import pytest
from fake_scene import FakeScene
from fault_proxy import Request, stuck

WEB = """\
services:
  web: {image: IMAGE}
  db: {image: IMAGE}
"""
INTERRUPTED = 130


def stop_at(scene: FakeScene, which: Callable[[Request], bool]) -> None:
    """Let all requests of a kind wait for an answer that does not come."""
    scene.proxy.reset(lambda request: stuck if which(request) else None)


def held(scene: FakeScene) -> None:
    """Wait until a request waits."""
    assert scene.proxy.held.acquire(timeout=60)


def interrupted(scene: FakeScene, *words: str) -> None:
    """Interrupt a command whose request waits: it ends, with the right code."""
    running = scene.start(*words)
    held(scene)
    running.interrupt()
    assert running.end() == INTERRUPTED
    assert "Traceback" not in running.stderr
    scene.proxy.reset()


@pytest.mark.parametrize("path", ["/networks/create", "/containers/create", "/start", "/networks"])
@pytest.mark.parametrize("words", ["up -d", "up", "up --wait"])
def test_f_10_an_interrupted_up_ends_at_once_and_the_next_converges(
    scene: FakeScene, words: str, path: str
) -> None:
    scene.write(WEB)
    stop_at(scene, lambda request: request.path.endswith(path))
    interrupted(scene, *words.split())
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    assert scene.networks() == ["demo_default"]
    assert scene.nothing_to_do()


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("stop", "/stop"),
        ("down", "/stop"),
        ("restart", "/restart"),
        ("kill", "/kill"),
        ("wait web", "/wait"),
        ("logs -f", "/logs"),
        ("ps", "/containers/json"),
    ],
)
def test_f_10_other_commands_end_at_once_too(scene: FakeScene, words: str, path: str) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    stop_at(scene, lambda request: request.path.endswith(path))
    interrupted(scene, *words.split())
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    scene.run("down")
    assert scene.nothing_left()


def test_f_11_an_interrupted_pull_ends_at_once(scene: FakeScene) -> None:
    scene.engine.add_image("slow:1", local=False)
    scene.write(WEB.replace("web: {image: IMAGE}", "web: {image: 'slow:1'}"))
    stop_at(scene, lambda request: request.path == "/images/create")
    interrupted(scene, "up", "-d")
    assert scene.nothing_left()
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running", "db-1": "running"}


@pytest.mark.parametrize("size", [(1, 1), (0, 0)])
def test_f_15_an_interrupt_on_a_tiny_terminal_leaves_it_in_order(scene: FakeScene, size) -> None:
    scene.write(WEB)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pycompose", "-p", "demo", "up"],
        cwd=str(scene.folder),
        env={"TERM": "xterm", "LC_ALL": "C.UTF-8", "DOCKER_HOST": scene.proxy.address},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=60,
    )
    try:
        child.expect("Attaching")
        scene.engine.until(lambda: scene_runs(scene), timeout=60)
        child.setwinsize(*size)
        child.sendintr()
        told = child.read()
        child.close()
        assert child.exitstatus == INTERRUPTED, told
        assert "Traceback" not in told
        assert told.rfind("\x1b[?25l") <= told.rfind("\x1b[?25h")
    finally:
        child.close(force=True)
    assert scene.states() == {"web-1": "exited", "db-1": "exited"}


def scene_runs(scene: FakeScene) -> bool:
    return sum(call.method == "start_container" for call in scene.engine.changes) == 2


def test_f_16_an_interrupt_does_not_wait_for_a_dozen_threads(scene: FakeScene) -> None:
    count = 12
    lines = "".join(f"  s{number}: {{image: IMAGE}}\n" for number in range(count))
    scene.write(f"services:\n{lines}")
    stop_at(scene, lambda request: request.path.startswith("/containers/create"))
    running = scene.start("--parallel", str(count), "up", "-d")
    for _ in range(count):
        held(scene)
    running.interrupt()
    assert running.end() == INTERRUPTED
    assert "Traceback" not in running.stderr
    scene.proxy.reset()
    scene.run("up", "-d")
    assert len(scene.states()) == count
    assert scene.nothing_to_do()
