"""Compose files from elsewhere, by whole commands."""

from __future__ import annotations

import pytest
from command_line import run
from registry import registry


def test_files_from_elsewhere_are_read_only_if_that_is_allowed(tmp_path) -> None:
    with registry() as held:
        held.push("1", held.layer(b"services: {a: {image: x, volumes: ['./d:/d']}}\n"))
        reference = f"oci://{held.host}/app:1"
        (tmp_path / "compose.yaml").write_text(f"include: ['{reference}']\n")
        settings = {"cwd": tmp_path, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        for words in ((), ("-f", reference)):
            refused = run(*words, "config", **settings)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert "remote files are not allowed" in refused.stderr
            assert held.requests == []
        for words in ((), ("-f", reference)):
            done = run("--allow-remote", *words, "config", **settings)
            assert done.returncode == 0, done.stderr
            assert f"source: {tmp_path}/cache/pycompose/oci/" in done.stdout


@pytest.mark.parametrize("command", ["ps", "logs", "down", "config"])
def test_no_command_asks_a_registry_on_its_own(tmp_path, command) -> None:
    (tmp_path / "compose.yaml").write_text("include: ['oci://127.0.0.1:9/app:1']\n")
    refused = run(command, cwd=tmp_path)
    assert "remote files are not allowed (pycompose --allow-remote" in refused.stderr
