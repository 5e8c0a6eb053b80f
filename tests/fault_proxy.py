"""A unix socket before an engine's, on which single requests meet what a bad day brings.

    with Proxy(f"{folder}/engine", "/var/run/docker.sock") as proxy:
        proxy.rule = once(lambda request: request.change == 3, lost)
        subprocess.run(..., env={"DOCKER_HOST": proxy.address})

A rule looks at each request and returns the fault it meets, None for none. A fault is a function of
the exchange: it may pass the request on or not, and answer it or not. What is passed on is passed
on as it is, kept connections, streams and hijacked connections included.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

PIECE = 65536
READS = ("GET", "HEAD")
# Changes nothing of what an engine holds, for all that it is a POST.
WAITS = re.compile(r"/containers/[^/]+/(wait|attach)$|/exec/[^/]+/resize$")


class Request(NamedTuple):
    """A request: the `number` of all so far, and the `change` of all that change something (or 0).

    `path` is without version and query.
    """

    number: int
    change: int
    method: str
    path: str
    query: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Cut(Exception):
    """The connection to the client ends here."""


class Exchange:
    """One request and what becomes of it."""

    def __init__(self, handler: Handler, request: Request, head: bytes, body: bytes) -> None:
        self.handler = handler
        self.request = request
        self.proxy = handler.server
        self._head, self._body = head, body

    def forward(self) -> http.client.HTTPResponse:
        """Send the request to the engine; return its answer, whose body is still to be read."""
        engine = self.handler.dial()
        engine.sendall(self._head + self._body)
        # The method decides whether the answer has a body.
        answer = http.client.HTTPResponse(engine, method=self.request.method)
        answer.begin()
        return answer

    def relay(self, answer: http.client.HTTPResponse, *, limit: int | None = None) -> None:
        """Send the client an answer; `limit`: cut the connection after so many bytes of its body.

        Raises:
            Cut: the limit was reached.
        """
        self._start(answer.status, answer.reason, answer.getheaders())
        if self.request.method == "HEAD" or answer.status in (204, 304):
            return
        sent, chunked = 0, answer.chunked
        while piece := answer.read1(PIECE):
            if limit is not None and sent + len(piece) > limit:
                piece = piece[: limit - sent]
                self._send(_chunk(piece, whole=False) if chunked else piece)
                raise Cut
            self._send(_chunk(piece) if chunked else piece)
            sent += len(piece)
        if chunked:
            self._send(b"0\r\n\r\n")
        if answer.will_close and not chunked:
            raise Cut

    def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        """Answer in place of the engine."""
        fields = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        self._start(status, http.client.responses.get(status, ""), fields)
        if self.request.method != "HEAD":
            self._send(body)

    def hijacked(self) -> None:
        """Become a pipe between the client and the engine until either ends."""
        self.handler.pipe(self._head + self._body)
        raise Cut

    def _start(self, status: int, reason: str, fields: list[tuple[str, str]]) -> None:
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in fields)]
        self._send("\r\n".join([*lines, "", ""]).encode())

    def _send(self, data: bytes) -> None:
        self.handler.connection.sendall(data)


Fault: TypeAlias = Callable[[Exchange], None]
Rule: TypeAlias = Callable[[Request], Fault | None]


def _chunk(piece: bytes, *, whole: bool = True) -> bytes:
    size = len(piece) if whole else len(piece) + 1
    return b"%x\r\n%s%s" % (size, piece, b"\r\n" if whole else b"")


# Faults


def passed_on(exchange: Exchange) -> None:
    """None at all."""
    if "upgrade" in exchange.handler.fields:
        exchange.hijacked()
    exchange.relay(exchange.forward())


def dropped(exchange: Exchange) -> None:
    """The connection is lost before the engine has seen the request."""
    raise Cut


def lost(exchange: Exchange) -> None:
    """The engine does what it was asked to; the connection is lost before its answer."""
    exchange.forward().read()
    raise Cut


def truncated(exchange: Exchange) -> None:
    """The engine does what it was asked to; the connection is lost within its answer."""
    answer = exchange.forward()
    length = int(answer.getheader("Content-Length") or 2)
    if not length or answer.status in (204, 304):
        exchange.handler.connection.sendall(b"HTTP/1.1 2")
        raise Cut
    exchange.relay(answer, limit=length // 2)


def refused(status: int) -> Fault:
    """The engine refuses, in the way engines do."""

    def fault(exchange: Exchange) -> None:
        # As engines do, it names the object of the request, and not the request.
        body = {"message": f"{status} today: {exchange.request.path}"}
        exchange.answer(status, json.dumps(body).encode())

    return fault


def answered(body: bytes, status: int = 200, kind: str = "text/html") -> Fault:
    """Somebody else answers in the engine's place."""
    return lambda exchange: exchange.answer(status, body, kind)


def delayed(seconds: float) -> Fault:
    """The engine takes its time."""

    def fault(exchange: Exchange) -> None:
        exchange.proxy.closing.wait(seconds)
        passed_on(exchange)

    return fault


def stuck(exchange: Exchange) -> None:
    """The engine has seen the request and does not answer until the proxy is let go."""
    exchange.proxy.held.release()
    exchange.proxy.closing.wait()
    raise Cut


def cut_after(size: int) -> Fault:
    """The connection is lost after so many bytes of the answer's body."""
    return lambda exchange: exchange.relay(exchange.forward(), limit=size)


