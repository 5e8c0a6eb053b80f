"""The user's logins, from a file and from helpers."""

from __future__ import annotations

import json
import os

import pytest

from pycompose.errors import UsageError
from pycompose.files.credentials import logins


class Client:
    """A folder with the configuration of a docker client, and its helpers."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.environment = {"PATH": f"{folder}:{os.environ['PATH']}"}

    def has(self, **config) -> None:
        (self.folder / "config.json").write_text(json.dumps(config))

    def helper(self, name: str, script: str) -> None:
        path = self.folder / f"docker-credential-{name}"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    @property
    def text(self) -> str:
        return logins(str(self.folder), self.environment)

    @property
    def auths(self):
        return json.loads(self.text)["auths"]


@pytest.fixture
def client(tmp_path) -> Client:
    return Client(tmp_path)


def test_without_a_configuration_there_are_no_logins(client) -> None:
    assert client.auths == {}


def test_logins_of_the_file_are_written_as_a_client_writes_them(client) -> None:
    client.has(
        auths={
            "b": {"auth": "YTpi", "email": "x@y", "serveraddress": "b"},
            "a": {"username": "u", "password": "p"},
            "c": {"identitytoken": "t"},
            "d": {"auth": "no base64!"},
        },
        currentContext="mine",
    )
    assert client.text.replace("\t", " ").splitlines() == [
        "{",
        ' "auths": {',
        *('  "a": {', '   "auth": "dTpw"', "  },"),
        *('  "b": {', '   "auth": "YTpi",', '   "email": "x@y"', "  },"),
        *('  "c": {', '   "identitytoken": "t"', "  },"),
        '  "d": {}',
        " }",
        "}",
    ]


def test_a_store_takes_the_place_of_the_file(client) -> None:
    client.helper(
        "store",
        'if [ "$1" = list ]; then echo \'{"a": "u", "t": "<token>"}\'; exit; fi; read name; '
        'user=u; [ $name = t ] && user="<token>"; '
        'echo "{\\"Username\\": \\"$user\\", \\"Secret\\": \\"s\\"}"',
    )
    client.has(credsStore="store", auths={"a": {"email": "x@y"}, "b": {"auth": "YTpi"}})
    assert client.auths == {
        "a": {"auth": "dTpz", "email": "x@y"},
        "t": {"identitytoken": "s"},
    }


def test_a_helper_of_one_registry_goes_first_and_is_left_out_if_it_fails(client) -> None:
    client.helper("one", 'echo \'{"Username": "u", "Secret": "s"}\'')
    client.helper("broken", "echo nothing found; exit 1")
    client.has(auths={"a": {"auth": "YTpi"}}, credHelpers={"a": "one", "b": "broken", "c": "none"})
    assert client.auths == {"a": {"auth": "dTpz"}}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "docker-credential-store, which keeps your logins, is not installed"),
        ("echo locked; exit 1", "docker-credential-store list failed: locked"),
        ("echo x", "docker-credential-store list did not answer in JSON"),
    ],
)
def test_a_store_that_does_not_answer_is_told_of(client, script, reason) -> None:
    if script:
        client.helper("store", script)
    client.has(credsStore="store")
    with pytest.raises(UsageError) as caught:
        _ = client.auths
    assert str(caught.value) == reason


def test_a_configuration_that_is_none_is_told_of(client) -> None:
    (client.folder / "config.json").write_text("{")
    with pytest.raises(UsageError, match=r"config\.json cannot be read"):
        _ = client.auths
