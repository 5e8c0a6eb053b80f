"""Attached `up`: the output in full, how it ends, and what signals do."""

from __future__ import annotations

import re
import signal
import sys
import time

import pexpect
import pytest

pytestmark = pytest.mark.docker

LINES = 10_000
AT_ONCE = 5.0  # seconds that stand for "at once" on a slow and loaded machine

# Ends at once and with code 0 when asked to.
POLITE = "sh -c 'trap \"exit 0\" TERM; echo ready; while :; do sleep 0.1; done'"
# Takes no notice of being asked.
STUBBORN = "sh -c 'trap \"\" TERM; echo ready; while :; do sleep 0.1; done'"


def one(command: str, *, grace: str = "20s") -> str:
    return f"""\
services:
  web:
    image: IMAGE
    command: {command.replace("$", "$$")}
    stop_grace_period: {grace}
"""


def ready(running, count: int = 1) -> None:
    running.until(lambda: running.stdout.count("| ready") >= count, "output of every container")


def test_every_line_of_every_container_is_printed(scene) -> None:
    script = f"sh -c 'i=0; while [ $$i -lt {LINES} ]; do i=$$((i+1)); echo line $$i; done'"
    scene.write(f"""\
services:
  a:
    image: IMAGE
    command: {script}
  longer:
    image: IMAGE
    command: {script}
""")
    done = scene.run("up", "--no-color")
    for name in ("a-1     ", "longer-1"):
        lines = re.findall(rf"^{name} +\| line (\d+)$", done.stdout, re.MULTILINE)
        assert lines == [str(number) for number in range(1, LINES + 1)]
        assert re.search(rf"^{name.strip()} exited with code 0", done.stdout, re.MULTILINE)


ENDING = """\
services:
  short:
    image: IMAGE
    command: sh -c 'echo bye; exit CODE'
    depends_on: [long]
  long:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
"""


@pytest.mark.parametrize(
    ("words", "ended", "code"),
    [
        (["--abort-on-container-exit"], 0, 0),
        (["--abort-on-container-exit"], 5, 5),
        (["--abort-on-container-failure"], 5, 5),
        (["--exit-code-from", "short"], 7, 7),
        (["--exit-code-from", "long"], 7, 137),
    ],
)
def test_f_34_the_end_of_one_container_ends_all(scene, words, ended, code) -> None:
    scene.write(ENDING.replace("CODE", str(ended)))
    done = scene.run("up", *words, code=code)
    assert f"exited with code {ended}" in done.stdout
    assert scene.states() == {"short-1": "exited", "long-1": "exited"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_f_09_and_f_14_a_signal_stops_gracefully(scene, number) -> None:
    scene.write(one(POLITE))
    running = scene.start("up")
    ready(running)
    running.signal(number)
    assert running.end() == 130
    assert scene.container("web")["State"]["Status"] == "exited"
    assert scene.container("web")["State"]["ExitCode"] == 0
    assert "Traceback" not in running.stderr


def test_f_13_a_second_interrupt_kills_at_once(scene) -> None:
    scene.write(one(STUBBORN, grace="600s"))
    running = scene.start("up")
    ready(running)
    running.signal(signal.SIGINT)
    running.until(lambda: "Stopping" in running.stderr, "the first interrupt's effect")
    began = time.monotonic()
    running.signal(signal.SIGINT)
    assert running.end() == 130
    assert time.monotonic() - began < AT_ONCE
    scene.wait(lambda: scene.states() == {"web-1": "exited"}, "the container's end", AT_ONCE)
    assert scene.container("web")["State"]["ExitCode"] == 137
    assert "Traceback" not in running.stderr


def test_f_13_a_second_interrupt_kills_at_once_on_a_terminal(scene) -> None:
    scene.write(one(STUBBORN, grace="600s"))
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pycompose", "-p", scene.name, "up"],
        cwd=str(scene.folder),
        env={**scene.env(), "TERM": "xterm"},
        timeout=120,
        encoding="utf-8",
    )
    try:
        child.expect("ready")
        child.sendcontrol("c")
        child.expect("(?i)stopping")
        began = time.monotonic()
        child.sendcontrol("c")
        told = child.read()  # to its end
        child.close()
        assert time.monotonic() - began < AT_ONCE
        assert child.exitstatus == 130, told
        assert "Traceback" not in told
    finally:
        child.close(force=True)
    scene.wait(lambda: scene.states() == {"web-1": "exited"}, "the container's end", AT_ONCE)
    assert scene.container("web")["State"]["ExitCode"] == 137


def test_f_11_an_interrupt_while_pulling_ends_at_once(scene, free_port) -> None:
    # A registry that accepts connections and never answers.
    import socket

    with socket.create_server(("127.0.0.1", free_port)) as registry:
        scene.write(f"services:\n  web:\n    image: localhost:{free_port}/slow/image:1\n")
        running = scene.start("up")
        registry.settimeout(120)
        caller, _ = registry.accept()
        with caller:
            began = time.monotonic()
            running.signal(signal.SIGINT)
            assert running.end() == 130
            assert time.monotonic() - began < AT_ONCE
    assert "Traceback" not in running.stderr
    assert scene.names() == []


def test_f_10_an_interrupt_while_waiting_for_health_ends_at_once(scene) -> None:
    scene.write("""\
services:
  app:
    image: IMAGE
    command: sleep 1000
    depends_on: {db: {condition: service_healthy}}
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    healthcheck: {test: [CMD, "false"], interval: 1s, retries: 10000}
""")
    running = scene.start("up", "-d")
    running.until(lambda: scene.states().get("db-1") == "running", "the database")
    running.until(lambda: "Waiting" in running.stderr, "the wait")
    began = time.monotonic()
    running.signal(signal.SIGINT)
    assert running.end() == 130
    assert time.monotonic() - began < AT_ONCE
    assert "Traceback" not in running.stderr
    assert scene.states()["app-1"] == "created"


AGAIN = POLITE.replace("echo ready", "echo ready; echo again")


@pytest.mark.parametrize("rolling", [True, False])
def test_what_makes_way_for_another_ends_nothing(scene, rolling) -> None:
    asked = f"    x-rolling: {rolling}\n    deploy: {{update_config: {{order: start-first}}}}\n"
    scene.write(one(POLITE) + asked)
    scene.up()
    before = scene.ids()
    scene.write(one(AGAIN) + asked)
    running = scene.start("up", "--abort-on-container-exit")
    running.until(lambda: "again" in running.stdout, "output of the new container")
    scene.wait(lambda: scene.names() == ["web-1"], "the name of the new container")
    assert scene.ids() != before
    assert "exited" not in running.stdout
    assert {line.split()[0] for line in running.stdout.splitlines() if "|" in line} == {"web-1"}
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=AT_ONCE * 10) == 130


def test_a_view_of_an_update_ends_with_the_user_where_the_old_ones_did_not_run(scene) -> None:
    scene.write(one(POLITE) + "    x-rolling: true\n")
    scene.up()
    scene.run("stop")
    scene.write(one(AGAIN) + "    x-rolling: true\n")
    running = scene.start("up")
    running.until(lambda: "again" in running.stdout, "output of the new container")
    scene.wait(lambda: scene.states() == {"web-1": "running"}, "the name of the new container")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=AT_ONCE * 10) == 130
