"""The help of every command, and that table, files and docstrings agree."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from command_line import run

import pycompose.cli.commands
from pycompose.cli.declared import Argument, parameters
from pycompose.cli.main import COMMANDS, module_of, root

FOLDER = Path(pycompose.cli.commands.__file__).parent


def module(name: str):
    return import_module(module_of(name))


def test_the_table_names_the_files() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert {module_of(name).rpartition(".")[2] for name in COMMANDS} == files


def test_the_table_is_sorted() -> None:
    assert list(COMMANDS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_tells_what_the_docstring_tells(name: str) -> None:
    first = inspect.getdoc(module(name).main).splitlines()[0]
    assert first == f"{COMMANDS[name]}."


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_one_to_three_examples(name: str) -> None:
    done = run(*name.split(), "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith(f"Usage: pycompose {name} [OPTIONS]")
    examples = done.stdout.split("Examples:\n")[1].split("\n\n")[0].splitlines()
    assert 1 <= len(examples) <= 3
    assert all("pycompose" in example for example in examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_dry_run(name: str) -> None:
    assert "--dry-run" in run(*name.split(), "-h").stdout


def test_help_lists_every_command() -> None:
    done = run("--help")
    listed = done.stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert re.findall(r"^  (\w[\w ]*?)(?:  |$)", listed, re.MULTILINE) == list(COMMANDS)


def test_no_command_is_help() -> None:
    bare, asked = run(), run("--help")
    assert (bare.returncode, bare.stdout) == (0, asked.stdout)


@pytest.mark.parametrize("function", [root, *(module(name).main for name in COMMANDS)])
def test_every_visible_option_has_a_help_text(function) -> None:
    for parameter in parameters(function):
        declaration = parameter.declaration
        assert isinstance(declaration, Argument) or declaration.hidden or declaration.help


@pytest.mark.parametrize("function", [root, *(module(name).main for name in COMMANDS)])
def test_every_parameter_is_declared(function) -> None:
    named = set(inspect.signature(function).parameters) - {"ctx"}
    assert named == {parameter.name for parameter in parameters(function)}
