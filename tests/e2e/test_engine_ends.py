"""An engine that ends or is killed under a command: it is told of, and the next `up` converges."""

from __future__ import annotations

import random
import signal
import time

import pytest

pytestmark = pytest.mark.docker

ENDS = [signal.SIGTERM, signal.SIGKILL]
PROJECT = """\
services:
  web:
    image: IMAGE
    command: sh -c 'trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done'
    volumes: [data:/data]
    depends_on: {db: {condition: service_healthy}}
  db:
    image: IMAGE
    command: sleep 1000
    init: true
    healthcheck: {test: "CHECK", interval: 1s, retries: 1000}
volumes: {data: {}}
"""
NEVER = PROJECT.replace("CHECK", "test -e /tmp/ok")
AT_ONCE = PROJECT.replace("CHECK", "true")


def there_again(scene) -> None:
    """Start the engine anew; `up` makes everything as it is to be, and a second one nothing."""
    scene.engine.start()
    scene.up()
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    assert scene.networks() == [f"{scene.name}_default"]
    before = scene.ids()
    scene.up()
    assert scene.ids() == before


@pytest.mark.parametrize("number", ENDS)
def test_f_24_an_engine_that_ends_while_health_is_waited_for_is_told(frail, number) -> None:
    frail.write(NEVER)
    running = frail.start("up", "-d")
    running.until(lambda: "Waiting" in running.stderr, "the wait")
    frail.engine.end(number)
    assert running.end() == 1
    assert "Traceback" not in running.stderr
    # What ends first, the container or the connection, is a matter of luck.
    assert "\nService db: " in running.stderr or "the engine" in running.stderr
    frail.write(AT_ONCE)
    there_again(frail)


@pytest.mark.parametrize("number", ENDS)
def test_f_25_an_engine_that_ends_under_an_attached_up_is_no_success(frail, number) -> None:
    frail.write(AT_ONCE)
    running = frail.start("up")
    running.until(lambda: "| ready" in running.stdout, "output")
    frail.engine.end(number)
    assert running.end() == 1
    assert "the engine" in running.stderr.splitlines()[-1]
    assert "Traceback" not in running.stderr
    there_again(frail)


@pytest.mark.parametrize("number", ENDS)
def test_f_25_an_engine_that_ends_under_followed_logs_is_no_success(frail, number) -> None:
    frail.write(AT_ONCE)
    frail.up()
    running = frail.start("logs", "-f")
    running.until(lambda: "| ready" in running.stdout, "output")
    frail.engine.end(number)
    assert running.end() == 1
    assert "the engine" in running.stderr
    assert "Traceback" not in running.stderr


@pytest.mark.parametrize("number", ENDS)
def test_f_26_a_wait_ends_with_the_engine(frail, number) -> None:
    frail.write(AT_ONCE)
    frail.up()
    running = frail.start("wait", "db")
    running.until(lambda: running.process.poll() is None, "a start")
    time.sleep(1)  # until it waits: nothing can be seen of that
    frail.engine.end(number)
    # The code of a container that the engine stopped, or an error.
    assert running.end() == (143 if number == signal.SIGTERM else 1)


@pytest.mark.parametrize("number", ENDS)
def test_f_24_an_up_after_one_whose_engine_was_ended_converges(frail, number) -> None:
    frail.write(AT_ONCE)
    dice = random.Random(f"pycompose {number}")
    for _ in range(2):
        cut(frail, number, dice.uniform(0, 0.5))
        there_again(frail)


def cut(scene, number: int, delay: float) -> None:
    """End the engine some seconds after `up` has begun to change something."""
    running = scene.start("up", "-d", "--force-recreate")
    running.until(lambda: "Creat" in running.stderr or "Recreate" in running.stderr, "steps")
    time.sleep(delay)
    scene.engine.end(number)
    assert running.end() in (0, 1)
    assert "Traceback" not in running.stderr
