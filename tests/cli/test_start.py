"""What a start imports, and what is answered without importing anything."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest
from command_line import loaded_modules, packages, run

from pycompose.version import VERSION

ROOT = Path(__file__).parents[2]
HEAVY = {"docker", "requests", "networkx", "jsonschema", "yaml", "rich"}
PLUGIN = "import sys; from pycompose.__main__ import main; sys.exit(main(sys.argv[1:]))"


def plugin(*argv: str, **env: str):
    return run(*argv, program=(sys.executable, "-c", PLUGIN), **env)


@pytest.mark.parametrize("words", [["--help"], ["up", "--help"], ["up", "--nosuch"], ["nosuch"]])
def test_help_imports_nothing_heavy(words, tmp_path) -> None:
    loaded = loaded_modules(*words, report=tmp_path / "modules")
    assert not HEAVY & packages(loaded)
    assert not {name for name in loaded if name.startswith(("pycompose.model", "pycompose.loader"))}


def test_help_imports_no_command(tmp_path) -> None:
    loaded = loaded_modules("--help", report=tmp_path / "modules")
    assert not {name for name in loaded if name.startswith("pycompose.cli.commands.")}


def test_a_command_imports_no_other(tmp_path) -> None:
    loaded = loaded_modules("up", "--help", report=tmp_path / "modules")
    commands = {name for name in loaded if name.startswith("pycompose.cli.commands.")}
    assert commands == {"pycompose.cli.commands.up"}


@pytest.mark.parametrize(
    "words", [["docker-cli-plugin-metadata"], ["version"], ["-v"], ["version", "--short"]]
)
def test_trivia_imports_no_command_line(words, tmp_path) -> None:
    loaded = loaded_modules(*words, report=tmp_path / "modules")
    assert "typer" not in packages(loaded)
    assert {n for n in loaded if n.startswith("pycompose")} <= {
        "pycompose",
        "pycompose.__main__",
        "pycompose.cli",
        "pycompose.version",
    }


@pytest.mark.parametrize("words", [["version"], ["--version"], ["-v"], ["version", "-f", "pretty"]])
def test_version_is_the_same_by_every_road(words) -> None:
    assert run(*words).stdout == f"pycompose version v{VERSION}\n"


def test_version_short_and_json() -> None:
    assert run("version", "--short").stdout == f"{VERSION}\n"
    assert run("--dry-run", "version", "--short").stdout == f"{VERSION}\n"
    assert json.loads(run("version", "--format=json").stdout) == {"version": f"v{VERSION}"}


def test_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project.get("version", VERSION) == VERSION


def test_metadata_is_what_docker_asks_for() -> None:
    metadata = json.loads(run("docker-cli-plugin-metadata").stdout)
    assert set(metadata) == {"SchemaVersion", "Vendor", "Version", "ShortDescription"}
    assert metadata["SchemaVersion"] == "0.1.0"
    assert metadata["Version"] == f"v{VERSION}"


@pytest.mark.parametrize(
    "argv",
    [
        ["/x/docker-pycompose", "pycompose", "version", "--short"],
        ["/x/docker-pycompose", "--context", "default", "pycompose", "version", "--short"],
        ["/x/docker-pycompose", "-H=unix:///x", "-D", "pycompose", "version", "--short"],
        ["/x/docker-compose", "compose", "version", "--short"],
        ["/x/pycompose", "-H", "tcp://x:1", "--tlsverify", "-l", "debug", "version", "--short"],
    ],
)
def test_the_flags_of_docker_come_before_the_plugin(argv) -> None:
    done = plugin(*argv)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{VERSION}\n", "")


def test_a_plugin_is_called_as_docker_calls_it() -> None:
    done = plugin("/x/docker-pycompose", "pycompose", "nosuch")
    assert done.stderr == 'unknown command: "docker pycompose nosuch"\n'


def test_checking_good_files_imports_no_engine(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: busybox}}\n")
    loaded = loaded_modules("config", "-q", report=tmp_path / "modules", cwd=tmp_path)
    assert not {"docker", "requests", "networkx", "jsonschema", "rich"} & packages(loaded)
