"""`graph` as a user runs it: where it writes, what it asks the engine, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import loaded_modules, packages, run
from fake_server import serving
from projects import IMAGE

from pycompose.engine.fake import FakeEngine

FILE = f"""\
name: demo
services:
  db: {{image: {IMAGE}, volumes: ["data:/data"]}}
  web: {{image: {IMAGE}, depends_on: [db], ports: ["8000:80"]}}
  other: {{image: {IMAGE}}}
volumes: {{data: {{}}}}
"""
DRAWN = f"""\
web  {IMAGE}  8000 -> 80
`-- db  {IMAGE}  (started)
    `-- volume data  (/data)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(FILE)
    return tmp_path


def test_services_are_drawn_without_an_engine(folder: Path) -> None:
    done = run("graph", "web", cwd=folder, DOCKER_HOST="unix:///nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (0, DRAWN, "")
    loaded = loaded_modules("graph", report=folder / "modules", cwd=folder)
    assert not {"docker", "jsonschema", "networkx", "rich", "typer"} & packages(loaded)
    assert not {name for name in loaded if name.startswith("pycompose.engine")}


def test_live_asks_for_the_containers_and_nothing_else(folder: Path) -> None:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    with serving(engine, str(folder / "engine")) as server:
        host = {"DOCKER_HOST": f"unix://{server.server_address}"}
        assert run("up", "-d", "web", cwd=folder, **host).returncode == 0
        assert run("stop", "db", cwd=folder, **host).returncode == 0
        server.requests.clear()
        done = run("graph", "--live", cwd=folder, **host)
        assert done.stderr == ""
        assert {path for _, path in server.requests} <= {"/_ping", "/containers/json"}
    words = [line.partition(f"  {IMAGE}")[0] for line in done.stdout.splitlines()]
    assert words == [
        "web [running]",
        "`-- db [exited (143)]",
        "    `-- volume data  (/data)",
        "other [no container]",
    ]


def test_live_without_an_engine_is_an_error(folder: Path) -> None:
    done = run("graph", "--live", cwd=folder, DOCKER_HOST="unix:///nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere" in done.stderr


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.svg", "<svg "), ("a.mmd", "flowchart"), ("a.dot", "digraph"), ("a.txt", "web")],
)
def test_the_file_tells_the_format(folder: Path, name: str, begin: str) -> None:
    done = run("graph", "-o", name, "web", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / name).read_text().startswith(begin)
    assert run("graph", "-o", name, "--format", "dot", cwd=folder).returncode == 0
    assert (folder / name).read_text().startswith("digraph")


def test_other_formats_and_services_are_refused(folder: Path) -> None:
    done = run("graph", "--format", "png", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.endswith('"png", expected ascii, mermaid, dot or svg\n')
    assert run("graph", "nosuch", cwd=folder).stderr == "no such service: nosuch\n"
