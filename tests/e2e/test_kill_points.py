"""kill -9 before and after a change that a command asks for; `scripts/soak` has all of them."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fault_proxy import Proxy
from ground import Ground
from kill_points import SCENARIOS, points, trial
from thorough import SEED

pytestmark = pytest.mark.docker


@pytest.fixture
def ground(project_name: str, tmp_path: Path, engine_socket: str, image: str) -> Iterator[Ground]:
    made = Ground(tmp_path, project_name, engine_socket, image)
    yield made
    made.close()


def at_one_point(ground: Ground, row: str) -> None:
    """Kill the command of a row before, and after, one of the changes that it makes."""
    scenario = SCENARIOS[row]
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        count = points(ground, proxy, scenario)
        at = random.Random(f"{SEED} {row}").randint(1, count)
        for after in (False, True):
            assert trial(ground, proxy, scenario, at, after=after)


def test_f_01_a_killed_up_is_finished(ground: Ground) -> None:
    at_one_point(ground, "F-01")


def test_f_02_a_killed_recreation_is_finished(ground: Ground) -> None:
    at_one_point(ground, "F-02")


def test_f_03_more_containers_are_made_after_a_kill(ground: Ground) -> None:
    at_one_point(ground, "F-03")


def test_f_04_fewer_containers_are_left_after_a_kill(ground: Ground) -> None:
    at_one_point(ground, "F-04")


def test_f_05_a_killed_down_is_finished(ground: Ground) -> None:
    at_one_point(ground, "F-05")


def test_f_06_what_was_stopped_runs_again_after_a_kill(ground: Ground) -> None:
    at_one_point(ground, "F-06")


@pytest.mark.parametrize("words", [("up", "-d"), ("start",)])
def test_f_06_what_was_told_to_stop_runs_once_it_has_stopped(ground: Ground, words) -> None:
    # Its only process takes no notice of SIGTERM.
    ground.write("services:\n  web: {image: IMAGE, command: sleep 1000, stop_grace_period: 3s}\n")
    ground.run("up", "-d")
    [before] = ground.ids().values()
    first = ground.engine.inspect_container(before)["State"]["StartedAt"]
    with closing(ground.engine.events(filters={**ground.mine, "event": ["kill"]})) as events:
        stop = ground.start("stop")
        next(iter(events))
        os.killpg(stop.pid, signal.SIGKILL)
        stop.communicate()
    ground.run(*words)
    ground.is_right(["web-1"])
    [after] = ground.ids().values()
    assert after == before
    assert ground.engine.inspect_container(after)["State"]["StartedAt"] > first


def test_f_07_nothing_outlives_a_down_with_volumes(ground: Ground) -> None:
    for words in (("up", "-d"), ("up", "-d", "--force-recreate"), ("up", "-d", "-V")):
        ground.write(
            "services:\n  web: {image: IMAGE, command: sleep 1000, stop_grace_period: 0s,"
            " volumes: [/anonymous, data:/data], scale: 2}\nvolumes: {data: {}}\n"
        )
        ground.run(*words)
    ground.run("scale", "web=1")
    ground.nothing_is_left()