def meanwhile(happens: Callable[[], object], *, after: bool = False) -> Fault:
    """Something happens just before the request reaches the engine, or just after it was done."""

    def fault(exchange: Exchange) -> None:
        if not after:
            happens()
            return passed_on(exchange)
        answer = exchange.forward()
        data = answer.read()
        happens()
        exchange.answer(answer.status, data) if data else exchange.relay(answer)
        return None

    return fault


HTML = b"<html><body><h1>It works!</h1></body></html>"
FAULTS: dict[str, Fault] = {
    "delayed": delayed(0.1),
    "dropped": dropped,
    "lost": lost,
    "truncated": truncated,
    "500": refused(500),
    "409": refused(409),
    "404": refused(404),
    "503": answered(HTML, 503),
    "html": answered(HTML),
}


# What a message begins with that is about an object.
_ABOUT = re.compile(r"^(Container|Network|Volume|Image|Service) \S+: ", re.MULTILINE)


def unexplained(code: int, told: str, request: str) -> str:
    """Return what is wrong with how a command ended whose request met a fault, "" for nothing.

    One that fails has to name the object of its step, or the request.
    """
    for text in ("Traceback", "defect of its own", "<html"):
        if text in told:
            return f"{request}: {told}"
    last = told.strip().splitlines()[-1:]
    named = any(_ABOUT.search(line) or request.partition(" ")[2] in line for line in last)
    return "" if code == 0 or (code == 1 and named) else f"{request}: {code}: {told}"


def once(which: Callable[[Request], bool], fault: Fault) -> Rule:
    """Return a rule: the first request of a kind meets a fault, no other does."""
    left = [fault]
    lock = threading.Lock()

    def rule(request: Request) -> Fault | None:
        with lock:
            return left.pop() if left and which(request) else None

    return rule


class Proxy(socketserver.ThreadingUnixStreamServer):
    """The socket at `path` before the one at `behind`; `requests` are all that came."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, path: str, behind: str) -> None:
        self.behind = behind
        self.rule: Rule = lambda request: None
        self.requests: list[Request] = []
        self.closing = threading.Event()  # what is held is let go
        self.held = threading.Semaphore(0)  # counts requests that are `stuck`
        self._lock = threading.Lock()
        self._open: dict[socket.socket, Request | None] = {}
        self._changes = 0
        super().__init__(path, Handler)
        self.address = f"unix://{path}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.cut()
        self.server_close()

    def reset(self, rule: Rule | None = None) -> None:
        """Begin to count anew, with another rule."""
        with self._lock:
            self.rule = rule or (lambda request: None)
            self.requests = []
            self._changes = 0

    def cut(self, which: Callable[[Request], bool] = lambda request: True) -> int:
        """Cut the connections that such requests are on, at once; return how many."""
        with self._lock:
            found = [sock for sock, last in self._open.items() if last is None or which(last)]
        for sock in found:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        return len(found)

    @property
    def changes(self) -> list[Request]:
        """The requests so far that change something."""
        return [request for request in self.requests if request.change]

    def note(self, handler: Handler, method: str, address: str) -> Request:
        """Count a request."""
        parts = urlsplit(address)
        path = unquote(re.sub(r"^/v\d+\.\d+", "", parts.path))
        with self._lock:
            reads = method in READS or WAITS.fullmatch(path)
            self._changes += 0 if reads else 1
            request = Request(
                number=len(self.requests) + 1,
                change=0 if reads else self._changes,
                method=method,
                path=path,
                query=dict(parse_qsl(parts.query)),
            )
            self.requests.append(request)
            self._open[handler.connection] = request
        return request

    def opened(self, sock: socket.socket) -> None:
        with self._lock:
            self._open[sock] = None

    def closed(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.pop(sock, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client has gone, or was made to; nobody has to be told."""


class Handler(socketserver.StreamRequestHandler):
    server: Proxy
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        self._engine: socket.socket | None = None
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        if self._engine is not None:
            self._engine.close()
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with contextlib.suppress(Cut, OSError, http.client.HTTPException):
            while self._one():
                pass

    def dial(self) -> socket.socket:
        """Return a new connection to the engine: one for each request."""
        if self._engine is not None:
            self._engine.close()
        self._engine = socket.socket(socket.AF_UNIX)
        self._engine.connect(self.server.behind)
        return self._engine

    def pipe(self, data: bytes) -> None:
        """Send data to the engine, and whatever comes from either side to the other."""
        engine = self.dial()

        def pump(source: Any, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while piece := source(PIECE):
                    target.sendall(piece)
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        with engine:
            engine.sendall(data)
            there = threading.Thread(target=pump, args=(self.rfile.read1, engine), daemon=True)
            there.start()
            pump(engine.recv, self.connection)

    def _one(self) -> bool:
        first = self.rfile.readline()
        if not first:
            return False
        lines = [first]
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            lines.append(line)
        self.fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.decode("latin-1").partition(":") for line in lines[1:])
        }
        method, address, _ = first.decode("latin-1").split(" ")
        body = self._read_body()
        request = self.server.note(self, method, address)
        head = b"".join([*lines, b"\r\n"])
        exchange = Exchange(self, request, head, body)
        (self.server.rule(request) or passed_on)(exchange)
        return self.fields.get("connection", "").lower() != "close"

    def _read_body(self) -> bytes:
        """Return the body as it came, chunks and all."""
        if self.fields.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.fields.get("content-length") or 0))
        parts = []
        while True:
            size = self.rfile.readline()
            parts += [size, self.rfile.read(int(size, 16) + 2)]
            if not int(size, 16):
                return b"".join(parts)
