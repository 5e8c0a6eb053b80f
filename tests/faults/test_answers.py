"""What an engine answers that it should not, and what of it a user is told."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_scene import FakeScene
from fault_proxy import (
    HTML,
    Fault,
    Request,
    answered,
    delayed,
    dropped,
    lost,
    once,
    refused,
    truncated,
)
from inside import run

from pycompose.engine.transport import Endpoint, open_channel

WEB = "services:\n  web: {image: IMAGE, volumes: [data:/data]}\nvolumes: {data: {}}\n"
JSON = "application/json"
Which = Callable[[Request], bool]


def asks(method: str, path: str) -> Which:
    """Return what tells the requests of a method whose path ends so."""
    return lambda request: request.method == method and request.path.endswith(path)


@pytest.mark.parametrize(
    ("request_line", "fault", "resource"),
    [
        ("POST /networks/create", refused(500), "Network demo_default"),
        ("POST /volumes/create", refused(500), "Volume demo_data"),
        ("POST /containers/create", refused(500), "Container demo-web-1"),
        ("POST /containers/create", refused(409), "Container demo-web-1"),
        ("POST /start", refused(500), "Container demo-web-1"),
        ("POST /start", refused(404), "Container demo-web-1"),
    ],
)
def test_f_17_a_refused_change_is_told_with_its_object_and_the_engines_words(
    scene: FakeScene, request_line: str, fault: Fault, resource: str
) -> None:
    scene.write(WEB)
    scene.proxy.reset(once(asks(*request_line.split()), fault))
    told = scene.run("up", "-d", code=1).stderr.splitlines()
    assert told[-1].startswith(f"{resource}: ")
    assert "today: /" in told[-1]
    assert [line for line in told if line.startswith(resource)] == [told[-1]]
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running"}
    assert scene.nothing_to_do()


@pytest.mark.parametrize("command", ["up -d", "down", "ps", "logs", "stop", "restart"])
@pytest.mark.parametrize("fault", [refused(503), answered(HTML, 503)], ids=["json", "html"])
def test_f_18_an_engine_that_is_not_ready_is_told_in_one_line(
    scene: FakeScene, command: str, fault: Fault
) -> None:
    scene.write(WEB)
    scene.proxy.reset(once(asks("GET", "/containers/json"), fault))
    done = scene.run(*command.split(), code=1)
    assert done.stderr.startswith("engine refused GET /containers/json: ")
    assert done.stderr.count("\n") == 1
    assert "<" not in done.stderr


@pytest.mark.parametrize(
    "body", [HTML, b'[{"Id": "a', b"", b"7"], ids=["html", "truncated", "empty", "number"]
)
def test_f_19_what_is_no_json_is_told_with_the_request(scene: FakeScene, body: bytes) -> None:
    scene.write(WEB)
    fault = answered(body, kind=JSON)
    for command in ("up -d", "ps"):
        scene.proxy.reset(once(asks("GET", "/containers/json"), fault))
        done = scene.run(*command.split(), code=1)
        assert done.stderr.splitlines()[-1].startswith("engine sent no JSON")
        assert "GET /containers/json" in done.stderr


@pytest.mark.parametrize("path", ["/containers/json", "/networks", "/volumes", "/images/json"])
def test_f_19_null_is_an_empty_list(scene: FakeScene, path: str) -> None:
    scene.write(WEB)
    fault = answered(b"null", kind=JSON)
    scene.proxy.reset(lambda request: fault if request.path == path else None)
    # Without the images there is nothing that could be created.
    done = scene.run("up", "-d", code=1 if path == "/images/json" else 0)
    assert done.code == 0 or "cannot pull image" in done.stderr


@pytest.mark.parametrize("fault", [dropped, lost, truncated])
def test_f_20_a_creation_is_not_sent_again_and_what_it_made_is_taken_over(
    scene: FakeScene, fault: Fault
) -> None:
    scene.write(WEB)
    for path in ("/networks/create", "/containers/create"):
        scene.proxy.reset(once(asks("POST", path), fault))
        done = scene.run("up", "-d", code=1)
        assert f"lost the connection to the engine during POST {path}" in done.stderr
        assert [one.path for one in scene.proxy.requests].count(path) == 1
    scene.proxy.reset()
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running"}
    assert scene.networks() == ["demo_default"]
    assert scene.nothing_to_do()


@pytest.mark.parametrize("fault", [refused(500), dropped, answered(HTML)])
def test_f_21_an_engine_that_does_not_answer_a_ping_is_spoken_to_all_the_same(
    scene: FakeScene, fault: Fault
) -> None:
    scene.write(WEB)
    scene.proxy.reset(lambda request: fault if request.path == "/_ping" else None)
    scene.run("up", "-d")
    scene.run("ps")
    assert scene.states() == {"web-1": "running"}


def test_f_22_an_engine_that_is_too_old_tells_both_versions(scene: FakeScene) -> None:
    scene.write(WEB)
    words = "client version 1.99 is too new. Maximum supported API version is 1.41"
    body = json.dumps({"message": words}).encode()
    fault = answered(body, 400, JSON)
    scene.proxy.reset(lambda request: None if request.path == "/_ping" else fault)
    for command in ("up -d", "ps", "down"):
        done = scene.run(*command.split(), code=1, DOCKER_API_VERSION="1.99")
        assert words in done.stderr.splitlines()[-1]


def test_f_23_nothing_is_given_up_for_being_slow(scene: FakeScene) -> None:
    scene.write(WEB)
    slow = {"/containers/create", "/containers/json", "/networks/create"}
    scene.proxy.reset(lambda one: delayed(1) if one.path in slow else None)
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running"}


def test_f_23_no_answer_has_a_deadline(scene: FakeScene) -> None:
    path = scene.proxy.address.removeprefix("unix://")
    endpoint = Endpoint(kind="unix", address=scene.proxy.address, path=path)
    channel = open_channel(endpoint)
    assert channel._socket.gettimeout() is None
    assert channel.quiet()
    assert channel._socket.gettimeout() is None
    channel.close()


@pytest.mark.parametrize("command", ["up -d", "ps", "down", "logs"])
@pytest.mark.parametrize("kind", ["absent", "file", "refused", "scheme", "port"])
def test_f_29_without_an_engine_the_address_and_the_reason_are_told(
    tmp_path: Path, kind: str, command: str
) -> None:
    path = tmp_path / "socket"
    host = {"scheme": "nonsense://x", "port": "tcp://127.0.0.1:none"}.get(kind, f"unix://{path}")
    if kind == "file":
        path.touch()
    if kind == "refused":
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(str(path))
    (tmp_path / "compose.yaml").write_text("services: {web: {image: x}}\n")
    done = run("-p", "demo", *command.split(), folder=tmp_path, DOCKER_HOST=host)
    assert done.code == 1
    assert done.stderr.count("\n") <= 3  # with the remedy
    assert host in done.stderr
    assert "DOCKER_HOST" in done.stderr


def test_f_29_a_socket_that_may_not_be_used_is_told_with_its_path(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("root alone can become somebody else")
    path, nobody = tmp_path / "s", 65534
    host = f"unix://{path}"
    with socket.socket(socket.AF_UNIX) as private:
        private.bind(str(path))
        path.chmod(0o600)
        # Twice: somebody else could not import what it takes.
        run("-p", "demo", "ps", folder=tmp_path, DOCKER_HOST=host)
        private.listen()
        os.seteuid(nobody)
        try:
            done = run("-p", "demo", "ps", folder=Path("/"), DOCKER_HOST=host)
        finally:
            os.seteuid(0)
    assert done.code == 1
    assert f"{host} (from DOCKER_HOST): permission denied" in done.stderr


def test_f_32_an_image_that_cannot_be_had_stops_everything(scene: FakeScene) -> None:
    scene.write(WEB.replace("web: {image: IMAGE", "web: {image: unheard/of:1"))
    words = "Get https://registry-1.docker.io/v2/: dial tcp: lookup: no such host"
    body = json.dumps({"message": words}).encode()
    scene.proxy.reset(once(asks("POST", "/images/create"), answered(body, 500, JSON)))
    done = scene.run("up", "-d", code=1)
    assert "unheard/of:1" in done.stderr.splitlines()[-1]
    assert words in done.stderr
    assert scene.nothing_left()


@pytest.mark.parametrize(
    "fault",
    [
        refused(404),
        answered(b'{"status": "Pulling"}\n{"error": "toomanyrequests"}\n', kind=JSON),
        answered(b'{"status": "Pulling from library/of"}\n{"status": "Downl', kind=JSON),
        truncated,
    ],
    ids=["denied", "inside", "cut line", "cut stream"],
)
def test_f_33_a_pull_that_fails_names_its_image(scene: FakeScene, fault: Fault) -> None:
    scene.engine.add_image("unheard/of:1", local=False)
    scene.write(WEB.replace("web: {image: IMAGE", "web: {image: unheard/of:1"))

    scene.proxy.reset(once(asks("POST", "/images/create"), fault))
    done = scene.run("up", "-d", code=1)
    assert "unheard/of:1" in done.stderr.splitlines()[-1]
    assert scene.nothing_left()
    scene.run("up", "-d")
    assert scene.states() == {"web-1": "running"}
