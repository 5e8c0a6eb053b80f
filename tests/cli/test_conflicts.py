"""Flags that contradict each other, and values they cannot have: Docker Compose's words."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from command_line import environment, run

ATTACHED = (
    "cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach,"
    " --attach-dependencies or --watch"
)
WAIT = "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies"
ABORT = "--abort-on-container-failure cannot be combined with --abort-on-container-exit"
# The words after `pycompose`, and the error.
CASES = [
    ("up --abort-on-container-exit --abort-on-container-failure", ABORT),
    ("up --wait --abort-on-container-exit", WAIT),
    ("up --wait --attach web", WAIT),
    ("up --wait --attach-dependencies", WAIT),
    ("up --build --no-build", "--build and --no-build are incompatible"),
    ("up -d --attach web", f"--detach {ATTACHED}"),
    ("up -d --attach-dependencies", f"--detach {ATTACHED}"),
    ("up -d --abort-on-container-exit", f"--detach {ATTACHED}"),
    ("up -d --abort-on-container-failure", f"--detach {ATTACHED}"),
    ("up -dw", f"--detach {ATTACHED}"),
    ("up --wait -w", f"--wait {ATTACHED}"),
    ("up --wait --abort-on-container-failure", f"--wait {ATTACHED}"),
    ("up --no-recreate -V", "--no-recreate and --renew-anon-volumes are incompatible"),
    ("up --force-recreate --no-recreate", "--force-recreate and --no-recreate are incompatible"),
    (
        "up --always-recreate-deps --no-recreate",
        "--always-recreate-deps and --no-recreate are incompatible",
    ),
    ("up --no-build --watch", "--no-build and --watch are incompatible"),
    ("up --attach web --attach-dependencies", "cannot combine --attach and --attach-dependencies"),
    ("create --build --no-build", "--build and --no-build are incompatible"),
    (
        "create --force-recreate --no-recreate",
        "--force-recreate and --no-recreate are incompatible",
    ),
    ("up --pull nosuch", 'invalid --pull option "nosuch"'),
    ("create --pull nosuch", 'invalid --pull option "nosuch"'),
    ("up --scale web", 'invalid --scale option "web". Should be SERVICE=NUM'),
    ("down --rmi nosuch", 'invalid value for --rmi: "nosuch"'),
    ("ps --filter nosuch", "arguments to --filter should be in form KEY=VAL"),
    ("ps --filter name=x", "unknown filter name"),
    ("logs --index 2", "--index requires one service to be selected"),
    ("config --format xml", 'unsupported format "xml"'),
    ("--progress nosuch ps", 'unsupported --progress value "nosuch"'),
    (
        "--ansi never --progress tty ps",
        "can't use --progress tty while ANSI support is disabled",
    ),
    (
        "--ansi always --progress plain ps",
        "can't use --progress plain while ANSI support is forced",
    ),
]
# Words of our own, or of Docker Compose 5.
OWN = [
    ("up --scale web=x", 'invalid --scale option "web=x". NUM should be a whole number from 0'),
    ("up --scale web=-1", 'invalid --scale option "web=-1". NUM should be a whole number from 0'),
    ("up --wait --wait-timeout -5", "--wait-timeout must be a non-negative integer"),
    ("start --wait --wait-timeout -5", "--wait-timeout must be a non-negative integer"),
    ("up --watch", "--watch is not supported by pycompose yet"),
    ("up --watch", "--watch is not supported by pycompose yet"),
    ("plan --format xml", 'unsupported format "xml", expected text or json'),
]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "compose.yaml").write_text("name: clioracle\nservices: {web: {image: busybox}}\n")
    return tmp_path


@pytest.mark.parametrize(("words", "message"), [*CASES, *OWN])
def test_is_refused(project, words, message) -> None:
    done = run(*words.split(), cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{message}\n")


@pytest.mark.oracle
@pytest.mark.parametrize(("words", "message"), CASES)
def test_docker_compose_uses_the_same_words(project, words, message) -> None:
    oracle = Path(find_spec("compose").submodule_search_locations[0]) / "docker-compose"
    done = subprocess.run(
        [oracle, *words.split()],
        cwd=project,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, f"{message}\n")


@pytest.mark.parametrize(
    "words",
    ["up --detach=false --watch --dry-run=false", "up -d=false -w", "up --build=0 --no-build -w"],
)
def test_a_switch_can_be_switched_off(project, words) -> None:
    done = run(*words.split(), cwd=project)
    assert "combined" not in done.stderr
    assert "--build" not in done.stderr
    assert done.returncode == 1


def test_old_spellings_warn(project) -> None:
    done = run("up", "--y", "--watch", cwd=project)
    assert done.stderr.splitlines()[0] == "--y is deprecated, please use --yes instead"
