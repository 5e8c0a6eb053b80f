"""`lint` as a user runs it: what is printed where, and the exit code."""

from __future__ import annotations

import json
import sys

import pexpect
import pytest
from command_line import environment, loaded_modules, packages, run

GOOD = "services:\n  web:\n    image: nginx:1.27\n"
WARNED = "services:\n  web:\n    image: nginx\n"
WRONG = "services:\n  web:\n    image: nginx:1.27\n    environment: {VERSION: 1.10}\n"


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (GOOD, [], 0),
        (GOOD, ["--strict"], 0),
        (WARNED, [], 0),
        (WARNED, ["--strict"], 1),
        (WRONG, [], 1),
        (WRONG, ["web"], 1),
        (WRONG, ["--format", "sarif"], 1),
    ],
)
def test_the_exit_code_tells_whether_something_was_found(text, words, code, tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(text)
    done = run("lint", *words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (code, "")


def test_findings_are_on_standard_output(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(WRONG)
    assert run("lint", cwd=tmp_path).stdout == (
        "compose.yaml:4:28: error: services.web.environment.VERSION: unquoted 1.10 is passed on as"
        " '1.1' (put it in quotes) [rewritten-value]\n"
    )


def test_a_terminal_shows_the_line(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(WRONG)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pycompose", "lint"],
        cwd=str(tmp_path),
        env=environment(),
        encoding="utf-8",
        timeout=30,
    )
    shown = child.read().splitlines()[1:]
    child.close()
    assert shown == [" 4 |     environment: {VERSION: 1.10}", f"{' ' * 32}^"]
    assert child.exitstatus == 1


def test_standard_input_is_linted(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(WARNED)
    program = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-m', 'pycompose',"
    program += " '-f', '-', 'lint'], stdin=open('compose.yaml')).returncode)"
    done = run(cwd=tmp_path, program=(sys.executable, "-c", program))
    assert done.stdout.startswith("<stdin>:3:12: warning: services.web.image: ")


def test_a_file_with_mistakes_is_refused_as_ever(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    imagee: nginx\n")
    done, config = run("lint", cwd=tmp_path), run("config", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == config.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nosuch"], "no such service: nosuch"),
        (["--format", "xml"], 'unsupported format "xml", expected text, json, sarif or github'),
        (["--rules", "--format", "sarif"], "--rules and --format sarif are incompatible"),
    ],
)
def test_what_cannot_be_is_refused(words, message, tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(GOOD)
    done = run("lint", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{message}\n")


def test_rules_are_listed_without_a_file(tmp_path) -> None:
    done = run("lint", "--rules", cwd=tmp_path)
    assert done.returncode == 0
    assert "base-60" in done.stdout
    listed = json.loads(run("lint", "--rules", "--format", "json", cwd=tmp_path).stdout)
    assert len(listed) == len(done.stdout.splitlines())


def test_linting_imports_no_engine(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text(WRONG)
    loaded = loaded_modules("lint", report=tmp_path / "modules", cwd=tmp_path)
    assert not {"docker", "requests", "networkx", "jsonschema", "typer"} & packages(loaded)
