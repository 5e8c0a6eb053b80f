"""What a shell offers at TAB: the answers to `__complete`, and the scripts in real shells."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from command_line import environment, loaded_modules, packages, run
from fake_server import serving
from projects import IMAGE

from pycompose.cli import options
from pycompose.cli.declared import Option, parameters
from pycompose.cli.main import COMMANDS, module_of, root
from pycompose.engine.fake import FakeEngine

FILE = f"""\
services:
  db: {{image: {IMAGE}, volumes: ["data:/data"]}}
  debug: {{image: {IMAGE}, profiles: [tools]}}
  web: {{image: {IMAGE}, depends_on: [db]}}
volumes: {{data: {{}}}}
"""
NO_FILES, EXTENSIONS, FOLDERS, NO_SPACE = 4, 8, 16, 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(FILE)
    (tmp_path / "other.yml").write_text(FILE.replace("web", "shop"))
    (tmp_path / "notes.txt").touch()
    (tmp_path / "deep").mkdir()
    return tmp_path


@pytest.fixture
def engine(folder: Path) -> Iterator[dict[str, str]]:
    """An engine with the project, of which `db` runs and `web` does not; the variable for it."""
    fake = FakeEngine()
    fake.add_image(IMAGE)
    with serving(fake, str(folder / "engine")) as server:
        host = {"DOCKER_HOST": f"unix://{server.server_address}"}
        for words in (("up", "-d"), ("stop", "web")):
            done = run("-p", "demo", *words, cwd=folder, **host)
            assert done.returncode == 0, done.stderr
        yield {**host, "COMPOSE_PROJECT_NAME": "demo"}


def offered(*words: str, cwd: Path, **env: str) -> tuple[list[str], int]:
    """Return the values offered for the last word, and the directive."""
    done = run("__complete", *words, cwd=cwd, **{"DOCKER_HOST": "unix:///nowhere", **env})
    assert (done.returncode, done.stderr) == (0, "")
    *lines, directive = done.stdout.splitlines()
    return [line.partition("\t")[0] for line in lines], int(directive.removeprefix(":"))


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("u", ["unpause", "up"]),
        ("--progress json u", ["unpause", "up"]),
        ("-f other.yml -- u", ["unpause", "up"]),
        ("volumes ba", ["backup"]),
        ("project", ["project"]),
        ("project ", ["rename"]),
        ("project rename ", []),
        ("volumes clone ", ["data"]),
        ("--prog", ["--progress"]),
        ("--project", ["--project-directory", "--project-name"]),
        ("--progress t", ["tty"]),
        ("--progress=t", ["--progress=tty"]),
        ("--dry-run=", ["--dry-run=true", "--dry-run=false"]),
        ("up --pul", ["--pull"]),
        ("up --pull m", ["missing"]),
        ("up -d --quiet-", ["--quiet-build", "--quiet-pull"]),
        ("up --quiet-build --quiet-", ["--quiet-pull"]),
        ("up --scale web=1 --sca", ["--scale"]),
        ("ps --status re", ["restarting", "removing"]),
        ("ps --format ", ["table", "json"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("port --protocol u", ["udp"]),
        ("up ", ["db", "web"]),
        ("up d", ["db"]),
        ("up db ", ["web"]),
        ("--profile tools up d", ["db", "debug"]),
        ("--profile * up d", ["db", "debug"]),
        ("--profile ", ["tools"]),
        ("-f other.yml up ", ["db", "shop"]),
        ("-fother.yml up ", ["db", "shop"]),
        ("--file=other.yml up --attach ", ["db", "shop"]),
        ("up --scale ", ["db=", "web="]),
        ("scale w", ["web="]),
        ("cp w", ["web:"]),
        ("run w", ["web"]),
        ("run web w", []),
        ("exec web --", []),
        ("up -- --", []),
        ("volumes backup ", ["data"]),
        ("config --hash w", ["web"]),
        ("nosuch ", []),
        ("--nosuch up ", []),
        ("up --nosuch ", []),
        ("-f - up ", []),
        ("-f absent.yaml up ", []),
        ("up --index=", []),
    ],
)
def test_values_are_offered(folder: Path, line: str, values: list[str]) -> None:
    assert offered(*line.split(" "), cwd=folder)[0] == values


@pytest.mark.parametrize(
    ("line", "directive"),
    [
        ("u", NO_FILES),
        ("up --scale ", NO_FILES + NO_SPACE),
        ("cp ", NO_SPACE),
        ("-f ", EXTENSIONS),
        ("--file=", EXTENSIONS),
        ("--project-directory ", FOLDERS),
        ("plan -o ", 0),
        ("up --timings=", 0),
        ("up --timings ", NO_FILES),
        ("exec -u ", NO_FILES),
        ("volumes restore ", 0),
        ("nosuch ", NO_FILES),
    ],
)
def test_the_shell_is_told_what_to_do_with_them(folder: Path, line: str, directive: int) -> None:
    assert offered(*line.split(" "), cwd=folder)[1] == directive


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("exec ", ["db"]),
        ("stop ", ["db"]),
        ("start ", ["web"]),
        ("rm ", ["web"]),
        ("unpause ", []),
        ("logs ", ["db", "web"]),
        ("up ", ["db", "web"]),
        ("-p ", ["demo"]),
        ("-p absent stop ", []),
    ],
)
def test_services_are_those_in_a_fitting_state(
    folder: Path, engine: dict[str, str], line: str, values: list[str]
) -> None:
    assert offered(*line.split(" "), cwd=folder, **engine) == (values, NO_FILES)


def test_a_project_without_files_is_known_by_its_containers(
    engine: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    assert offered("-p", "demo", "ps", "", cwd=empty, **engine)[0] == ["db", "web"]


def test_without_an_engine_every_service_is_offered(folder: Path) -> None:
    assert offered("exec", "", cwd=folder)[0] == ["db", "web"]


def test_an_engine_that_does_not_answer_offers_nothing(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent"))
        silent.listen()
        host = {"DOCKER_HOST": f"unix://{tmp_path}/silent"}
        assert offered("-p", "demo", "exec", "", cwd=tmp_path, **host) == ([], NO_FILES)


@pytest.mark.parametrize("text", ["services: [", "services: {web: 1", "\0", "[]", ""])
def test_a_broken_file_offers_nothing_and_says_nothing(folder: Path, text: str) -> None:
    (folder / "compose.yaml").write_text(text)
    assert offered("up", "", cwd=folder) == ([], NO_FILES)


def test_a_defect_says_nothing_unless_it_is_looked_for(folder: Path) -> None:
    (folder / "sitecustomize.py").write_text(
        "import pycompose.app.names as names\ndef fail(session): raise KeyError('x')\n"
        "names.services = fail\n"
    )
    path = {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    assert offered("up", "", cwd=folder, **path) == ([], NO_FILES)
    done = run("__complete", "up", "", cwd=folder, PYCOMPOSE_DEBUG="1", **path)
    assert "KeyError" in done.stderr


def test_descriptions_are_left_out_where_nobody_wants_them(folder: Path) -> None:
    assert run("__complete", "unp", cwd=folder).stdout == "unpause\tUnpause services\n:4\n"
    assert run("__completeNoDesc", "unp", cwd=folder).stdout == "unpause\n:4\n"


def test_docker_asks_its_plug_in(folder: Path) -> None:
    plugin = folder / "docker-pycompose"
    plugin.symlink_to(Path(sys.executable).with_name("docker-pycompose"))
    done = run("__complete", "pycompose", "up", "", cwd=folder, program=(str(plugin),))
    assert (done.stdout, done.stderr) == ("db\nweb\n:4\n", "")


def test_completion_imports_what_the_word_needs(folder: Path) -> None:
    heavy = {"docker", "jsonschema", "networkx", "requests", "rich", "typer"}
    for words in (("u",), ("up", "--"), ("up", "--pull", "")):
        loaded = loaded_modules("__complete", *words, report=folder / "modules", cwd=folder)
        assert not {*heavy, "yaml"} & packages(loaded)
        parts = ("loader", "model", "engine", "app.options", "ui")
        assert not {
            name for name in loaded if name.startswith(tuple(f"pycompose.{p}" for p in parts))
        }
    loaded = loaded_modules("__complete", "up", "", report=folder / "modules", cwd=folder)
    assert not heavy & packages(loaded)
    assert not {name for name in loaded if name.startswith(("pycompose.engine", "pycompose.ui"))}


def options_with_values() -> list[tuple[str, Option]]:
    from importlib import import_module

    functions = [root, *(import_module(module_of(name)).main for name in COMMANDS)]
    return [
        (parameter.name, parameter.declaration)
        for function in functions
        for parameter in parameters(function)
        if isinstance(parameter.declaration, Option)
        if isinstance(parameter.declaration.values, tuple)
    ]


def test_values_that_are_offered_are_named_in_the_help_of_their_flag() -> None:
    found = options_with_values()
    assert len(found) > 10
    for name, option in found:
        if name not in ("signal", "level", "filter"):
            assert {*option.values} <= {*re.findall(r"[\w-]+", option.help)}, name


def test_values_that_are_offered_are_taken() -> None:
    for name, option in options_with_values():
        if name == "pull":
            assert {*option.values} == {*options.PULL} - {"if_not_present"}
        if name == "compress":
            assert [options.compression(value) for value in option.values] == ["gzip", "xz"]
        if name == "rmi":
            assert [options.images(value) for value in option.values] == ["all", "local"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_printed(shell: str) -> None:
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert "__complete" in done.stdout


def test_no_other_shell_is_known() -> None:
    done = run("completion", "tcsh")
    assert done.returncode == 1
    assert "expected bash, zsh or fish" in done.stderr


START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source script.bash"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source script.zsh"),
    "fish": (["fish", "--no-config", "-i"], "source script.fish"),
}
# Completes as pycompose does; else keeps the words it was run with.
PROGRAM = f"""\
#!/bin/sh
case "$1" in __complete*) exec {sys.executable} -m pycompose "$@" ;; esac
printf '%s\\n' "$@" >ran.new
mv ran.new ran
"""
# What is typed, and the words of the line it makes.
TYPED = [
    ("--proj\tx", "--project-x"),
    ("unp\tx", "unpause x"),
    ("up w\t", "up web"),
    ("-f oth\tup sh\t", "-f other.yml up shop"),
    ("-f not\tx", "-f notx"),
    ("--file=oth\tup sh\t", "--file=other.yml up shop"),
    ("-f deep/in\tup i\t", "-f deep/inner.yaml up inner"),
    ("-f ~/oth\tup sh\t", "-f HOME/other.yml up shop"),
    ("--project-directory de\tx", "--project-directory deep/x"),
    ("--project-directory no\tx", "--project-directory nox"),
    ("--project-directory=de\tx", "--project-directory=deep/x"),
    ("--progress=js\t", "--progress=json"),
    ("--progress js\tup", "--progress json up"),
    ("up --scale w\t2 --pull=mi\t", "up --scale web=2 --pull=missing"),
    ("plan -o note\t", "plan -o notes.txt"),
    ("plan --output=note\t", "plan --output=notes.txt"),
    ("exec w\tnot\tx", "exec web notx"),
    ("cp w\t/srv", "cp web:/srv"),
    ("cp note\tw\t/srv", "cp notes.txt web:/srv"),
    ("-f 'other.yml' up sh\t", "-f other.yml up shop"),
    ("nosuch n\tx", "nosuch nx"),
]


class Shell:
    """A shell on a terminal that has read its script."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder
        (folder / "compose.yaml").write_text(FILE)
        (folder / "other.yml").write_text(FILE.replace("web", "shop"))
        (folder / "deep").mkdir()
        (folder / "deep" / "inner.yaml").write_text(f"services: {{inner: {{image: {IMAGE}}}}}\n")
        (folder / "notes.txt").touch()
        (folder / f"script.{name}").write_text(run("completion", name).stdout)
        (folder / "bin").mkdir()
        program = folder / "bin" / "pycompose"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        env = environment(
            PATH=f"{program.parent}:{os.environ['PATH']}",
            HOME=str(folder),
            DOCKER_HOST="unix:///nowhere",
            TERM="xterm",
        )
        command, begin = START[name]
        self.child = pexpect.spawn(
            command[0], command[1:], cwd=str(folder), env=env, encoding="utf-8", timeout=30
        )
        self.child.send(f"{begin}\r")

    def words(self, typed: str) -> str:
        """Type what follows the program's name, and return the words it was run with."""
        ran = self.folder / "ran"
        ran.unlink(missing_ok=True)
        self.child.send(f"pycompose {typed}\r")
        deadline = time.monotonic() + 30
        while not ran.exists():
            assert time.monotonic() < deadline, self.child.read_nonblocking(100_000)
            with contextlib.suppress(pexpect.TIMEOUT):
                self.child.read_nonblocking(100_000, timeout=0.05)
        return " ".join(ran.read_text().split("\n")[:-1])


@pytest.fixture(scope="module", params=START)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    name = request.param
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name}")
    shell = Shell(name, tmp_path_factory.mktemp(name))
    yield shell
    shell.child.close(force=True)


@pytest.mark.parametrize(("typed", "words"), TYPED)
def test_what_is_typed_is_completed(shell: Shell, typed: str, words: str) -> None:
    assert shell.words(typed) == words.replace("HOME", str(shell.folder))
