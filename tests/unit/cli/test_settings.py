from __future__ import annotations

import pytest

from pycompose.cli.declared import parameters
from pycompose.cli.invocation import GlobalFlags
from pycompose.cli.main import root
from pycompose.cli.settings import read
from pycompose.errors import UsageError


@pytest.fixture
def here(tmp_path):
    """A project in `sub`, others beside and below it, each with its own .env when written."""
    for name in ("sub/deep", "proj"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "sub/compose.yaml").write_text("services: {}\n")
    return tmp_path


def settings(here, *, env=None, cwd="", **flags):
    return read(GlobalFlags(**flags), environ=env or {}, cwd=str(here / cwd))


def test_every_global_flag_has_its_field() -> None:
    names = {parameter.name for parameter in parameters(root)}
    assert names == set(GlobalFlags._fields)


@pytest.mark.parametrize(
    ("flags", "env", "cwd", "where"),
    [
        # As measured on Docker Compose 2.40.3.
        ({"file": ("sub/compose.yaml",)}, {}, "", "sub"),
        ({"file": ("sub/compose.yaml",), "project_directory": "proj"}, {}, "", "proj"),
        ({}, {"COMPOSE_FILE": "sub/compose.yaml"}, "", "cwd"),
        ({}, {}, "sub/deep", "deep"),
        ({"env_file": ("proj/.env",)}, {}, "", "proj"),
        ({"env_file": ("proj/.env", "sub/.env")}, {}, "", "sub"),
        ({}, {"COMPOSE_ENV_FILES": "sub/.env,proj/.env"}, "", "proj"),
        ({"env_file": ("proj/.env",)}, {"WHERE": "os"}, "", "os"),
    ],
)
def test_the_env_file_is_the_one_docker_compose_takes(here, flags, env, cwd, where) -> None:
    for folder, name in ((".", "cwd"), ("sub", "sub"), ("sub/deep", "deep"), ("proj", "proj")):
        (here / folder / ".env").write_text(f"WHERE={name}\n")
    assert settings(here, env=env, cwd=cwd, **flags).environment["WHERE"] == where


def test_the_env_file_of_the_found_project_counts_where_there_is_none_here(here) -> None:
    (here / "sub/.env").write_text("COMPOSE_PROFILES=a,b\nCOMPOSE_PROJECT_NAME=fromenv\n")
    found = settings(here, cwd="sub/deep")
    assert found.profiles == ("a", "b")
    assert found.project_name == "fromenv"


def test_the_env_file_may_name_the_compose_file(here) -> None:
    (here / ".env").write_text("COMPOSE_FILE=sub/compose.yaml\n")
    (here / "sub/.env").write_text("COMPOSE_PROJECT_NAME=fromsub\n")
    found = settings(here)
    assert found.files == (str(here / "sub/compose.yaml"),)


def test_the_env_file_can_be_disabled(here) -> None:
    (here / ".env").write_text("A=1\n")
    env = {"COMPOSE_DISABLE_ENV_FILE": "1"}
    assert "A" not in settings(here, env=env).environment


@pytest.mark.parametrize(
    ("flag", "env", "file", "expected"),
    [
        ("flag", "env", "file", "flag"),
        (None, "env", "file", "env"),
        (None, None, "file", "file"),
        (None, None, None, None),
        (None, "", None, None),
    ],
)
def test_flags_win_over_the_environment_over_the_env_file(here, flag, env, file, expected) -> None:
    if file:
        (here / ".env").write_text(f"COMPOSE_PROJECT_NAME={file}\n")
    environ = {} if env is None else {"COMPOSE_PROJECT_NAME": env}
    assert settings(here, env=environ, project_name=flag).project_name == expected


def test_the_environment_is_that_of_the_process_over_the_files(here) -> None:
    (here / ".env").write_text("A=file\nB=file\n")
    found = settings(here, env={"A": "os"})
    assert found.environ == {"A": "os"}
    assert found.environment == {"A": "os", "B": "file"}


def test_compose_file_is_split_and_made_absolute(here) -> None:
    (here / "x.yaml").touch()
    env = {"COMPOSE_FILE": "sub/compose.yaml;x.yaml;-", "COMPOSE_PATH_SEPARATOR": ";"}
    expected = (str(here / "sub/compose.yaml"), str(here / "x.yaml"), "-")
    assert settings(here, env=env).files == expected


def test_files_win_over_compose_file(here) -> None:
    found = settings(here, env={"COMPOSE_FILE": "nosuch"}, file=("../a.yaml",))
    assert found.files == (str(here.parent / "a.yaml"),)


@pytest.mark.parametrize(
    ("env", "flags", "message"),
    [
        ({"COMPOSE_FILE": "nosuch.yaml"}, {}, "nosuch.yaml: no such file or directory"),
        ({"COMPOSE_PARALLEL_LIMIT": "x"}, {}, 'must be an integer (found: "x")'),
        ({"COMPOSE_DISABLE_ENV_FILE": "x"}, {}, 'must be true or false (found: "x")'),
        ({"COMPOSE_PROGRESS": "x"}, {}, 'unsupported --progress value "x"'),
        ({"COMPOSE_ANSI": "never"}, {"progress": "tty"}, "while ANSI support is disabled"),
        ({}, {"env_file": ("nosuch",)}, "couldn't find env file: /"),
        ({}, {"env_file": ("sub",)}, "is a directory"),
        ({}, {"tlscacert": "/a/ca.pem", "tlscert": "/b/cert.pem"}, "of one directory"),
    ],
)
def test_what_cannot_be_is_told(here, env, flags, message) -> None:
    with pytest.raises(UsageError) as caught:
        settings(here, env=env, **flags)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "env", "ansi", "progress"),
    [
        ({}, {}, "auto", "auto"),
        ({"ansi": "always"}, {"COMPOSE_ANSI": "never"}, "always", "auto"),
        ({}, {"COMPOSE_ANSI": "never", "COMPOSE_PROGRESS": "json"}, "never", "json"),
        ({"no_ansi": True}, {}, "never", "auto"),
        ({"ansi": "nosuch", "progress": "none"}, {}, "auto", "quiet"),
    ],
)
def test_how_progress_is_shown(here, flags, env, ansi, progress) -> None:
    found = settings(here, env=env, **flags)
    assert (found.ansi, found.progress) == (ansi, progress)


def test_flags_of_docker_become_its_variables(here) -> None:
    found = settings(here, config="/c", tlsverify=True, tlscacert="/t/ca.pem", host="tcp://x:1")
    assert found.host == "tcp://x:1"
    assert found.environ == {
        "DOCKER_CONFIG": "/c",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": "/t",
        "DOCKER_TLS": "1",
    }


def test_dry_run_is_heard_before_and_after_the_command(here) -> None:
    assert settings(here, dry_run=True).dry_run
    assert read(GlobalFlags(), dry_run=True, environ={}, cwd=str(here)).dry_run
    assert not settings(here).dry_run
