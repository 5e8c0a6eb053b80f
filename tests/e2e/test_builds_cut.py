"""A build that is killed or interrupted ends in the engine too, and leaves nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker


@pytest.fixture
def building(scene):
    """A build that does not end by itself, begun; and what tells whether it still runs."""
    mark = f"{scene.name}build"
    scene.write("services:\n  web: {build: .}\n")
    scene.write(f"FROM IMAGE\nRUN echo {mark}; sleep 1000\n", "Dockerfile")
    temporary = scene.folder / "tmp"
    temporary.mkdir()

    def runs() -> list[str]:
        rows = scene.client.api.containers(all=True)
        return [row["Id"] for row in rows if mark in row["Command"]]

    running = scene.start("up", "-d", TMPDIR=str(temporary))
    running.until(runs, "a container of the build")
    yield running, runs, temporary
    for id in runs():
        scene.client.api.remove_container(id, force=True)


def files(folder: Path) -> list[str]:
    return [name for _, _, names in os.walk(folder) for name in names if not name.endswith(".lock")]


def test_f_08_a_killed_build_leaves_no_container_and_no_file(scene, building) -> None:
    running, runs, temporary = building
    running.kill()
    scene.wait(lambda: not runs(), "the end of the build")
    assert files(temporary) == []
    assert scene.nothing_left()


def test_f_12_an_interrupted_build_ends_in_the_engine_too(scene, building) -> None:
    running, runs, temporary = building
    running.signal(signal.SIGINT)
    assert running.end() == 130
    assert "Traceback" not in running.stderr
    scene.wait(lambda: not runs(), "the end of the build")
    assert files(temporary) == []
    assert scene.nothing_left()
