"""What is waited for on a real engine, and what is told when it does not come."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.docker

# Ways in which a service can fail to come up, and what is told of it.
FAILS = {
    "one-shot": ("command: sh -c 'echo cannot; exit 3'", "exited (3)"),
    "second replica": (
        "scale: 2\n    command: sh -c 'mkdir /shared/one && sleep 1000; echo cannot; exit 4'\n"
        "    volumes: [shared:/shared]",
        "exited (4)",
    ),
    "F-35 crash loop": (
        "command: sh -c 'echo cannot; exit 5'\n    restart: always",
        "keeps restarting (last exit code 5)",
    ),
}
# Engine: one that kills a container amid a probe may not be able to probe it again: db is stopped
# politely.
CHECKED = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    depends_on:
      db: {condition: service_healthy}
  db:
    image: IMAGE
    command: sh -c 'echo I am up; sleep 1000'
    init: true
    volumes: [state:/state]
    healthcheck:
      test: [CMD-SHELL, "echo probed; ls /state/ok"]
      interval: 500ms
      retries: 3
      start_period: 3s  # a probe may fail while the machine is slow
volumes:
  state: {}
"""


def test_r_08_a_one_shot_that_ends_well_is_a_success(scene) -> None:
    scene.write("""\
services:
  init: {image: IMAGE, command: "true"}
  app: {image: IMAGE, command: sleep 1000, init: true, stop_grace_period: 0s}
""")
    scene.up("--wait")
    assert scene.states() == {"init-1": "exited", "app-1": "running"}


@pytest.mark.parametrize("how", FAILS)
def test_r_08_and_f_35_a_service_that_fails_is_told_with_its_end(scene, how) -> None:
    fields, reason = FAILS[how]
    scene.write(f"""\
services:
  init:
    image: IMAGE
    {fields}
  app: {{image: IMAGE, command: sleep 1000, init: true, stop_grace_period: 0s}}
volumes:
  shared: {{}}
""")
    told = scene.run("up", "-d", "--wait", code=1).stderr
    assert reason in told
    assert "  the end of its output:\n" in told
    assert "\n    cannot\n" in told
    assert scene.states()["app-1"] == "running"


def test_r_08_the_deadline_holds_for_dependencies(scene) -> None:
    file = scene.write("""\
services:
  init: {image: IMAGE, command: sleep 60, init: true, stop_grace_period: 0s}
  app:
    image: IMAGE
    command: sleep 1000
    depends_on:
      init: {condition: service_completed_successfully}
""")
    scene.run("create")
    since = time.monotonic()
    told = scene.run("up", "-d", "--wait", "--wait-timeout", "1", code=1).stderr
    assert time.monotonic() - since < 30  # of the 60 that init takes; the machine may be slow
    assert "Service init: not completed after 1s\n  state running\n" in told
    assert f"service 'app' depends on it ({file.name}:7:13)" in told
    assert scene.states() == {"init-1": "running", "app-1": "created"}


def test_r_09_a_health_of_before_the_start_does_not_count(scene) -> None:
    file = scene.write(CHECKED)
    told = scene.run("up", "-d", "--wait", code=1).stderr
    assert f"container {scene.name}-db-1 is unhealthy" in told
    assert f"its health check at {file.name}:15:7: unhealthy" in told
    assert "    exit code 1: " in told
    assert "ls: /state/ok" in told
    assert "  the end of its output:\n    I am up\n" in told
    assert f"service 'web' depends on it ({file.name}:8:11)" in told
    assert scene.states() == {"web-1": "created", "db-1": "running"}
    scene.shell("db", "touch /state/ok")
    scene.run("restart", "db")
    scene.up("web")
    assert scene.states() == {"web-1": "running", "db-1": "running"}
