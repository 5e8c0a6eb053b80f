"""A small part of what `scripts/soak` does for an hour, other trials for each seed."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import soaking
from fault_proxy import FAULTS, Proxy
from ground import Ground
from second_engine import dockerd
from thorough import SEED

pytestmark = pytest.mark.docker

TRIALS = 2


@pytest.fixture
def ground(project_name: str, tmp_path: Path, engine_socket: str, image: str) -> Iterator[Ground]:
    made = Ground(tmp_path, project_name, engine_socket, image)
    yield made
    made.close()


def test_six_services_converge_after_each_kill(ground: Ground) -> None:
    run = soaking.Kills(ground, random.Random(f"{SEED} kills"))
    run.begin()
    for _ in range(TRIALS):
        run.trial()
    run.end()


def test_f_52_a_dozen_ups_at_once_make_one_project(ground: Ground) -> None:
    soaking.together(ground, 12)


def test_f_52_ups_that_nothing_keeps_apart_leave_nothing_that_the_next_does_not_mend(
    ground: Ground,
) -> None:
    for _ in range(TRIALS):
        soaking.together(ground, 2, apart=True)


def test_f_53_an_up_soon_after_a_down_ends_with_a_project(ground: Ground) -> None:
    dice = random.Random(f"{SEED} down")
    for _ in range(TRIALS):
        soaking.down_and_up(ground, dice.uniform(0.1, 0.6))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_f_24_an_up_under_which_the_engine_ends_is_made_up_for(
    real_engine, tmp_path: Path, engine_socket: str, image: str, number: int
) -> None:
    if not dockerd():
        pytest.skip("a second engine needs root and dockerd")
    dice = random.Random(f"{SEED} engine {number}")
    with soaking.frail(tmp_path, image, engine_socket) as (engine, ground):
        ground.write(soaking.SIX.replace("WORKERS", "2"))
        ground.run("up", "-d", **soaking.TOKEN)
        words = ("up", "-d", "--force-recreate")
        soaking.engine_ends(engine, ground, number, dice.uniform(0.3, 3.0), words)


def test_an_up_survives_faults_of_its_requests(ground: Ground) -> None:
    dice = random.Random(f"{SEED} faults")
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        count = soaking.requests_of_up(ground, proxy)
        for name in dice.sample([*FAULTS], TRIALS):
            soaking.fault(ground, proxy, name, dice.randint(1, count))


def test_f_23_slow_answers_are_waited_for(ground: Ground) -> None:
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        soaking.slow(ground, proxy, 1, 1, 1)
