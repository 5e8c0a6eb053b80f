"""What is pure of the transport: the ssh command, and the words for failures."""

from __future__ import annotations

import pytest

from pycompose.engine.transport import Endpoint, reason, ssh_command, unreachable

SSH = Endpoint(kind="ssh", address="ssh://host", host="host")


@pytest.mark.parametrize(
    ("endpoint", "command"),
    [
        (SSH, "-- host docker system dial-stdio"),
        (
            Endpoint(kind="ssh", address="", host="h", user="me", port=22, path="/run/d.sock"),
            "-p 22 -- me@h docker --host unix:///run/d.sock system dial-stdio",
        ),
    ],
)
def test_the_ssh_command(endpoint, command):
    assert " ".join(ssh_command(endpoint)) == f"ssh -o ConnectTimeout=10 -T {command}"


def test_a_failure_says_where_who_and_why():
    endpoint = Endpoint(kind="tcp", address="tcp://h:1", source="DOCKER_HOST")
    error = unreachable(endpoint, ConnectionRefusedError(111, "Connection refused"))
    assert str(error) == (
        "cannot connect to the engine at tcp://h:1 (from DOCKER_HOST): connection refused"
    )


def test_a_failure_names_its_file():
    assert reason(FileNotFoundError(2, "No such file", "/ca.pem")) == "no such file (/ca.pem)"
    assert reason(OSError("AF_UNIX path too long")) == "af_unix path too long"
