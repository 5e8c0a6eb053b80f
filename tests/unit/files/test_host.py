"""What of this machine can be seen."""

from __future__ import annotations

import os
import socket

import pytest

from pycompose.files import host


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_process_that_listens_is_found_with_its_command(family: int, address: str) -> None:
    with socket.socket(family) as listening:
        listening.bind((address, 0))
        port = listening.getsockname()[1]
        assert host.listeners({(port, "tcp")}) == ()
        listening.listen()
        (found,) = host.listeners({(port, "tcp")})
    assert (found.host_ip, found.port, found.protocol) == (address, port, "tcp")
    assert found.pid == os.getpid()
    assert found.command


def test_a_udp_socket_that_awaits_anyone_is_found() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as awaiting:
        awaiting.bind(("127.0.0.1", 0))
        port = awaiting.getsockname()[1]
        (found,) = host.listeners({(port, "udp")})
        assert host.listeners({(port, "tcp")}) == ()
    assert (found.protocol, found.pid) == ("udp", os.getpid())


def test_a_path_that_is_absent_comes_with_one_like_it(tmp_path) -> None:
    (tmp_path / "prometheus.yml").touch()
    there, like, unlike = (
        str(tmp_path / name) for name in ("prometheus.yml", "prometheus.yaml", "other")
    )
    inside = str(tmp_path / "prometheus.yml" / "nothing")
    assert host.absent([there, like, unlike, inside]) == {like: there, unlike: "", inside: ""}


def test_a_server_of_this_machine_is_here(tmp_path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert host.is_here(path)
    assert not host.is_here(path)
    assert not host.is_here("")


def test_a_server_in_another_namespace_is_elsewhere(tmp_path, monkeypatch) -> None:
    path = str(tmp_path / "socket")
    readlink = os.readlink
    monkeypatch.setattr(
        os, "readlink", lambda name: "net:[1]" if name == "/proc/self/ns/net" else readlink(name)
    )
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert not host.is_here(path)
