"""Wire and DockerEngine against an engine that answers badly, late, in pieces, or not at all."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from pycompose.engine import transport
from pycompose.engine.docker import DockerEngine
from pycompose.engine.transport import Endpoint, TlsFiles
from pycompose.engine.wire import Wire
from pycompose.errors import Conflict, EngineError, EngineUnavailable, NotFound, Unstartable

PING = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n\
Ostype: linux\r\nContent-Length: 2\r\n\r\nOK"

Answer = Callable[[socket.socket], None]  # ends the connection when it returns False


def text(status: str, body: bytes = b"", *fields: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def frame(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


class Server:
    """An engine made of prepared answers: one for each request after the ping, in order."""

    def __init__(self, listener: socket.socket, wrap=lambda sock: sock) -> None:
        self.requests: list[str] = []
        self.connections = 0
        self.answers: list[bytes | Answer] = []
        self.ping: bytes | Answer = PING
        self._listener = listener
        self._wrap = wrap
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, suppress(OSError), self._wrap(sock) as sock, sock.makefile("rb") as reader:
            while line := reader.readline():
                fields = iter(reader.readline, b"\r\n")
                length = sum(int(f[16:]) for f in fields if f.startswith(b"Content-Length:"))
                reader.read(length)
                request = line.decode().removesuffix(" HTTP/1.1\r\n")
                ping = request == "GET /_ping"
                if not ping:
                    self.requests.append(request)
                answer = self.ping if ping else self.answers.pop(0)
                if callable(answer):
                    answer(sock)
                    return
                sock.sendall(answer)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "s"))
    listener.listen()
    server = Server(listener)
    server.endpoint = Endpoint(kind="unix", address="unix://s", path=str(tmp_path / "s"))
    yield server
    server.close()


@pytest.fixture
def wire(server) -> Iterator[Wire]:
    wire = Wire(server.endpoint)
    yield wire
    wire.close()


@pytest.fixture
def engine(server, tmp_path) -> Iterator[DockerEngine]:
    engine = DockerEngine(server.endpoint, config_folder=str(tmp_path))
    yield engine
    engine.close()


# Answers

REFUSED = "engine refused GET /containers/json"


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (text("500 Oops", b'{"message":"on fire"}'), EngineError, f"^{REFUSED}: on fire$"),
        (text("404 Not Found", b'{"message":"No list"}'), NotFound, f"^{REFUSED}: No list$"),
        (text("409 Conflict", b'{"message":"taken"}'), Conflict, f"^{REFUSED}: taken$"),
        (
            text("503 Service Unavailable", b"<html><body>busy</body></html>"),
            EngineError,
            r"^engine refused GET /containers/json: 503 Service Unavailable$",
        ),
        (text("400 Bad Request", b"plain words\n"), EngineError, "plain words$"),
        (text("301 Moved Permanently"), EngineError, "301 Moved"),
        (text("200 OK", b"<html>"), EngineError, "sent no JSON for GET /containers/json"),
        (text("200 OK", b'[{"Id": "a'), EngineError, "sent no JSON for GET /containers/json"),
        (text("200 OK", b"[" * 100_000), EngineError, "sent no JSON"),
        (text("200 OK", b'{"a": 1}'), EngineError, "sent no JSON list for GET /containers/json"),
        (b"SSH-2.0-OpenSSH\r\n", EngineError, "sent no HTTP for GET /containers/json"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", EngineError, "sent no HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            EngineError,
            "chunk without a size",
        ),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 90_000, EngineError, "header too long"),
    ],
)
def test_bad_answers_are_told_apart(wire, server, answer, kind, message):
    server.answers = [answer]
    with pytest.raises(EngineError, match=message) as error:
        wire.list_containers()
    assert type(error.value) is kind
    assert error.value.request == "GET /containers/json"


@pytest.mark.parametrize("body", [b"null", b"[]", b"null\n"])
def test_null_is_an_empty_list(wire, server, body):
    server.answers = [text("200 OK", body), text("200 OK", b'{"Volumes":' + body + b"}")]
    assert wire.list_containers() == []
    assert wire.list_volumes() == []


@pytest.mark.parametrize(
    "answer",
    [
        chunked(b"[", b"]"),
        chunked(b"[]", end=b"0;ext=1\r\nTrailer: x\r\n\r\n"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n02;a=b\r\n[]\r\n000\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + text("200 OK", b"[]"),
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + text("200 OK", b"[]"),
        b"HTTP/1.1 200 \r\ncontent-LENGTH:2\r\n\r\n[]",
        lambda sock: sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n[]"),
        lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n[]"),
        lambda sock: [sock.sendall(bytes([byte])) for byte in chunked(b"[", b"]")],
    ],
)
def test_every_framing_is_understood(wire, server, answer):
    server.answers = [answer, text("200 OK", b"[]")]
    assert wire.list_containers() == []
    assert wire.list_containers() == []


def test_slow_answers_are_waited_for(wire, server):
    def slow(sock):
        time.sleep(0.3)
        for byte in text("200 OK", b"[]"):
            time.sleep(0.005)
            sock.sendall(bytes([byte]))

    server.answers = [slow]
    assert wire.list_containers() == []


# Lost connections


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 2", text("200 OK", b"[]")[:-1], chunked(b"[]", end=b"")]
)
def test_a_lost_connection_names_the_request(wire, server, part):
    server.answers = [lambda sock: sock.sendall(part)] * 2
    wire.capabilities  # noqa: B018
    wire._idle.pop().channel.close()
    with pytest.raises(EngineUnavailable, match=r"lost .* during GET /containers/json"):
        wire.list_containers()
    assert len(server.requests) == 2
    server.answers = [lambda sock: sock.sendall(part), text("200 OK", b"[]")]
    assert wire.list_containers() == []


def test_a_get_on_a_kept_connection_that_was_closed_is_sent_again(wire, server):
    server.answers = [lambda sock: None, text("200 OK", b"[]")]
    assert wire.list_containers() == []
    assert server.connections == 2
    server.answers = [lambda sock: None] * 3
    with pytest.raises(EngineUnavailable):
        wire.list_containers()


def test_a_wait_is_never_sent_twice(wire, server):
    server.answers = [lambda sock: None]
    with pytest.raises(EngineUnavailable, match="POST /containers/a/wait"):
        wire.wait_container("a")
    assert server.requests == ["POST /v1.41/containers/a/wait?condition=not-running"]


@pytest.mark.parametrize("late", [False, True])
def test_a_change_is_never_sent_twice(engine, server, late):
    def drop(sock):
        if late:
            sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")

    server.answers = [text("204 No Content"), drop]
    engine.start_container("a")
    with pytest.raises(EngineUnavailable, match="POST /containers/create"):
        engine.create_container("a", {"Image": "x"})
    assert [r.split("?")[0] for r in server.requests[1:]] == ["POST /v1.41/containers/create"]


@pytest.mark.parametrize(
    ("call", "request_line", "answer"),
    [
        (lambda e: e.stop_container("a"), "POST /containers/a/stop", "204 No Content"),
        (lambda e: e.remove_container("a"), "DELETE /containers/a", "404 Not Found"),
        (lambda e: e.remove_network("a"), "DELETE /networks/a", "404 Not Found"),
        (lambda e: e.remove_volume("a"), "DELETE /volumes/a", "404 Not Found"),
        (lambda e: e.put_archive("a", "/", b""), "PUT /containers/a/archive", "200 OK"),
    ],
)
def test_what_may_be_done_twice_is_sent_again(engine, server, call, request_line, answer):
    server.answers = [lambda sock: None, text(answer)]
    call(engine)
    sent = [request.replace("/v1.41", "").partition("?")[0] for request in server.requests]
    assert sent == [request_line] * 2
    server.answers = [lambda sock: None, lambda sock: None]
    with pytest.raises(EngineUnavailable, match=f"during {request_line}"):
        call(engine)


def test_a_volume_may_be_asked_for_twice(engine, server):
    server.answers = [lambda sock: None, text("201 Created", b'{"Name": "v"}')]
    assert engine.create_volume({"Name": "v"}) == {"Name": "v"}


@pytest.mark.parametrize("body", [b"<html>", b"", b"null", b"{}", b'{"Id": 1}', b'{"Id'])
def test_what_was_made_has_to_be_told(engine, server, body):
    server.answers = [text("201 Created", body)] * 3
    for path, call in (
        ("/containers/create", lambda: engine.create_container("a", {"Image": "x"})),
        ("/networks/create", lambda: engine.create_network({"Name": "n"})),
        ("/volumes/create", lambda: engine.create_volume({"Name": "v"})),
    ):
        with pytest.raises(EngineError, match=f"engine .* for POST {path}"):
            call()


def test_a_page_is_no_success(wire, engine, server):
    page = text("200 OK", b"<html>", "Content-Type: text/html; charset=utf-8")
    server.answers = [page] * 3
    message = "sent no JSON for .*: something else answers in its place"
    with pytest.raises(EngineError, match=message):
        engine.start_container("a")
    with pytest.raises(EngineError, match=message):
        wire.list_containers()
    with pytest.raises(EngineError, match=message):
        wire.logs("a")


def test_a_ping_finds_out_that_no_connection_is_taken_any_more(wire, server):
    server.answers = [text("200 OK", b"[]")] * 2
    wire.list_containers()
    os.unlink(server.endpoint.path)
    wire.list_containers()  # on a connection that was kept
    with pytest.raises(EngineUnavailable, match="cannot connect"):
        wire.ping()


def test_nobody_at_the_address(tmp_path):
    endpoint = Endpoint(kind="unix", address="unix:///no", path="/no", source="DOCKER_HOST")
    message = r"cannot connect to the engine at unix:///no \(from DOCKER_HOST\): no such file"
    with pytest.raises(EngineUnavailable, match=message):
        Wire(endpoint).list_containers()
    with pytest.raises(EngineUnavailable, match=message):
        DockerEngine(endpoint).start_container("a")


def test_a_change_names_the_address_that_nobody_answers_at(engine, server):
    server.answers = [text("200 OK", b"[]", "Connection: close")]
    engine.list_containers()
    os.unlink(server.endpoint.path)
    with pytest.raises(EngineUnavailable, match="cannot connect to the engine at unix://s"):
        engine.start_container("a")


def test_a_change_takes_no_connection_that_has_ended(engine, server):
    ended = threading.Event()

    def end(sock):
        sock.sendall(text("204 No Content"))
        sock.shutdown(socket.SHUT_RDWR)
        ended.set()

    server.answers = [end, text("204 No Content")]
    engine.start_container("a")
    assert ended.wait(5)
    engine.start_container("b")
    assert [r.split("/")[3] for r in server.requests] == ["a", "b"]
    assert server.connections == 2


def test_a_long_body_may_be_refused_before_its_end(engine, server):
    def refuse(sock):
        sock.sendall(text("404 Not Found", b'{"message":"No such container: a"}'))

    server.answers = [refuse, refuse]
    with pytest.raises(NotFound, match="No such container: a"):
        engine.put_archive("a", "/", (b"x" * 65536 for _ in range(1000)))


def test_what_is_wrong_with_a_body_is_no_fault_of_the_connection(engine, server):
    def pieces():
        yield b"x"
        raise PermissionError(13, "Permission denied", "secret.txt")

    server.answers = [lambda sock: [*iter(lambda: sock.recv(4096), b"")]]  # it reads to the end
    with pytest.raises(PermissionError, match=r"secret\.txt"):
        engine.put_archive("a", "/", pieces())


def test_an_interrupt_ends_a_blocked_read(wire, server):
    def interrupt(*_):
        raise KeyboardInterrupt

    hold = threading.Event()
    server.answers = [lambda sock: hold.wait(5)]
    wire.capabilities  # noqa: B018
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            wire.list_containers()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        hold.set()
    assert not wire._busy
    assert not wire._idle


# The ping


@pytest.mark.parametrize(
    "ping",
    [
        lambda sock: None,
        text("500 Oops", b'{"message":"no"}'),
        text("404 Not Found"),
        b"nonsense\r\n",
        text("200 OK", b"OK", "Api-Version: weird"),
    ],
)
def test_an_engine_that_does_not_answer_the_ping_gets_the_default_version(wire, server, ping):
    server.ping = ping
    server.answers = [text("200 OK", b"[]")] * 2
    assert wire.list_containers() == []
    assert wire.list_networks() == []
    assert wire.capabilities.api == (1, 41)
    assert server.requests[0] == "GET /v1.41/containers/json?all=1"


def test_capabilities_are_asked_for_once_by_many_threads(wire, server):
    pings = []

    def ping(sock):
        pings.append(1)
        time.sleep(0.05)
        sock.sendall(PING)

    server.ping = ping
    threads = [threading.Thread(target=lambda: wire.capabilities) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pings == [1]


def test_a_version_that_is_asked_for_is_used(server):
    wire = Wire(server.endpoint, api_version="1.30")
    server.answers = [
        text("400 Bad", b'{"message":"client version 1.30 is too old. Minimum 1.40"}')
    ]
    with pytest.raises(EngineError, match=r"1\.30 is too old"):
        wire.list_containers(all=False)
    assert server.requests == ["GET /v1.30/containers/json"]
    wire.close()


# Streams


def test_events_have_reached_the_engine_when_they_are_returned(wire, server):
    go = threading.Event()

    def events(sock):
        sock.sendall(chunked(b'{"n":1}\n', end=b""))
        go.wait(5)
        sock.sendall(b'6\r\n{"n":2\r\n3\r\n}\n\n\r\n0\r\n\r\n')

    server.answers = [events]
    stream = wire.events(since="1", filters={"label": ["a=b", "c"]})
    assert server.requests == [
        "GET /v1.41/events?since=1&filters=%7B%22label%22:%5B%22a%3Db%22%2C%22c%22%5D%7D"
    ]
    items = iter(stream)
    assert next(items) == {"n": 1}
    go.set()
    assert list(items) == [{"n": 2}]
    stream.close()
    stream.close()


@pytest.mark.parametrize("part", [b'{"n":1}\n', b'{"n":1}\n{"n"'])
def test_a_cut_stream_raises_and_a_closed_one_does_not(wire, server, part):
    server.answers = [lambda sock: sock.sendall(chunked(part, end=b""))]
    items = iter(wire.events())
    assert next(items) == {"n": 1}
    with pytest.raises(EngineUnavailable, match=r"lost .* during GET /events"):
        next(items)

    ready = threading.Event()

    def idle(sock):
        sock.sendall(chunked(part, end=b""))
        ready.set()
        sock.recv(1)

    server.answers = [idle]
    stream = wire.events()
    threading.Thread(target=lambda: (ready.wait(), time.sleep(0.05), stream.close())).start()
    started = time.monotonic()
    assert list(stream) == [{"n": 1}]
    assert time.monotonic() - started < 1
    assert not wire._busy


def test_a_stream_that_was_closed_before_it_was_read_is_empty(wire, server):
    server.answers = [chunked(b'{"n":1}\n')]
    stream = wire.events()
    stream.close()
    assert list(stream) == []
    assert not wire._busy


def test_frames_of_every_size_pass_in_bounded_pieces(wire, server):
    size = 20_000_000
    longest = 0

    def logs(sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        start = frame(2, b"e") + frame(1, b"")
        sock.sendall(b"%x\r\n%s\r\n" % (len(start), start))
        data = frame(1, b"x" * size)
        sock.sendall(b"%x\r\n" % len(data))
        sock.sendall(data)
        sock.sendall(b"\r\n0\r\n\r\n")

    server.answers = [logs]
    got = {1: 0, 2: 0}
    for stream, data in wire.logs("a", follow=True):
        got[stream] += len(data)
        longest = max(longest, len(data))
    assert got == {1: size, 2: 1}
    assert longest <= transport.PIECE
    path = "/v1.41/containers/a/logs?follow=1&stdout=1&stderr=1&tail=all"
    assert server.requests == [f"GET {path}"]


def test_a_frame_that_is_cut_raises(wire, server):
    server.answers = [chunked(frame(1, b"whole") + frame(1, b"half")[:-1])]
    items = iter(wire.logs("a"))
    assert next(items) == (1, b"whole")
    with pytest.raises(EngineUnavailable):
        next(items)


# Hijacked connections


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
    ],
)
@pytest.mark.parametrize("tty", [False, True])
def test_bytes_that_come_with_the_header_are_kept(wire, server, head, tty):
    def echo(sock):
        glued = b"glued" if tty else frame(1, b"glued")
        sock.sendall(head + glued)
        got = b""
        while data := sock.recv(100):
            got += data
        sock.sendall(got if tty else frame(2, got))

    server.answers = [echo]
    attachment = wire.attach("a", stdin=True, tty=tty)
    attachment.write(b"ping")
    attachment.close_stdin()
    got = list(attachment)
    assert b"".join(data for _, data in got) == b"gluedping"
    assert [stream for stream, _ in got] in ([[1, 1]] if tty else [[1, 2]])
    attachment.close()
    attachment.close_stdin()
    with pytest.raises(EngineUnavailable):
        attachment.write(b"late")


def test_a_refused_attachment_carries_the_engines_words(wire, server):
    server.answers = [text("404 Not Found", b'{"message":"No such container: a"}')]
    with pytest.raises(NotFound, match="No such container: a"):
        wire.attach("a")


# Changes


def test_an_error_inside_a_pull_names_the_image(engine, server):
    lines = [{"status": "Pulling"}, {"error": "toomanyrequests", "errorDetail": {}}]
    body = b"".join(json.dumps(line).encode() + b"\r\n" for line in lines)
    told = []
    server.answers = [chunked(body), lambda sock: sock.sendall(chunked(b'{"status"', end=b""))]
    with pytest.raises(EngineError, match=r"^cannot pull image 'redis:7': toomanyrequests$"):
        engine.pull_image("redis:7", on_progress=told.append)
    assert told == lines[:1]
    with pytest.raises(EngineUnavailable, match=r"cannot pull image 'redis': lost"):
        engine.pull_image("redis")
    assert server.requests == [
        "POST /v1.41/images/create?fromImage=redis&tag=7",
        "POST /v1.41/images/create?fromImage=redis&tag=latest",
    ]


def test_a_missing_credential_helper_is_a_hint(engine, server, tmp_path):
    config = {"credsStore": "no-such", "credHelpers": {"r.example": "nor-this"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    server.answers = [text("404 Not Found", b'{"message":"denied"}')]
    with pytest.raises(
        NotFound, match=r"denied \(no credentials: docker-credential-.* installed\)"
    ):
        engine.pull_image("r.example/private")


def test_credentials_go_to_their_registry_only(server, tmp_path):
    config = {"auths": {"r.example": {"auth": "dTpw"}}}  # u:p
    (tmp_path / "config.json").write_text(json.dumps(config))
    engine = DockerEngine(server.endpoint, config_folder=str(tmp_path))
    sent = []
    original = engine._open

    def open_(*arguments, fields=None, **options):
        sent.append(fields or {})
        return original(*arguments, fields=fields, **options)

    engine._open = open_
    server.answers = [chunked(b"{}\n")] * 2 + [chunked(b'{"aux":{"ID":"sha256:1"}}\n')]
    server.answers += [text("200 OK", b'{"Descriptor":{}}')] * 2
    engine.pull_image("r.example/private:1")
    engine.pull_image("other.example/private:1")
    assert engine.build_image(b"tar", {"t": "x"}) == "sha256:1"
    engine.inspect_distribution("r.example/private:1")
    assert engine.inspect_distribution("other.example/private:1") == {"Descriptor": {}}
    assert [sorted(headers) for headers in sent] == [
        ["X-Registry-Auth"],
        [],
        ["Content-Type", "X-Registry-Config"],
        ["X-Registry-Auth"],
        [],
    ]
    engine.close()


def test_a_build_without_an_image_is_an_error(engine, server):
    server.answers = [chunked(b'{"stream":"Step 1/1"}\n'), chunked(b'{"error":"boom"}\n')]
    with pytest.raises(EngineError, match="without an image"):
        engine.build_image(b"tar", {})
    with pytest.raises(EngineError, match=r"^boom$"):
        engine.build_image(b"tar", {})


def test_a_removal_under_way_is_waited_for(engine, server):
    busy = b'{"message":"removal of container a is already in progress"}'
    server.answers = [text("409 Conflict", busy), text("200 OK", b"{}"), text("404 Not Found")]
    engine.remove_container("a")
    assert len(server.requests) == 3


@pytest.mark.parametrize("second", ["204 No Content", "404 Not Found"])
def test_a_removal_that_a_last_line_of_the_log_gets_into_is_repeated(engine, server, second):
    words = b'{"message":"unlinkat /var/lib/docker/containers/a: directory not empty"}'
    server.answers = [text("500 Oops", words), text(second)]
    engine.remove_container("a", force=True)
    assert server.requests[0] == server.requests[1]


def test_another_failure_of_a_removal_is_told(engine, server):
    server.answers = [text("500 Oops", b'{"message":"device or resource busy"}')]
    with pytest.raises(EngineError, match="busy"):
        engine.remove_container("a")


def test_a_name_that_podman_finds_taken_is_a_conflict(engine, server):
    words = b'{"message":"the container name \\"a\\" is already in use by 1"}'
    server.answers = [text("500 Oops", words)]
    with pytest.raises(Conflict, match="already in use"):
        engine.create_container("a", {"Image": "x"})


@pytest.mark.parametrize(
    "words",
    [
        "task abc123: already exists",
        "Cannot restart container a: task 1: already exists",
        "id already in use",
        "failed to start shim: mkdir /a/b: file exists: unknown",
    ],
)
def test_a_container_that_no_start_will_bring_up_is_told_apart(engine, server, words):
    refused = text("500 Oops", json.dumps({"message": words}).encode())
    server.answers = [refused, refused, text("500 Oops", b'{"message":"port is taken"}')]
    for call in (engine.start_container, engine.restart_container):
        with pytest.raises(Unstartable, match=words):
            call("a")
    with pytest.raises(EngineError, match=r"^port is taken$") as other:
        engine.start_container("a")
    assert not isinstance(other.value, Unstartable)


# TLS and ssh


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two authorities, and a certificate of the first for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    for name in ("ca", "other"):
        openssl(*new, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "req",
        "-subj",
        "/CN=s",
    )
    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1\n")
    sign = ["x509", "-req", "-in", "req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
    openssl(*sign, "-days", "1", "-extfile", "ext", "-out", "cert.pem")
    return folder


@pytest.fixture
def secure(certificates) -> Iterator[Server]:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener, lambda sock: context.wrap_socket(sock, server_side=True))
    server.port = listener.getsockname()[1]
    yield server
    server.close()


def tls_endpoint(server: Server, certificates, ca: str, host: str = "127.0.0.1", verify=True):
    files = TlsFiles(ca=str(certificates / ca), verify=verify)
    return Endpoint(kind="tcp", address="tcp://x", host=host, port=server.port, tls=files)


def test_tls_reads_streams_and_changes(secure, certificates):
    engine = DockerEngine(tls_endpoint(secure, certificates, "ca.pem"))

    def big(sock):
        sock.sendall(chunked(frame(1, b"x" * 300_000)))

    secure.answers = [text("200 OK", b"[]"), big, text("204 No Content")]
    assert engine.list_containers() == []
    assert sum(len(data) for _, data in engine.logs("a")) == 300_000
    engine.start_container("a")
    engine.close()


def test_tls_can_be_half_closed_while_both_sides_write(secure, certificates):
    wire = Wire(tls_endpoint(secure, certificates, "ca.pem"))
    size = 400_000

    def echo(sock):
        sock.sendall(b"HTTP/1.1 101 UPGRADED\r\n\r\n")
        while data := sock.recv(65536):
            sock.sendall(data)
        sock.sendall(b"end")

    secure.answers = [echo]
    attachment = wire.attach("a", stdin=True, tty=True)

    def write():
        attachment.write(b"x" * size)
        attachment.close_stdin()

    threading.Thread(target=write, daemon=True).start()
    got = bytearray()
    with suppress(EngineUnavailable):  # Python's server ends without a TLS close
        for _, data in attachment:
            got += data
    assert bytes(got) == b"x" * size + b"end"
    attachment.close()
    wire.close()


@pytest.mark.parametrize(("ca", "host"), [("other.pem", "127.0.0.1"), ("ca.pem", "localhost")])
def test_tls_refuses_a_stranger(secure, certificates, ca, host):
    endpoint = tls_endpoint(secure, certificates, ca, host)
    with pytest.raises(EngineUnavailable, match="certificate not trusted"):
        Wire(endpoint).list_containers()
    assert secure.requests == []


def test_tls_without_verifying_is_asked_for_by_name(secure, certificates):
    secure.answers = [text("200 OK", b"[]")]
    wire = Wire(tls_endpoint(secure, certificates, "other.pem", verify=False))
    assert wire.list_containers() == []
    wire.close()


def test_a_missing_tls_file_is_named(secure, certificates):
    with pytest.raises(EngineUnavailable, match=r"no such tls file.*/none\.pem"):
        Wire(tls_endpoint(secure, certificates, "none.pem")).list_containers()


@pytest.fixture
def fake_ssh(tmp_path, monkeypatch):
    """An `ssh` in PATH that runs what the test writes into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "ssh"

    def write(script: str) -> None:
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return write


