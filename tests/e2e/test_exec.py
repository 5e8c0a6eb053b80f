"""exec and attach on a real engine, with pipes and on a terminal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import tmux

pytestmark = pytest.mark.docker

ONE = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    environment: {PS1: "> ", COLOUR: red}
  shell:
    image: IMAGE
    command: sh
    environment: {PS1: "> "}
    stop_grace_period: 0s
    tty: true
    stdin_open: true
"""


def test_a_command_has_the_streams_and_the_exit_code_of_its_own(scene) -> None:
    scene.write(ONE)
    scene.up("web")
    done = scene.run("exec", "web", "sh", "-c", "echo out; echo err >&2; exit 7", code=7)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


def test_what_is_asked_for_reaches_the_command(scene) -> None:
    scene.write(ONE)
    scene.up("web")
    asked = ("-e", "COLOUR=blue", "-e", "SHOP", "-e", "UNSET", "-w", "/tmp", "-u", "7")
    script = "pwd; id -u; echo $COLOUR $SHOP ${UNSET-none}"
    done = scene.run("exec", *asked, "web", "sh", "-c", script, SHOP="open")
    assert done.stdout == "/tmp\n7\nblue open none\n"
    assert scene.run("exec", "-d", "web", "touch", "/tmp/made").stdout == ""
    scene.wait(lambda: "made" in scene.shell("web", "ls /tmp"), "the file")


def test_input_is_piped_in_to_its_end(scene) -> None:
    scene.write(ONE)
    scene.up("web")
    data = bytes(range(256)) * 4000
    words = scene.command("exec", "-T", "web", "cat")
    done = subprocess.run(
        words, input=data, cwd=scene.folder, env=scene.env(), capture_output=True, check=True
    )
    assert done.stdout == data


def test_a_container_that_does_not_run_is_told_of(scene) -> None:
    scene.write(ONE)
    assert scene.run("exec", "web", "true", code=1).stderr == 'service "web" is not running\n'
    scene.up("web")
    told = scene.run("exec", "--index", "2", "web", "true", code=1).stderr
    assert told == 'service "web" is not running container #2\n'
    told = scene.run("--dry-run", "exec", "web", "true", code=1).stderr
    assert told == "interactive exec is not supported in dry-run mode\n"
    assert scene.run("attach", "shell", code=1).stderr == 'service "shell" is not running\n'


def test_signals_reach_what_is_attached_to(scene) -> None:
    script = "trap 'echo got it; exit 5' INT; echo ready; sleep 1000 & wait"
    scene.write(ONE.replace("command: sleep 1000", f'command: ["sh", "-c", "{script}"]'))
    scene.up("web")
    attached = scene.start("attach", "web")
    watched = lambda: scene.container("web")["ExecIDs"] is None  # noqa: E731
    scene.wait(watched, "the container")
    attached.until(lambda: _listens(attached), "the attachment")
    attached.signal(2)
    assert attached.end() == 5
    assert attached.stdout == "got it\n"


def _listens(attached) -> bool:
    """Whether the process catches SIGINT by itself: it is set once everything listens."""
    text = Path(f"/proc/{attached.process.pid}/status").read_text()
    caught = int(text.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught & 1 << 9)  # SIGUSR1, which nothing else catches


@tmux.needed
def test_a_shell_on_a_terminal(scene, terminal) -> None:
    scene.write(ONE)
    scene.up("web")
    terminal.type("clear; pc exec web sh")
    terminal.shows(">")
    terminal.type("stty size; tty")
    terminal.shows("> stty size; tty", "24 80", "/dev/pts/0", ">")
    terminal.resize(30, 100)
    terminal.type("echo now; sleep 1000")
    terminal.shows("> echo now; sleep 1000", "now")
    terminal.press("C-c")
    terminal.shows("now", "^C", ">")
    terminal.type("stty size")
    terminal.shows("> stty size", "30 100", ">")
    terminal.type("exit 7")
    terminal.shows("> exit 7", "$")
    assert terminal.answer("echo $code; stty -a | grep -o ' echo '") == ["7", " echo"]


@tmux.needed
def test_a_shell_is_left_by_its_keys_and_goes_on(scene, terminal) -> None:
    scene.write(ONE)
    scene.up("web")
    terminal.type("clear; pc exec web sh")
    terminal.shows(">")
    terminal.press("C-p", "C-q")
    terminal.shows("> read escape sequence", "$")
    assert terminal.answer("echo $code; stty -a | grep -o ' echo '") == ["1", " echo"]
    assert "sh" in scene.shell("web", "ps -o comm").split()


@tmux.needed
def test_what_is_typed_ahead_gets_there(scene, terminal) -> None:
    scene.write(ONE)
    scene.up("web")
    terminal.type("clear; pc exec web head -n 1")
    terminal.type("typed ahead")
    terminal.shows("typed ahead", "$")
    assert terminal.answer("echo $code") == ["0"]


@tmux.needed
def test_the_terminal_is_sane_after_the_shell_was_killed(scene, terminal) -> None:
    scene.write(ONE)
    scene.up("web")
    terminal.type("clear; pc exec web sh")
    terminal.shows(">")
    terminal.type("echo $$ > /tmp/pid")
    terminal.shows("> echo $$ > /tmp/pid", ">")
    scene.shell("web", "kill -9 $(cat /tmp/pid)")
    terminal.shows("> $")
    assert terminal.answer("echo $code; stty -a | grep -o ' echo '") == ["137", " echo"]


@tmux.needed
def test_the_main_process_is_attached_to_and_left(scene, terminal) -> None:
    scene.write(ONE)
    scene.up("shell")
    terminal.type("clear; pc attach shell")
    terminal.type("echo $((6*7))")
    terminal.shows("42", ">")
    terminal.press("C-p", "C-q")
    terminal.shows("> $")
    assert terminal.answer("echo $code") == ["0"]
    terminal.type("clear; pc attach --detach-keys ctrl-x shell")
    terminal.type("exit 9")
    terminal.shows("exit 9", "$")
    assert terminal.answer("echo $code") == ["9"]
