"""What is pulled and what providers are asked for, beside Docker Compose; in memory."""

from __future__ import annotations

import io
import json
import os
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import inside
import pytest
from fake_server import FakeServer, serving
from projects import IMAGE

from pycompose.engine.fake import FakeEngine
from pycompose.model.values import familiar

pytestmark = pytest.mark.oracle
HOUR = 3600.0
PATIENCE = 60.0  # seconds; a deadline, not a wait
POLICIES = {
    "daily": (1, 25, 0),
    "weekly": (1, 25, 167, 169),
    "every_90m": (1, 2),
    "every_1d12h": (25, 37),
    "every_1w1h": (168.5, 170),
    "refresh": (1e4,),
    "missing": (1e4, 0),
    "if_not_present": (1e4,),
    "always": (0.1,),
    "never": (1e4,),
}
PLATFORMS = [
    ("linux/amd64", "linux/amd64"),
    ("linux/arm64", "linux/amd64"),
    ("linux/arm64", "linux/arm64/v8"),
    ("amd64", "linux/amd64"),
    ("linux/x86_64", "linux/amd64"),
    ("linux/arm/v6", "linux/arm/v7"),
    ("linux/arm/v7", "linux/arm"),
    ("windows/amd64", "linux/amd64"),
]
PROGRAM = """\
#!/bin/sh
echo "$@" >> FOLDER/calls
case "$*" in
*metadata*) echo '{"up": {"parameters": [{"name": "size"}]}, "down": {"parameters": []}}' ;;
*) echo '{"type": "setenv", "message": "URL=x"}' ;;
esac
"""
# After `up -d`. Docker Compose fails at a whole `down` once it has called the provider.
COMMANDS = ["create", "scale web=2", "start", "restart", "restart ext", "stop", "stop ext"]
COMMANDS += ["kill", "pause", "rm -fs", "down ext", "down web"]


class World:
    """A folder, and an engine in memory behind a socket."""

    def __init__(self, folder: Path, server: FakeServer) -> None:
        self.folder = folder
        self.server = server
        path = f"{folder}:{os.environ['PATH']}"
        host = f"unix://{folder}/engine"
        runtime = str(folder)
        self.env = {"DOCKER_HOST": host, "XDG_RUNTIME_DIR": runtime, "HOME": runtime, "PATH": path}
        spec = find_spec("compose")
        if spec is None or not spec.submodule_search_locations:
            pytest.skip("the oracle is not installed")
        self.oracle = Path(spec.submodule_search_locations[0]) / "docker-compose"

    def run(self, program: str, *words: str) -> int:
        words = ("-p", "demo", *words)
        if program == "pycompose":
            with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO())):
                done = inside.run(*words, folder=self.folder, **self.env)
            assert "Traceback" not in done.stderr, done.stderr
            print(done.stderr)
            return done.code
        return subprocess.run(
            [self.oracle, *words],
            cwd=self.folder,
            env=self.env,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        ).returncode

    def pulled(self, program: str, service: dict[str, Any], **image: Any) -> tuple[int, list[str]]:
        """Return the exit code of `create`, and what was pulled for it."""
        self.server.engine = engine = FakeEngine()
        engine.add_image(IMAGE, **image)
        engine.add_image(IMAGE, local=False, id="sha256:" + "2" * 64)
        document = {"services": {"web": {"image": IMAGE, **service}}}
        (self.folder / "compose.yaml").write_text(json.dumps(document))
        code = self.run(program, "create")
        return code, [familiar(c.args[0]) for c in engine.changes if c.method == "pull_image"]


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("pulls")
    with serving(FakeEngine(), str(folder / "engine")) as server:
        yield World(folder, server)


@pytest.mark.parametrize(("policy", "hours"), [(p, h) for p, hs in POLICIES.items() for h in hs])
def test_an_image_is_pulled_once_it_is_as_old_as_the_policy_says(policy, hours, world) -> None:
    answers = []
    for program in ("docker-compose", "pycompose"):
        came = time.time() - hours * HOUR
        answers.append(world.pulled(program, {"pull_policy": policy}, tagged_at=came))
    assert answers[1] == answers[0]


@pytest.mark.parametrize(("asked", "there"), PLATFORMS)
def test_an_image_of_another_platform_is_pulled(asked, there, world) -> None:
    programs = ("docker-compose", "pycompose")
    answers = [world.pulled(one, {"platform": asked}, platform=there) for one in programs]
    assert answers[1] == answers[0]


@pytest.fixture
def calls(world) -> Path:
    """The file in which a provider writes down how it is called."""
    program, calls = world.folder / "myprovider", world.folder / "calls"
    program.write_text(PROGRAM.replace("FOLDER", str(world.folder)))
    program.chmod(0o755)
    provider = {"type": "myprovider", "options": {"size": "3", "other": "4"}}
    web = {"image": IMAGE, "depends_on": ["ext"]}
    document = {"services": {"ext": {"provider": provider}, "web": web}}
    (world.folder / "compose.yaml").write_text(json.dumps(document))
    world.server.engine = FakeEngine()
    world.server.engine.add_image(IMAGE)
    return calls


@pytest.mark.parametrize("command", COMMANDS)
def test_providers_are_called_for_the_same_commands(command, world, calls) -> None:
    answers = []
    for name in ("docker-compose", "pycompose"):
        world.server.engine = FakeEngine()
        world.server.engine.add_image(IMAGE)
        assert world.run(name, "-f", "compose.yaml", "up", "-d") == 0
        calls.write_text("")
        code = world.run(name, "-f", "compose.yaml", *command.split())
        answers.append((code, calls.read_text().splitlines()))
    assert answers[1] == answers[0]


def test_a_provider_is_told_when_the_project_goes_down(world, calls) -> None:
    assert world.run("pycompose", "-f", "compose.yaml", "up", "-d") == 0
    calls.write_text("")
    assert world.run("pycompose", "-f", "compose.yaml", "down") == 0
    assert calls.read_text().splitlines() == [
        "compose metadata",
        "compose --project-name=demo down ext",
    ]
