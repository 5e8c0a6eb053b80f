"""`up --timings` as a user runs it, on an engine in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_scene import FakeScene, fake_scene
from projects import IMAGE

from pycompose.errors import EngineError

FILE = """\
services:
  db: {image: IMAGE}
  web: {image: IMAGE, depends_on: [db]}
"""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[FakeScene]:
    with fake_scene(tmp_path) as scene:
        scene.write(FILE)
        yield scene


def test_the_chart_is_printed_after_all_else(scene: FakeScene) -> None:
    done = scene.run("up", "-d", "--timings", "web")
    first, blank, *lines = done.stdout.splitlines()
    assert re.fullmatch(r"[\d.]+s in all; critical path \(\*\): [34] steps of 5", first)
    assert blank == ""
    assert lines[0].startswith("* #1 CreateNetwork network demo_default ")
    assert lines[-1].startswith("* #5 Start container demo-web-1 ")
    assert "Container demo-web-1 Started" in " ".join(done.stderr.split())


def test_pulls_are_in_it_and_hold_up_the_rest(scene: FakeScene) -> None:
    scene.engine.add_image(IMAGE, local=False)
    lines = scene.run("up", "-d", "--pull", "always", "--timings").stdout.splitlines()[2:]
    assert lines[0].startswith(f"* #1 PullImage image {IMAGE} ")
    assert "<- #1 " in lines[1]


def test_a_file_gets_it(scene: FakeScene) -> None:
    assert scene.run("up", "-d", "--timings=chart.svg", "--wait").stdout == ""
    assert (scene.folder / "chart.svg").read_text().startswith("<svg ")
    assert scene.run("up", "-d", "--timings=chart.txt").stdout == ""
    assert (scene.folder / "chart.txt").read_text() == "no step was carried out\n"


def test_a_rehearsal_takes_no_time(scene: FakeScene) -> None:
    assert scene.run("up", "-d", "--dry-run", "--timings").stdout == "no step was carried out\n"


def test_what_failed_is_told_with_its_times(scene: FakeScene) -> None:
    error = EngineError("no space left", status=500)
    scene.engine.fail(error, call="create_container", lasting=True)
    done = scene.run("up", "-d", "--timings", code=1)
    assert "CreateNetwork" in done.stdout
    assert "Start" not in done.stdout
    assert "no space left" in done.stderr


def test_without_the_flag_nothing_is_printed(scene: FakeScene) -> None:
    assert scene.run("up", "-d").stdout == ""
