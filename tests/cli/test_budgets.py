"""Which modules a command imports: the cost of a start, without a clock (design 2.9)."""

from __future__ import annotations

import os

import pytest
from command_line import loaded_modules, packages, run
from fake_server import serving
from forward import forwarding

from pycompose.engine.fake import FakeEngine

FILE = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    environment: {COLOUR: blue}
    ports: ["80"]
    depends_on: {db: {condition: service_started}}
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [data:/data]
volumes: {data: {}}
"""
HOST = {name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ}


def test_help_imports_no_library_and_no_model(tmp_path) -> None:
    loaded = loaded_modules("--help", report=tmp_path / "modules")
    assert not {"docker", "networkx", "jsonschema", "yaml", "rich"} & packages(loaded)
    assert not {name for name in loaded if name.startswith("pycompose.model")}


def test_checking_a_good_file_imports_neither_engine_nor_explanations(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(FILE.replace("IMAGE", "busybox"))
    loaded = loaded_modules("config", "-q", report=tmp_path / "modules", cwd=tmp_path)
    assert not {"docker", "networkx", "jsonschema", "rich", "typer"} & packages(loaded)
    assert not {"difflib", "pathlib", "shutil", "tempfile", "pycompose.ui.tty"} & set(loaded)
    assert not {"pycompose.app.options", "pycompose.app.inner"} & set(loaded)


@pytest.mark.docker
def test_listing_a_named_project_reads_no_file(real_engine, tmp_path) -> None:
    del real_engine
    loaded = loaded_modules("-p", "x", "ps", report=tmp_path / "modules", cwd=tmp_path, **HOST)
    assert not {"docker", "networkx", "jsonschema", "yaml", "rich", "typer"} & packages(loaded)
    assert not {name for name in loaded if name.startswith("pycompose.loader")}


@pytest.mark.docker
def test_no_up_of_images_that_are_here_imports_the_sdk(
    real_engine, project_name, tmp_path, image
) -> None:
    del real_engine
    (tmp_path / "compose.yaml").write_text(FILE.replace("IMAGE", image))
    words = ("-p", project_name, "up", "-d")
    for _ in ("creates", "has nothing to do"):
        loaded = loaded_modules(*words, report=tmp_path / "modules", cwd=tmp_path, **HOST)
        heavy = {"docker", "requests", "networkx", "jsonschema", "rich", "typer"}
        assert not heavy & packages(loaded)


def services(count: int, image: str) -> str:
    """Return a file of services that share a network and a volume."""
    one = f"image: {image}, command: sleep 1000, stop_grace_period: 0s, volumes: ['data:/data']"
    lines = [f"  app{number}: {{{one}}}" for number in range(count)]
    return "\n".join(["services:", *lines, "volumes: {data: {}}", ""])


@pytest.mark.parametrize("command", [("up", "-d"), ("ps",), ("plan",)])
def test_no_command_that_looks_asks_more_of_many_services(tmp_path, command) -> None:
    asked = []
    for count in (10, 50):
        (tmp_path / "compose.yaml").write_text(services(count, "busybox:latest"))
        engine = FakeEngine()
        engine.add_image("busybox:latest")
        with serving(engine, str(tmp_path / f"{count}.sock")) as server:
            words = ("-p", "demo")
            host = {"DOCKER_HOST": f"unix://{tmp_path}/{count}.sock"}
            assert run(*words, "up", "-d", cwd=tmp_path, **host).returncode == 0
            server.requests.clear()
            done = run(*words, *command, cwd=tmp_path, **host)
            assert done.returncode == 0, done.stderr
            asked.append(sorted(server.requests))
    assert asked[0] == asked[1]
    assert {method for method, _ in asked[0]} == {"GET"}


@pytest.mark.docker
def test_an_up_with_nothing_to_do_asks_a_real_engine_seven_times(
    real_engine, engine_socket, project_name, tmp_path, image
) -> None:
    del real_engine
    (tmp_path / "compose.yaml").write_text(services(4, image))
    with forwarding(engine_socket, here=str(tmp_path / "engine.sock")) as forward:
        words = ("-p", project_name, "up", "-d")
        for _ in range(2):
            forward.requests.clear()
            done = run(*words, cwd=tmp_path, DOCKER_HOST=forward.address)
            assert done.returncode == 0, done.stderr
    assert sorted(path.partition("?")[0].split("/", 2)[-1] for _, path in forward.requests) == [
        "_ping",
        "containers/json",
        "events",
        "images/json",
        "images/json",
        "networks",
        "volumes",
    ]
