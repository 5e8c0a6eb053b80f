"""Values that are typed as flags."""

from __future__ import annotations

import pytest

from pycompose.errors import UsageError
from pycompose.loader.typed import mounts, ports, split
from pycompose.model.service import Port


def test_ports_have_the_short_form_of_files() -> None:
    assert ports(["8080:80", "127.0.0.1::81/udp"]) == (
        Port(target=80, published="8080"),
        Port(target=81, host_ip="127.0.0.1", protocol="udp"),
    )
    assert ports([]) == ()


def test_mounts_are_relative_to_a_folder() -> None:
    found = mounts(["./src:/app:ro", "data:/data", "~/x:/x", "/only"], "/shop", "/home/me")
    assert [(m.type, m.source, m.target, m.read_only) for m in found] == [
        ("bind", "/shop/src", "/app", True),
        ("volume", "data", "/data", False),
        ("bind", "/home/me/x", "/x", False),
        ("volume", "", "/only", False),
    ]


def test_lines_are_split_as_a_shell_would() -> None:
    assert split("sh -c 'a b'") == ("sh", "-c", "a b")
    assert split("") == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ports(["x"]), "'x' is no port"),
        (lambda: mounts([":::"], "/", ""), "':::' is empty before or after a colon"),
        (lambda: split("'"), "a single quote is not closed"),
    ],
)
def test_what_is_none_is_told_without_a_place(call, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()
