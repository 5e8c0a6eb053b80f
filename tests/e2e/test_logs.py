"""`logs` on a real engine: which lines, of which containers, in which dress."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.docker

TALKERS = """\
services:
  web:
    image: IMAGE
    command: sh -c 'for i in 1 2 3; do echo web $$i; done; sleep 1000'
    stop_grace_period: 0s
    scale: 2
  db:
    image: IMAGE
    command: sh -c 'for i in 1 2 3; do echo db $$i; done; echo oops >&2; sleep 1000'
    stop_grace_period: 0s
"""
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"


@pytest.fixture
def talkers(scene) -> Iterator:
    """Three containers that have said what they have to say."""
    scene.write(TALKERS)
    scene.up()

    def said() -> bool:
        api = scene.client.api
        return all(api.logs(id).count(b"\n") >= 3 for id in scene.ids().values())

    scene.wait(said, "the containers' output")
    return scene


def lines(scene, *words: str) -> list[str]:
    return scene.run("logs", "--no-color", *words).stdout.splitlines()


def test_lines_are_chosen_and_dressed_as_asked(talkers) -> None:
    everything = lines(talkers)
    assert sorted(set(everything)) == sorted(
        [f"web-{n}  | web {i}" for n in (1, 2) for i in (1, 2, 3)]
        + [f"db-1   | db {i}" for i in (1, 2, 3)]
        + ["db-1   | oops"]
    )
    assert len(everything) == 10
    assert [line for line in everything if line.startswith("web-1")] == [
        f"web-1  | web {i}" for i in (1, 2, 3)
    ]
    only = lines(talkers, "db")
    assert {line.split()[0] for line in only} == {"db-1"}
    assert lines(talkers, "--tail", "1", "web") in (
        ["web-1  | web 3", "web-2  | web 3"],
        ["web-2  | web 3", "web-1  | web 3"],
    )
    assert lines(talkers, "--no-log-prefix", "--index", "2", "web") == ["web 1", "web 2", "web 3"]
    assert lines(talkers, "--index", "2", "web") == [f"web-2  | web {i}" for i in (1, 2, 3)]
    for line in lines(talkers, "-t", "--index", "1", "web"):
        assert re.fullmatch(rf"web-1  \| {STAMP} web \d", line), line
    talkers.run("logs", "--index", "3", "web", code=1)


def test_lines_before_a_time_are_left_out(talkers) -> None:
    dressed = lines(talkers, "-t", "--no-log-prefix", "db")
    stamps = sorted(line.split()[0] for line in dressed)
    since = lines(talkers, "--since", stamps[1], "-t", "--no-log-prefix", "db")
    assert sorted(line.split()[0] for line in since) == stamps[1:]
    assert lines(talkers, "--since", "2100-01-01T00:00:00Z") == []
    assert len(lines(talkers, "--since", "10h")) == 10
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400))
    assert lines(talkers, "--until", until) == []


def test_followed_logs_go_on_until_the_containers_stop(scene) -> None:
    scene.write("""\
services:
  web:
    image: IMAGE
    command: sh -c 'echo first; while ! test -e /go; do sleep 0.1; done; echo second; sleep 1000'
    stop_grace_period: 0s
""")
    scene.up()
    running = scene.start("logs", "-f", "--no-color")
    running.until(lambda: "web-1  | first" in running.stdout, "the first line")
    scene.shell("web", "touch /go")
    running.until(lambda: "web-1  | second" in running.stdout, "the second line")
    assert running.process.poll() is None
    scene.run("stop")
    assert running.end() == 0
    assert running.stdout.count("| first") == running.stdout.count("| second") == 1


def test_an_interrupt_ends_followed_logs_and_nothing_else(talkers) -> None:
    running = talkers.start("logs", "-f")
    running.until(lambda: running.stdout.count("\n") >= 10, "the lines that are there")
    running.signal(signal.SIGINT)
    assert running.end() == 130
    assert "Traceback" not in running.stderr
    assert set(talkers.states().values()) == {"running"}


def test_a_reader_that_leaves_ends_logs_silently(scene) -> None:
    scene.write("""\
services:
  web:
    image: IMAGE
    command: sh -c 'seq 1 20000; sleep 1000'
    stop_grace_period: 0s
""")
    scene.up()
    id = scene.container("web")["Id"]
    scene.wait(lambda: scene.client.api.logs(id, tail=1).strip() == b"20000", "the last line")
    done = subprocess.run(
        ["sh", "-c", '"$@" | head -1', "sh", *scene.command("logs", "--no-color")],
        cwd=scene.folder,
        env=scene.env(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.stdout == "web-1  | 1\n"
    assert done.stderr == ""
