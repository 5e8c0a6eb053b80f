"""What `use_api_socket` gives a service."""

from __future__ import annotations

import pytest
from projects import project, service, snapshot

from pycompose.convert.grants import granted
from pycompose.errors import ComposeFileError
from pycompose.files.contents import content, digests
from pycompose.model.mounts import Mount
from pycompose.plan.api_socket import FOLDER, KEY, SOCKET, wants_socket, with_socket
from pycompose.plan.ops import CreateContainer, PutArchive
from pycompose.plan.up import Options, up
from pycompose.snapshot import Capabilities

TALKING = service("web", use_api_socket=True, environment={"A": "b"})
LOGINS = '{"auths": {"r.example": {"auth": "c2VjcmV0"}}}'


def test_nothing_is_given_to_who_does_not_ask() -> None:
    plain = project(service("web"))
    assert not wants_socket(plain)
    assert with_socket(plain, LOGINS) is plain


def test_the_socket_is_mounted_and_the_logins_are_written() -> None:
    wanted = with_socket(project(TALKING, service("db")), LOGINS)
    web, db = wanted.services["web"], wanted.services["db"]
    assert db == service("db")
    assert web.volumes == (Mount(type="bind", source=SOCKET, target=SOCKET),)
    assert web.environment == {"A": "b", "DOCKER_CONFIG": FOLDER}
    [logins] = granted(wanted, web)
    assert (logins.target, logins.written) == (f"{FOLDER}/config.json", True)
    assert content(wanted, "configs", KEY) == LOGINS.encode()
    steps = up(wanted, snapshot(), Options(contents=digests(wanted))).steps
    create = next(s for s in steps if isinstance(s, CreateContainer) and s.service == "web")
    assert create.body["HostConfig"]["Binds"] == [f"{SOCKET}:{SOCKET}:rw"]
    [put] = [step for step in steps if isinstance(step, PutArchive)]
    assert put.path == f"{FOLDER}/config.json"


def test_no_plan_and_no_text_of_a_project_shows_the_logins() -> None:
    wanted = with_socket(project(TALKING), LOGINS)
    assert "c2VjcmV0" not in repr(wanted)
    assert "c2VjcmV0" not in str(up(wanted, snapshot(), Options(contents=digests(wanted))).steps)


def test_an_included_file_with_variables_of_its_own_has_them_too() -> None:
    given = project(TALKING, environments={"inner.yaml": {"X": "y"}})
    wanted = with_socket(given, LOGINS)
    assert wanted.environments == {"inner.yaml": {"X": "y", KEY: LOGINS}}


def test_who_says_where_the_configuration_is_keeps_that() -> None:
    mine = TALKING._replace(environment={"DOCKER_CONFIG": "/mine"})
    web = with_socket(project(mine), LOGINS).services["web"]
    assert web.environment == {"DOCKER_CONFIG": "/mine"}


def test_it_is_given_once() -> None:
    once = with_socket(project(TALKING), LOGINS)
    assert with_socket(once, LOGINS) == once


def test_windows_has_no_such_socket() -> None:
    windows = snapshot()._replace(capabilities=Capabilities(api=(1, 41), os="windows"))
    with pytest.raises(ComposeFileError, match=r"services\.web\.use_api_socket: an engine on Win"):
        up(with_socket(project(TALKING), LOGINS), windows, Options())
