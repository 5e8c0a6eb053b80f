"""Which modules a command imports: the cost of a start, without a clock (design 2.9)."""

from __future__ import annotations

import os

import pytest
from command_line import loaded_modules, packages, run

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


@pytest.mark.docker
def test_listing_a_named_project_reads_no_file(real_engine, tmp_path) -> None:
    del real_engine
    loaded = loaded_modules("-p", "x", "ps", report=tmp_path / "modules", cwd=tmp_path, **HOST)
    assert not {"docker", "networkx", "jsonschema", "yaml", "rich", "typer"} & packages(loaded)
    assert not {name for name in loaded if name.startswith("pycompose.loader")}


@pytest.mark.docker
def test_an_up_with_nothing_to_do_imports_no_hand_that_changes(
    real_engine, project_name, tmp_path, image
) -> None:
    del real_engine
    (tmp_path / "compose.yaml").write_text(FILE.replace("IMAGE", image))
    words = ("-p", project_name, "up", "-d")
    first = run(*words, cwd=tmp_path, **HOST)
    assert first.returncode == 0, first.stderr
    loaded = loaded_modules(*words, report=tmp_path / "modules", cwd=tmp_path, **HOST)
    assert not {"docker", "networkx", "jsonschema", "rich", "typer"} & packages(loaded)
