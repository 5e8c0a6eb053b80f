"""run on a real engine: one container more, beside those of `up`."""

from __future__ import annotations

import subprocess

import pytest
import tmux

pytestmark = pytest.mark.docker

TWO = """\
services:
  web:
    image: IMAGE
    command: echo main
    container_name: never-this
    environment: {FOO: bar}
    restart: always
    ports: ["80"]
    depends_on: [db]
    volumes: ["data:/data", /anonymous]
  db:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
volumes: {data: {}}
"""


def _oneoffs(scene) -> dict[str, dict]:
    """The containers of `run`, by name."""
    mark = "com.docker.compose.oneoff"
    return {n: c for n, c in scene.containers().items() if c["Config"]["Labels"][mark] == "True"}


def test_the_command_runs_in_a_container_of_its_own(scene) -> None:
    scene.write(TWO)
    done = scene.run("run", "web")
    assert done.stdout == "main\n"
    assert scene.states()["db-1"] == "running"
    [(name, made)] = _oneoffs(scene).items()
    labels = made["Config"]["Labels"]
    slug = labels["com.docker.compose.slug"]
    assert name == f"{scene.name}-web-run-{slug[:12]}"
    assert len(slug) == 64
    assert "com.docker.compose.container-number" not in labels
    assert made["HostConfig"]["RestartPolicy"]["Name"] in ("", "no")
    assert made["HostConfig"]["PortBindings"] == {}
    [network] = made["NetworkSettings"]["Networks"].values()
    assert "web" not in (network["Aliases"] or ())


def test_its_exit_code_is_passed_on_and_it_can_go_at_once(scene) -> None:
    scene.write(TWO)
    script = "echo out; echo err >&2; exit 7"
    done = scene.run("run", "--rm", "--no-deps", "-q", "web", "sh", "-c", script, code=7)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")
    scene.wait(lambda: scene.names() == [], "the end of the container")


def test_flags_change_what_the_service_says(scene) -> None:
    scene.write(TWO)
    (scene.folder / "vars").write_text("ONE=file\nTWO=file\n")
    flags = ("-e", "TWO=flag", "-e", "SHOP", "-e", "UNSET", "--env-from-file", "vars")
    mounts = ("-v", "./vars:/vars:ro", "--entrypoint", "sh -c", "-u", "7", "-w", "/tmp")
    script = "echo $ONE $TWO $SHOP ${UNSET-none} $FOO; id -u; pwd; head -n1 /vars"
    words = ("run", "--rm", "--no-deps", *flags, *mounts, "web", script)
    assert scene.run(*words, SHOP="open").stdout == "file flag open none bar\n7\n/tmp\nONE=file\n"


def test_input_is_piped_in(scene) -> None:
    scene.write(TWO)
    data = bytes(range(256)) * 2000
    words = scene.command("run", "--rm", "--no-deps", "-T", "web", "cat")
    done = subprocess.run(
        words, input=data, cwd=scene.folder, env=scene.env(), capture_output=True, check=True
    )
    assert done.stdout == data


def test_it_is_left_in_the_background(scene) -> None:
    scene.write(TWO)
    words = ("-d", "--name", f"{scene.name}-x", "--use-aliases", "-P", "-p", "81", "-l", "k=v")
    id = scene.run("run", *words, "web", "sleep", "1000").stdout.strip()
    [(name, made)] = _oneoffs(scene).items()
    assert (name, made["Id"], made["State"]["Running"]) == (f"{scene.name}-x", id, True)
    assert set(made["HostConfig"]["PortBindings"]) == {"80/tcp", "81/tcp"}
    assert made["Config"]["Labels"]["k"] == "v"
    [network] = made["NetworkSettings"]["Networks"].values()
    assert "web" in network["Aliases"]
    # It is no container of the service: neither `up` nor `ps` take it for one.
    assert scene.run("ps", "-q", "web").stdout == ""
    scene.run("kill", "-s", "KILL", "web")


def test_signals_reach_it(scene) -> None:
    script = "trap 'echo got it; exit 5' TERM; echo ready; sleep 1000 & wait"
    scene.write(TWO)
    running = scene.start("run", "--rm", "--no-deps", "web", "sh", "-c", script)
    running.until(lambda: "ready" in running.stdout, "the command")
    running.signal(15)
    assert running.end() == 5
    assert running.stdout == "ready\ngot it\n"


def test_what_a_run_created_can_be_taken_back(scene) -> None:
    scene.write(TWO)
    scene.run("run", "--rm", "--down", "web", "true")
    scene.wait(lambda: scene.names() == [], "the end of the containers")
    assert (scene.networks(), scene.volumes()) == ([], [f"{scene.name}_data"])
    scene.up("db")
    before = scene.ids()
    scene.run("run", "--rm", "--down", "web", "true")
    scene.wait(lambda: len(scene.names()) == 1, "the end of the container")
    assert scene.ids() == before
    assert scene.networks() == [f"{scene.name}_default"]


def test_what_cannot_be_run_is_told(scene) -> None:
    scene.write(TWO)
    assert scene.run("run", "nosuch", code=1).stderr == "no such service: nosuch\n"
    assert scene.run("run", "-l", "k", "web", code=1).stderr == "label must be set as KEY=VALUE\n"
    assert "vars: No such file" in scene.run("run", "--env-from-file", "vars", "web", code=1).stderr
    assert "'x' is no port" in scene.run("run", "-p", "x", "web", code=1).stderr
    assert scene.names() == []
    told = scene.run("run", "--rm", "--no-deps", "web", "nosuchprogram", code=1).stderr
    assert "nosuchprogram" in told
    scene.wait(lambda: scene.names() == [], "the end of the container")


@tmux.needed
def test_a_shell_of_its_own_on_a_terminal(scene, terminal) -> None:
    scene.write(TWO.replace("{FOO: bar}", '{PS1: "> "}'))
    terminal.type("clear; pc run -q --rm --no-deps web sh")
    terminal.shows(">")
    terminal.resize(30, 100)
    terminal.type("echo now; sleep 1000")
    terminal.shows("> echo now; sleep 1000", "now")
    terminal.press("C-c")
    terminal.shows("now", "^C", ">")
    terminal.type("stty size; tty")
    terminal.shows("> stty size; tty", "30 100", "/dev/pts/0", ">")
    terminal.type("exit 7")
    terminal.shows("> exit 7", "$")
    assert terminal.answer("echo $code; stty -a | grep -o ' echo '") == ["7", " echo"]


@tmux.needed
def test_it_is_left_by_its_keys_and_goes_on(scene, terminal) -> None:
    scene.write(TWO.replace("{FOO: bar}", '{PS1: "> "}'))
    terminal.type("clear; pc run -q --no-deps web sh")
    terminal.shows(">")
    terminal.press("C-p", "C-q")
    terminal.shows("> $")
    assert terminal.answer("echo $code; stty -a | grep -o ' echo '") == ["0", " echo"]
    [made] = _oneoffs(scene).values()
    assert made["State"]["Running"]


def test_r_14_commands_at_once_share_one_network(scene) -> None:
    scene.write(TWO.replace("restart: always", "").replace("container_name: never-this", ""))
    for _ in range(3):
        started = [
            scene.start("up", "-d", "db"),
            scene.start("up", "-d", "web"),
            scene.start("run", "--rm", "web", "sh", "-c", "ping -c1 -w20 db"),
        ]
        assert [one.end() for one in started] == [0, 0, 0], [one.stderr for one in started]
        assert scene.networks() == [f"{scene.name}_default"]
        scene.run("down")
        scene.wait(lambda: not scene.containers(), "the end")
