"""What ends a command, and with which code and words."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_line import environment, run

COMPOSE = "services:\n  web:\n    image: busybox\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--nosuch", "unknown flag: --nosuch"),
        ("up --nosuch", "unknown flag: --nosuch"),
        ("up --no-sta", "unknown flag: --no-sta"),
        ("config --all-resources", "unknown flag: --all-resources"),
        ("up -dZ", "unknown shorthand flag: 'Z' in -Z"),
        ("up --scale", "flag needs an argument: --scale"),
        ("up -t", "flag needs an argument: 't' in -t"),
        ("-f", "flag needs an argument: 'f' in -f"),
        ("up --=x", "bad flag syntax: --=x"),
        ("version extra", 'unknown command "extra" for "pycompose version"'),
        (
            "up --timeout x",
            'invalid argument "x" for "-t, --timeout" flag: expected a whole number',
        ),
        (
            "up --detach=maybe",
            'invalid argument "maybe" for "-d, --detach" flag: expected true or false',
        ),
    ],
)
def test_a_wrong_flag_ends_with_1_and_says_so(words, message) -> None:
    done = run(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{message}\n")


def test_an_unknown_command_prints_the_help() -> None:
    done = run("nosuch")
    assert done.returncode == 1
    assert done.stdout == run("--help").stdout
    assert done.stderr == 'unknown command: "pycompose nosuch"\n'


def test_errors_are_json_when_progress_is() -> None:
    done = run("--progress", "json", "up", "--build", "--no-build")
    assert json.loads(done.stderr) == {
        "error": True,
        "message": "--build and --no-build are incompatible",
    }
    assert run("up", "--nosuch", COMPOSE_PROGRESS="json").stderr.startswith('{"error":true,')


def test_errors_and_warnings_have_the_format_asked_for(project) -> None:
    text = 'version: "3"\nservices: {web: {image: x, imagee: y}}\n'
    (project / "compose.yaml").write_text(text)
    assert run("--error-format", "gcc", "config", cwd=project).stderr == (
        "compose.yaml:2:28: error: services.web: unknown attribute 'imagee'"
        " (did you mean 'image'?)\n"
    )
    (project / "compose.yaml").write_text(text.replace("imagee", "x-y"))
    done = run("--error-format=github", "--progress", "json", "config", "-q", cwd=project)
    assert done.stderr.startswith("::warning file=compose.yaml,line=1,col=1::version: ")
    assert done.returncode == 0


def test_errors_of_the_command_line_have_the_format_asked_for() -> None:
    assert json.loads(run("--error-format", "json", "--nosuch").stderr)["file"] is None
    assert run("--error-format=gcc", "up", "--nosuch").stderr == (
        "pycompose: error: unknown flag: --nosuch\n"
    )
    assert run("--error-format", "xml", "ps").stderr == (
        'unsupported --error-format value "xml": expected text, json, github or gcc\n'
    )


def test_control_characters_of_arguments_are_escaped(project) -> None:
    done = run("config", "a\x1b[31m", cwd=project)
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "a\\e[31m" in done.stderr


def test_no_file_ends_with_1(tmp_path) -> None:
    done = run("config", cwd=tmp_path)
    assert done.returncode == 1
    assert "no configuration file provided" in done.stderr


def test_a_closed_pipe_is_silent_and_141(project) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pycompose", "config", "--environment"],
        cwd=project,
        env=environment(**{f"BIG{n}": "x" * 100_000 for n in range(5)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("words", [("config",), ("version",), ("--help",)])
def test_a_full_disk_is_told_in_one_line(project, words) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pycompose", *words],
            cwd=project,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    assert done.returncode == 1
    assert done.stderr == "cannot write the output: No space left on device\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(project, closed) -> None:
    done = subprocess.run(
        f"exec {sys.executable} -m pycompose config {closed}",
        shell=True,
        cwd=project,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_any_locale_writes_utf8(tmp_path, locale) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE + "    labels: {a: ✔}\n")
    done = run("config", cwd=tmp_path, LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✔" in done.stdout


def test_a_defect_is_told_without_its_words(project) -> None:
    code = (
        "import sys; from pycompose.__main__ import main\n"
        "import pycompose.app.session as session\n"
        "def broken(*a, **k): raise KeyError('s3cret')\n"
        "session.Session.load = broken\n"
        "sys.exit(main(['pycompose', *sys.argv[1:]]))"
    )
    program = (sys.executable, "-c", code)
    done = run("config", cwd=project, program=program)
    assert done.returncode == 1
    assert done.stderr.startswith("pycompose met a defect of its own (KeyError in ")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr
    assert "Traceback" in run("--debug", "config", cwd=project, program=program).stderr
    assert "Traceback" in run("config", cwd=project, program=program, PYCOMPOSE_DEBUG="1").stderr


def test_output_replaces_a_file_whole(project) -> None:
    target = project / "out.yaml"
    target.write_text("before")
    target.chmod(0o640)
    assert run("config", "-o", "out.yaml", cwd=project).returncode == 0
    assert target.read_text() == run("config", cwd=project).stdout
    assert target.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in project.iterdir() if path.name.startswith(".py")] == []


def test_output_to_a_missing_folder_names_it(project) -> None:
    done = run("config", "-o", "no/out.yaml", cwd=project)
    assert done.returncode == 1
    assert "no/out.yaml" in done.stderr


def test_a_dash_reads_the_file_from_standard_input(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pycompose", "-f", "-", "config", "--services"],
        input="services: {web: {image: x}}\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "web\n"), done.stderr


def test_config_shows_what_no_engine_takes_with_a_warning(project) -> None:
    (project / "compose.yaml").write_text("services: {web: {image: x, restart: allways}}\n")
    done = run("config", cwd=project)
    assert (done.returncode, "restart: allways" in done.stdout) == (0, True)
    assert done.stderr.startswith(
        "warning: compose.yaml:1:37: services.web.restart: unknown restart policy 'allways'"
    )