SSH = Endpoint(kind="ssh", address="ssh://me@there", host="there", user="me")
BRIDGE = """exec python3 -c '
import socket, sys, threading, os
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
def up():
    while d := os.read(0, 65536): s.sendall(d)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while d := s.recv(65536): os.write(1, d)
' %s
"""


def test_ssh_carries_reads_changes_and_half_closed_streams(server, fake_ssh):
    fake_ssh(BRIDGE % server.endpoint.path)
    engine = DockerEngine(SSH)

    def echo(sock):
        sock.sendall(b"HTTP/1.1 101 UPGRADED\r\n\r\n")
        count = 0
        while data := sock.recv(65536):
            count += len(data)
        sock.sendall(b"%d" % count)

    server.answers = [text("200 OK", b"[]"), *[text("204 No Content")] * 3, echo]
    assert engine.list_containers() == []
    for _ in range(3):
        engine.start_container("a")
    assert server.connections == 1
    attachment = engine.attach("a", stdin=True, tty=True)
    attachment.write(b"x" * 100_000)
    attachment.close_stdin()
    assert list(attachment) == [(1, b"100000")]
    attachment.close()
    engine.close()


def test_ssh_says_what_ssh_complained_about(fake_ssh):
    fake_ssh("echo 'me@there: Permission denied (publickey).' >&2; exit 255\n")
    with pytest.raises(EngineUnavailable, match=r"ssh://me@there: .*Permission denied"):
        Wire(SSH).list_containers()


def test_ssh_that_is_not_installed(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(EngineUnavailable, match=r"no such file or directory \(ssh\)"):
        Wire(SSH).list_containers()
