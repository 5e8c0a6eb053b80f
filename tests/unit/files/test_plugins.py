"""Plug-ins of the docker command, and other programs."""

from __future__ import annotations

import json
from pathlib import Path

from pycompose.files.plugins import plugin, program


def make(folder: Path, name: str, mode: int = 0o755) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return str(path)


def test_a_plugin_is_in_the_folder_of_the_user(tmp_path) -> None:
    assert plugin("some", str(tmp_path)) == ""
    path = make(tmp_path / "cli-plugins", "docker-some")
    assert plugin("some", str(tmp_path)) == path
    assert plugin("other", str(tmp_path)) == ""


def test_what_cannot_be_run_is_none(tmp_path) -> None:
    make(tmp_path / "cli-plugins", "docker-some", 0o644)
    (tmp_path / "cli-plugins" / "docker-folder").mkdir()
    assert plugin("some", str(tmp_path)) == plugin("folder", str(tmp_path)) == ""


def test_folders_of_the_configuration_go_first(tmp_path) -> None:
    make(tmp_path / "cli-plugins", "docker-some")
    path = make(tmp_path / "extra", "docker-some")
    (tmp_path / "config.json").write_text(json.dumps({"cliPluginsExtraDirs": [str(path)[:-12]]}))
    assert plugin("some", str(tmp_path)) == path
    (tmp_path / "config.json").write_text('{"cliPluginsExtraDirs": 3}')
    assert plugin("some", str(tmp_path)).endswith("cli-plugins/docker-some")


def test_a_program_is_a_plugin_or_on_the_search_path(tmp_path) -> None:
    environ = {"PATH": str(tmp_path / "bin")}
    assert program("some", str(tmp_path), environ) == ""
    path = make(tmp_path / "bin", "some")
    assert program("some", str(tmp_path), environ) == path
    preferred = make(tmp_path / "cli-plugins", "docker-some")
    assert program("some", str(tmp_path), environ) == preferred
