"""Which engine: order, addresses, contexts, and what is said where there is none."""

from __future__ import annotations

import json
import socket
from hashlib import sha256

import pytest

from pycompose.engine.discover import (
    candidates,
    config_folder,
    discover,
    nothing_found,
    parse_host,
    read_context,
)
from pycompose.engine.transport import Endpoint, TlsFiles
from pycompose.errors import EngineUnavailable, UsageError


@pytest.fixture
def env(tmp_path) -> dict[str, str]:
    """An environment whose docker configuration has the context "work", which is current."""
    write_context(tmp_path, "work", {"Host": "unix:///work.sock", "SkipTLSVerify": False})
    (tmp_path / "config.json").write_text('{"currentContext": "work"}')
    return {"HOME": "/home/me", "DOCKER_CONFIG": str(tmp_path)}


def write_context(folder, name: str, docker: object, *files: str) -> str:
    digest = sha256(name.encode()).hexdigest()
    meta = folder / "contexts" / "meta" / digest
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": docker}}))
    tls = folder / "contexts" / "tls" / digest / "docker"
    tls.mkdir(parents=True)
    for file in files:
        (tls / file).write_text("")
    return str(tls)


def addresses(env, **flags) -> list[str]:
    return [endpoint.address for endpoint in candidates(env, **flags)]


# Order


def test_the_order_is_the_docker_clis(env):
    env |= {"DOCKER_HOST": "unix:///host.sock", "DOCKER_CONTEXT": "work"}
    assert addresses(env, host="unix:///flag.sock") == ["unix:///flag.sock"]
    assert addresses(env, context="work") == ["unix:///work.sock"]
    assert addresses(env, context="default") == ["unix:///host.sock"]
    assert addresses(env) == ["unix:///host.sock"]
    del env["DOCKER_HOST"]
    assert addresses(env | {"DOCKER_CONTEXT": "default"})[0] == "unix:///var/run/docker.sock"
    assert addresses(env) == ["unix:///work.sock"]
    assert addresses(env | {"DOCKER_CONTEXT": ""}) == ["unix:///work.sock"]
    assert addresses(env | {"DOCKER_HOST": "", "DOCKER_CONTEXT": ""}) == ["unix:///work.sock"]


def test_a_named_engine_says_who_named_it(env):
    [endpoint] = candidates(env)
    assert str(endpoint) == "unix:///work.sock (from context 'work')"
    [endpoint] = candidates({"DOCKER_HOST": "tcp://h"})
    assert str(endpoint) == "tcp://h:2375 (from DOCKER_HOST)"


def test_both_flags_are_refused(env):
    with pytest.raises(UsageError, match=r"--host and --context contradict"):
        candidates(env, host="x", context="y")


def test_default_sockets_end_with_rootless_docker_and_podman(tmp_path):
    env = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": "/run/user/7"}
    assert addresses(env) == [
        "unix:///var/run/docker.sock",
        "unix:///run/user/7/docker.sock",
        f"unix://{tmp_path}/.docker/run/docker.sock",
        "unix:///run/user/7/podman/podman.sock",
        "unix:///run/podman/podman.sock",
    ]
    assert addresses({}) == ["unix:///var/run/docker.sock", "unix:///run/podman/podman.sock"]


def test_a_configuration_that_cannot_be_read_is_none(env, tmp_path):
    for text in ("{", "[]", '{"currentContext": 7}', "{}", '{"currentContext": "default"}'):
        (tmp_path / "config.json").write_text(text)
        assert addresses(env)[0] == "unix:///var/run/docker.sock"


# Addresses


@pytest.mark.parametrize(
    ("text", "address", "host", "port"),
    [
        ("tcp://h", "tcp://h:2375", "h", 2375),
        ("tcp://1.2.3.4:99", "tcp://1.2.3.4:99", "1.2.3.4", 99),
        ("h:99", "tcp://h:99", "h", 99),
        (":99", "tcp://127.0.0.1:99", "127.0.0.1", 99),
        ("tcp://[::1]:99", "tcp://[::1]:99", "::1", 99),
        ("tcp://[::1]", "tcp://[::1]:2375", "::1", 2375),
        (" tcp://h:1 ", "tcp://h:1", "h", 1),
    ],
)
def test_tcp_addresses(text, address, host, port):
    endpoint = parse_host(text)
    assert (endpoint.kind, endpoint.address) == ("tcp", address)
    assert (endpoint.host, endpoint.port) == (host, port)


def test_tcp_with_tls_has_a_port_of_its_own():
    endpoint = parse_host("tcp://h", TlsFiles(ca="ca.pem"))
    assert (endpoint.port, endpoint.tls) == (2376, TlsFiles(ca="ca.pem"))


def test_unix_addresses():
    assert parse_host("unix:///a/b").path == "/a/b"
    assert parse_host("unix://").path == "/var/run/docker.sock"


def test_ssh_addresses():
    endpoint = parse_host("ssh://me@host:22/run/d.sock")
    assert (endpoint.user, endpoint.host, endpoint.port) == ("me", "host", 22)
    assert (endpoint.path, endpoint.address) == ("/run/d.sock", "ssh://me@host:22/run/d.sock")
    endpoint = parse_host("ssh://host")
    assert (endpoint.user, endpoint.host, endpoint.port, endpoint.path) == ("", "host", 0, "")


