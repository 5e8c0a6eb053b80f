"""Hooks leave marks in a file, as they do with Docker Compose."""

from __future__ import annotations

import signal
import time
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

HOOKED = """\
services:
  db:
    image: IMAGE
    command: sh -c 'trap "exit 0" TERM; echo run >> /marks/log; sleep 1000 & wait'
    volumes: ["./marks:/marks"]
    environment: {OWN: own}
    post_start:
      - command: [sh, -c, 'echo "post $$A $$OWN $$(id -u) $$(pwd)" >> /marks/log; echo hello']
        user: "7"
        working_dir: /tmp
        environment: [A=1]
      - command: echo again
    pre_stop:
      - command: sh -c 'echo pre >> /marks/log; echo bye; test ! -e /marks/fail'
  app:
    image: IMAGE
    command: sh -c 'echo app >> /marks/log; sleep 1000'
    init: true
    stop_grace_period: 0s
    volumes: ["./marks:/marks"]
    depends_on: [db]
"""
FILE = ("-f", "compose.yaml")  # with a name and no file, commands go by labels
PATIENCE = 20.0  # seconds
POST = "post 1 own 7 /tmp"


@pytest.fixture
def marks(scene) -> Path:
    scene.write(HOOKED)
    folder = scene.folder / "marks"
    folder.mkdir()
    folder.chmod(0o777)
    log = folder / "log"
    log.touch()
    log.chmod(0o666)
    return log


def taken(log: Path, count: int = 0) -> list[str]:
    """Return what was written since the last time, `count` lines at least."""
    deadline = time.monotonic() + PATIENCE
    while len(found := log.read_text().splitlines()) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    log.write_text("")
    return found


@pytest.mark.parametrize("who", ["run", "oracle"])
def test_hooks_run_when_they_are_due(scene, marks, who) -> None:
    run = partial(getattr(scene, who), *FILE)
    run("up", "-d")
    assert taken(marks, 3) == ["run", POST, "app"]
    for words, expected in (
        ("stop", ["pre"]),
        ("start db", ["run", POST]),
        ("restart db", ["pre", "run", POST]),
        ("up -d db", []),
        ("up -d --force-recreate db", ["run", POST]),
        ("kill db", []),
        ("up -d db", ["run", POST]),
        ("up -d --scale db=2 db", ["run", POST]),
        ("up -d db", ["pre"]),
        ("rm --stop --force db", ["pre"]),
    ):
        run(*words.split())
        assert taken(marks, len(expected)) == expected, words
    run("up", "-d")
    taken(marks)
    run("down")
    assert taken(marks) == ["pre"]


@pytest.mark.parametrize("who", ["run", "oracle"])
def test_a_container_whose_pre_stop_fails_is_not_stopped(scene, marks, who) -> None:
    run = partial(getattr(scene, who), *FILE)
    run("up", "-d")
    (marks.parent / "fail").touch()
    for words in ("stop", "restart db", "down"):
        assert "db hook exited with status 1" in run(*words.split(), code=1).stderr
        assert scene.states()["db-1"] == "running"
    (marks.parent / "fail").unlink()
    run("down")
    assert scene.names() == []


def test_a_failing_post_start_is_told_with_its_place_and_output(scene, marks) -> None:
    wrong = "services: {db: {post_start: [{command: sh -c 'seq 1 12; echo no >&2; exit 3'}]}}\n"
    scene.write(wrong, "wrong.yaml")
    files = (*FILE, "-f", "wrong.yaml")
    done = scene.run(*files, "up", "-d", code=1)
    assert f"{scene.name}-db-1: db hook exited with status 3" in done.stderr
    assert "(post_start at wrong.yaml:1:30)" in done.stderr
    assert done.stdout == ""
    assert taken(marks) == ["run", POST]
    assert scene.states() == {"db-1": "running", "app-1": "created"}
    scene.run(*files, "up", "-d")
    assert scene.states() == {"db-1": "running", "app-1": "running"}


def test_a_hook_without_a_program_is_an_error_of_the_command(scene, marks) -> None:
    scene.write(HOOKED.replace("echo again", "nonsense"))
    done = scene.run("up", "-d", code=1)
    assert "db hook exited with status 12" in done.stderr  # 126 or 127, as the engine has it
    assert "nonsense" in done.stderr


def test_output_of_hooks_is_shown_while_attached(scene, marks) -> None:
    del marks
    up = scene.start(*FILE, "up")
    up.until(lambda: "db-1 ->  | again" in up.stdout, "the output of post_start")
    assert up.stdout.index("db-1 ->  | hello") < up.stdout.index("db-1 ->  | again")
    up.until(lambda: scene.states().get("app-1") == "running", "the start of app")
    up.signal(signal.SIGINT)
    assert up.end() == 130
    assert "db-1 ->  | bye" in up.stdout
    assert scene.states() == {"db-1": "exited", "app-1": "exited"}


PREPARED = """\
services:
  db: &base
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
  web:
    <<: *base
    scale: 2
    user: "7"
    environment: {OWN: own}
    volumes: [data:/data, /private]
    depends_on: [db]
    pre_start:
      - command: [sh, -c, 'ping -c 1 -W 5 db >/dev/null && echo "$$A $$OWN $$(id -u)" >> /data/log']
        user: root
        environment: {A: "1"}
      - command: [sh, -c, 'id -u; ls -d /private; cat /data/log; test ! -e /data/fail']
volumes:
  data:
"""


def prepared(scene) -> list[str]:
    """Return what hooks have written, by the containers that share their volume."""
    return scene.shell("web", "cat /data/log").splitlines()


def test_a_service_is_prepared_before_its_containers_start(scene) -> None:
    scene.write(PREPARED)
    up = scene.start(*FILE, "up")
    up.until(lambda: scene.states().get("web-2") == "running", "the start of web")
    assert prepared(scene) == ["1 own 0"]
    assert [line for line in up.stdout.splitlines() if "->" in line] == [
        *("web ->  | 7", "web ->  | /private", "web ->  | 1 own 0"),
    ]
    up.signal(signal.SIGINT)
    assert up.end() == 130
    assert scene.names() == ["db-1", "web-1", "web-2"]
    for words, lines in (("start", 2), ("up -d", 2), ("up -d --force-recreate web", 3)):
        scene.run(*FILE, *words.split())
        assert len(prepared(scene)) == lines, words
    assert scene.names() == ["db-1", "web-1", "web-2"]


def test_what_a_failed_preparation_leaves_can_be_looked_at_and_goes(scene) -> None:
    scene.write(PREPARED)
    scene.run("create")
    wrong = scene.write(PREPARED.replace("test ! -e", "test -e"), "wrong.yaml")
    done = scene.run("-f", wrong.name, "up", "-d", code=1)
    left = f"{scene.name}-web-pre_start-1"
    assert "web hook exited with status 1 (pre_start at wrong.yaml:17:9; container" in done.stderr
    assert "  1 own 0\n" in done.stderr
    assert scene.containers()[left]["State"]["ExitCode"] == 1
    assert scene.states()["web-1"] == "created"
    scene.up("web")
    assert len(prepared(scene)) == 2
    assert left not in scene.containers()
    scene.run("stop")
    scene.run("-f", wrong.name, "up", "-d", code=1)
    assert left in scene.containers()
    scene.run("down", "--volumes")
    assert scene.nothing_left()
