"""`ps` beside Docker Compose itself, on the same containers: equal bytes."""

from __future__ import annotations

import json
import re
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from command_line import environment, run

pytestmark = [pytest.mark.docker, pytest.mark.oracle]
# Seconds pass between two commands.
TIME = re.compile(r"(Less than a second|About a minute|\d+ (seconds?|minutes?))")


def oracle(*words: str, cwd: Path) -> str:
    program = Path(find_spec("compose").submodule_search_locations[0]) / "docker-compose"
    return subprocess.run(
        [program, *words],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    ).stdout


def timeless(text: str) -> str:
    return re.sub(" +", " ", TIME.sub("TIME", text))


@pytest.fixture
def project(tmp_path, real_engine, project_name, image):
    document = {
        "name": project_name,
        "services": {
            "web": {
                "image": image,
                "command": ["sh", "-c", "echo 'a long command'; exec sleep 1000"],
                "ports": ["127.0.0.1::80", "127.0.0.1::81/udp", "82"],
                "expose": ["7000", "8001/udp"],
                "volumes": ["data:/data"],
                "init": True,
            },
            "done": {"image": image, "command": ["sh", "-c", "exit 5"]},
        },
        "volumes": {"data": {}},
    }
    (tmp_path / "compose.yaml").write_text(json.dumps(document))
    oracle("up", "-d", cwd=tmp_path)
    while not oracle("ps", "--quiet", "--status", "exited", cwd=tmp_path):
        time.sleep(0.1)  # `done` may take a moment
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--all",
        "--all --no-trunc",
        "--quiet",
        "--services --all",
        "--status exited",
        "--format {{.Name}}\\t{{.Ports}}\\t{{.Command}}\\t{{.Mounts}}",
    ],
)
def test_ps_prints_the_same(project, words) -> None:
    ours = run("ps", *words.split(), cwd=project)
    assert (ours.returncode, ours.stderr) == (0, "")
    assert timeless(ours.stdout) == timeless(oracle("ps", *words.split(), cwd=project))


def test_json_has_the_same_keys_and_values(project) -> None:
    def rows(text: str):
        for row in map(json.loads, text.splitlines()):
            row["Labels"] = sorted(row["Labels"].split(","))
            row["Publishers"].sort(key=str)
            yield {key: TIME.sub("TIME", v) if isinstance(v, str) else v for key, v in row.items()}

    words = ("ps", "--all", "--format", "json")
    assert list(rows(run(*words, cwd=project).stdout)) == list(rows(oracle(*words, cwd=project)))