@pytest.mark.parametrize(
    "text",
    [
        "foo://x",
        "npipe:////./pipe/x",
        "tcp://",
        "tcp://h:x",
        "tcp://h:0",
        "tcp://h:65536",
        "tcp://h:²",
        "tcp://h/prefix",
        "tcp://me@h",
        "tcp://[::1",
        "tcp://[nonsense]:1",
        "tcp://[::1]1",
        "tcp://::1:1",
        "tcp://a b:1",
        "ssh://",
        "ssh://-oProxyCommand=evil",
        "ssh://-evil@host",
        "ssh://@host",
    ],
)
def test_bad_addresses_are_shown_with_who_gave_them(text):
    with pytest.raises(UsageError) as error:
        parse_host(text, source="DOCKER_HOST")
    assert str(error.value) == (
        f"{text!r} (from DOCKER_HOST) is no address of an engine, "
        "expected unix://PATH, tcp://HOST:PORT or ssh://[USER@]HOST[:PORT]"
    )


def test_a_password_in_an_address_is_not_repeated():
    with pytest.raises(UsageError, match="password") as error:
        parse_host("ssh://me:hunter2@host")
    assert "hunter2" not in str(error.value)


# TLS


def test_tls_variables(tmp_path):
    folder = str(tmp_path)
    env = {"DOCKER_HOST": "tcp://h", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": folder}
    [endpoint] = candidates(env)
    assert endpoint.tls == TlsFiles(ca=f"{folder}/ca.pem", verify=True)
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    [endpoint] = candidates(env)
    assert endpoint.tls == TlsFiles(
        ca=f"{folder}/ca.pem", cert=f"{folder}/cert.pem", key=f"{folder}/key.pem"
    )
    [endpoint] = candidates({"DOCKER_HOST": "tcp://h", "DOCKER_TLS": "1"})
    assert endpoint.tls == TlsFiles(verify=False)
    [endpoint] = candidates({"DOCKER_HOST": "tcp://h", "DOCKER_TLS_VERIFY": ""})
    assert endpoint.tls is None


# Contexts


def test_a_context_brings_its_tls_files(env, tmp_path):
    tls = write_context(tmp_path, "tls", {"Host": "tcp://h"}, "ca.pem", "cert.pem", "key.pem")
    endpoint = read_context(env, "tls", "--context")
    assert endpoint.address == "tcp://h:2376"
    assert endpoint.tls == TlsFiles(
        ca=f"{tls}/ca.pem", cert=f"{tls}/cert.pem", key=f"{tls}/key.pem", verify=True
    )


def test_a_context_can_trust_anyone(env, tmp_path):
    write_context(tmp_path, "any", {"Host": "tcp://h", "SkipTLSVerify": True})
    assert read_context(env, "any", "--context").tls == TlsFiles(verify=False)


def test_a_context_that_is_missing_or_broken_is_said_to_be(env, tmp_path):
    with pytest.raises(
        UsageError, match=r"^no context 'none' \(from DOCKER_CONTEXT\): .*meta.json"
    ):
        candidates(env | {"DOCKER_CONTEXT": "none"})
    for number, docker in enumerate(([], "x", None)):
        write_context(tmp_path, f"broken{number}", docker)
        with pytest.raises(UsageError, match=r"is broken"):
            read_context(env, f"broken{number}", "--context")


def test_the_configuration_is_in_the_home_folder_unless_named(env, tmp_path):
    assert config_folder(env) == str(tmp_path)
    assert config_folder({"HOME": "/h"}) == "/h/.docker"


# Trying


def test_the_first_socket_somebody_listens_on_wins(tmp_path):
    path = str(tmp_path / "docker.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        assert discover({"DOCKER_HOST": f"unix://{path}"}).path == path


def test_tcp_and_ssh_are_not_tried():
    assert discover({"DOCKER_HOST": "tcp://192.0.2.1"}).host == "192.0.2.1"
    assert discover({"DOCKER_HOST": "ssh://nobody@192.0.2.1"}).user == "nobody"


def test_no_engine_is_one_error_with_every_address(tmp_path):
    plain, stale = tmp_path / "plain", tmp_path / "stale"
    plain.write_text("")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(stale))
    for path, words in (
        (plain, "not a socket"),
        (stale, "connection refused"),
        ("/no", "no such file or directory"),
    ):
        with pytest.raises(EngineUnavailable) as error:
            discover({"DOCKER_HOST": f"unix://{path}"})
        lines = str(error.value).splitlines()
        assert lines[0] == "no engine answers"
        assert lines[1] == f"  unix://{path} (from DOCKER_HOST): {words}"
        assert lines[-1].startswith("start one with: ")


def unix(path: str) -> Endpoint:
    return Endpoint(kind="unix", address=f"unix://{path}", path=path)


def test_the_last_line_is_the_way_out():
    missing, denied = FileNotFoundError(2, "No such file"), PermissionError(13, "Permission denied")
    text = nothing_found([(unix("/a"), denied), (unix("/b"), missing)], systemd=True)
    assert text.splitlines() == [
        "no engine answers",
        "  unix:///a: permission denied",
        "  unix:///b: no such file",
        "allow yourself to use it with `sudo usermod -aG docker $USER`, log in again",
    ]
    text = nothing_found([(unix("/a"), missing)], systemd=True)
    assert text.endswith("\nstart one with: sudo systemctl start docker")
    text = nothing_found([(unix("/a"), missing)], systemd=False)
    assert text.endswith("dockerd &")
