"""Streams that break off: output goes on where it stopped, or the command says that it did not."""

from __future__ import annotations

import re

import pytest
from fake_scene import FakeScene
from fault_proxy import Fault, Request, cut_after, dropped

WEB = "services:\n  web: {image: IMAGE}\n"
LINES = 50


def followed(request: Request) -> bool:
    return request.path.endswith("/logs") and request.query.get("follow") == "1"


def cut_often(sizes: list[int]):
    """Return a rule: followed logs are cut after so many bytes, the next after so many, …"""
    left = list(sizes)

    def rule(request: Request) -> Fault | None:
        return cut_after(left.pop(0)) if followed(request) and left else None

    return rule


def lines(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\| line (\d+)$", text, re.MULTILINE)]


def write(scene: FakeScene, first: int, last: int) -> None:
    for number in range(first, last):
        scene.engine.write("demo-web-1", b"line %d\n" % number)
        scene.engine.advance(1)


@pytest.mark.parametrize("sizes", [[600], [600, 300], [1, 600, 7]])
def test_f_28_followed_logs_go_on_after_their_stream_was_cut(scene: FakeScene, sizes) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    write(scene, 0, LINES)
    scene.proxy.reset(cut_often(sizes))
    running = scene.start("logs", "-f")
    running.until(lambda: len(lines(running.stdout)) == LINES)
    write(scene, LINES, LINES + 1)
    running.until(lambda: len(lines(running.stdout)) == LINES + 1)
    scene.engine.exit("demo-web-1")
    assert running.end() == 0
    assert lines(running.stdout) == list(range(LINES + 1))


@pytest.mark.parametrize("sizes", [[600], [1, 300]])
def test_f_28_an_attached_up_goes_on_after_its_stream_was_cut(scene: FakeScene, sizes) -> None:
    scene.write(WEB)
    scene.proxy.reset(cut_often(sizes))
    running = scene.start("up")
    running.until(lambda: scene.states() == {"web-1": "running"})
    write(scene, 0, LINES)
    running.until(lambda: len(lines(running.stdout)) == LINES)
    scene.engine.exit("demo-web-1")
    assert running.end() == 0
    assert lines(running.stdout) == list(range(LINES))


def test_f_28_logs_that_cannot_be_read_any_more_are_no_success(scene: FakeScene) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    write(scene, 0, LINES)
    scene.proxy.reset(lambda request: dropped if request.path.endswith("/logs") else None)
    done = scene.run("logs", "-f", code=1)
    assert "output can't be read: lost the connection" in done.stderr


def test_f_27_all_streams_cut_under_an_attached_up_are_told_and_nothing_stops(
    scene: FakeScene,
) -> None:
    scene.write(WEB)
    running = scene.start("up")
    running.until(lambda: any(map(followed, scene.proxy.requests)))
    write(scene, 0, 1)
    running.until(lambda: lines(running.stdout) == [0])
    assert scene.proxy.cut()
    assert running.end() == 1
    assert "lost the connection to the engine during GET /events" in running.stderr
    assert "Traceback" not in running.stderr
    assert scene.states() == {"web-1": "running"}


def test_f_26_a_wait_whose_connection_is_cut_is_no_success(scene: FakeScene) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    running = scene.start("wait", "web")
    running.until(lambda: any(r.path.endswith("/wait") for r in scene.proxy.requests))
    assert scene.proxy.cut()
    assert running.end() == 1
    assert "lost the connection to the engine during POST /containers/" in running.stderr
