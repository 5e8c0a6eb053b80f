"""Reads, streams and hijacked connections of the Engine API, over HTTP of our own.

It exists because docker-py costs 100 ms to import, merges stdout with stderr, and loses bytes of
attached streams. `Wire` is the reading half of `port.Engine`, and starts what was created to be
read (`start_exec`); nothing else here changes an engine.
A GET whose answer was lost is sent once more, as it changes nothing; no other request is.
Connections are kept for the next request, in whichever thread; behind ssh, each is a process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Final, TypeVar

from pycompose.engine.answers import (
    capabilities,
    decoded,
    failures_of,
    foreign,
    frames,
    json_lines,
    refusal,
    terminal,
)
from pycompose.engine.clock import is_ours, sent_at
from pycompose.engine.http1 import Connection, Head, NoBody, NoHttp, quote, target
from pycompose.engine.port import Frame, Query
from pycompose.engine.streams import WireAttachment, WireStream
from pycompose.engine.transport import Endpoint, open_channel
from pycompose.errors import EngineError, EngineUnavailable, NotFound
from pycompose.model.values import Json
from pycompose.snapshot import Capabilities

T = TypeVar("T")
Filters = Mapping[str, Sequence[str]]

IDLE_CONNECTIONS: Final = 8  # kept; as many as `apply` has workers
_TRIES: Final = 2  # of a GET; what is lost twice at once is no accident
_PING: Final = "GET /_ping"
_UPGRADE: Final = {"Connection": "Upgrade", "Upgrade": "tcp"}


class Wire:
    """The reading half of `port.Engine`, whose docstrings hold; any thread may call it.

    `api_version` ("1.41") overrides what the engine and we have in common.
    """

    def __init__(self, endpoint: Endpoint, *, api_version: str = "") -> None:
        self.endpoint = endpoint
        self._api_version = api_version
        self._capabilities: Capabilities | None = None
        self._same_clock = False
        self._asking = Lock()
        self._lock = Lock()  # guards the three below
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._closed = False

    @property
    def capabilities(self) -> Capabilities:
        """What the engine is and can do.

        An engine that does not answer this one well may still answer all others, and goes on
        with a default.

        Raises:
            EngineUnavailable: nobody answers at the endpoint at all.

        Source: GET /_ping
        """
        with self._asking:
            if self._capabilities is None:
                ping = self._ping()
                self._same_clock = is_ours(ping)
                self._capabilities = capabilities(ping, self._api_version)
            return self._capabilities

    @property
    def socket(self) -> str:
        """The path of the engine's socket on this machine, "" where it is reached otherwise."""
        return self.endpoint.path if self.endpoint.kind == "unix" else ""

    def close(self) -> None:
        """Let go of all connections; whoever waits for an answer gets EngineUnavailable."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for connection in idle:
            connection.channel.close()
        for connection in busy:
            connection.abort()

    def list_containers(self, *, all: bool = True, filters: Filters | None = None) -> list[Json]:
        """GET /containers/json."""
        return self._list("/containers/json", {"all": "1" if all else "", **_filters(filters)})

    def inspect_container(self, container: str) -> Json:
        """GET /containers/{id}/json."""
        return self._object(f"/containers/{quote(container)}/json")

    def list_networks(self, *, filters: Filters | None = None) -> list[Json]:
        """GET /networks."""
        return self._list("/networks", _filters(filters))

    def inspect_network(self, network: str) -> Json:
        """GET /networks/{id}."""
        return self._object(f"/networks/{quote(network)}")

    def list_volumes(self, *, filters: Filters | None = None) -> list[Json]:
        """GET /volumes: the `Volumes` list."""
        with _named("GET /volumes"):
            answer = self._json("/volumes", _filters(filters)) or {}
        return _checked(answer.get("Volumes") if isinstance(answer, dict) else 0, "/volumes")

    def list_images(self, *, filters: Filters | None = None) -> list[Json]:
        """GET /images/json."""
        return self._list("/images/json", _filters(filters))

    def inspect_image(self, image: str) -> Json:
        """GET /images/{name}/json."""
        return self._object(f"/images/{quote(image)}/json")

    def ping(self) -> None:
        """GET /_ping, on a connection of its own."""
        connection = self._connect()
        try:
            with failures_of(_PING, connection):
                _greeted(connection)
        finally:
            self._release(connection)

    def info(self) -> Json:
        """GET /info."""
        with _named("GET /info"):
            return self._object("/info")

    def events(
        self, *, since: str = "", until: str = "", filters: Filters | None = None
    ) -> WireStream[Json]:
        """GET /events. The header of the answer has come when this returns."""
        query = {"since": since, "until": until, **_filters(filters)}
        with _named("GET /events"):
            connection, head = self._open("GET", "/events", query)
        lines = json_lines(connection.body(head), "GET /events")
        return WireStream(connection, lines, "GET /events", self._drop)

    def recent_events(self, seconds: float, *, filters: Filters | None = None) -> list[Json]:
        """GET /events?since=…&until=…; none where nobody knows what time it is there."""
        self.capabilities  # noqa: B018  (asks, if nobody has yet: the answer tells the time)
        until = time.time() if self._same_clock else sent_at(self._ping())
        if until is None:
            return []
        query = {"since": f"{until - seconds:.9f}", "until": f"{until:.9f}", **_filters(filters)}
        return list(json_lines(iter([self._whole("GET", "/events", query)]), "GET /events"))

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        since: str = "",
        until: str = "",
        tail: str = "all",
        timestamps: bool = False,
        tty: bool = False,
    ) -> WireStream[Frame]:
        """GET /containers/{id}/logs."""
        path = f"/containers/{quote(container)}/logs"
        flags = {"follow": follow, "stdout": stdout, "stderr": stderr, "timestamps": timestamps}
        words = {"since": since, "until": until, "tail": tail}
        connection, head = self._open("GET", path, _flags(flags) | words)
        items = (terminal if tty else frames)(connection.body(head))
        return WireStream(connection, items, f"GET {path}", self._drop)

    def attach(
        self, container: str, *, tty: bool = False, stdin: bool = False, logs: bool = False
    ) -> WireAttachment:
        """POST /containers/{id}/attach?stream=1, hijacked.

        Engine: with `logs`, what is written between the replay and the attachment comes twice
        (Docker 20.10: 4 of 60 containers started at once after). Attach without, before starting.
        """
        flags = {"stream": True, "stdout": True, "stderr": True, "stdin": stdin, "logs": logs}
        return self._hijack(f"/containers/{quote(container)}/attach", _flags(flags), tty=tty)

    def wait_container(self, container: str, *, condition: str = "not-running") -> int:
        """POST /containers/{id}/wait."""
        path = f"/containers/{quote(container)}/wait"
        answer = self._whole("POST", path, {"condition": condition})
        result = decoded(answer, f"POST {path}")
        code = result.get("StatusCode") if isinstance(result, dict) else None
        if not isinstance(code, int):
            raise EngineError(f"engine sent no exit code for POST {path}", request=f"POST {path}")
        if isinstance(error := result.get("Error"), dict) and error.get("Message"):
            raise EngineError(error["Message"], request=f"POST {path}")
        return code

    def inspect_exec(self, exec: str) -> Json:
        """GET /exec/{id}/json."""
        return self._object(f"/exec/{quote(exec)}/json")

    def start_exec(self, exec: str, *, tty: bool = False) -> WireAttachment:
        """POST /exec/{id}/start, hijacked."""
        body = json.dumps({"Detach": False, "Tty": tty}).encode()
        return self._hijack(f"/exec/{quote(exec)}/start", {}, tty=tty, body=body)

    # Requests

    def _list(self, path: str, query: Query) -> list[Json]:
        with _named(f"GET {path}"):
            return _checked(self._json(path, query), path)

    def _object(self, path: str) -> Json:
        with _named(f"GET {path}", or_unknown=True):
            answer = self._json(path, {})
        if not isinstance(answer, dict):
            raise EngineError(f"engine sent no JSON object for GET {path}", request=f"GET {path}")
        return answer

    def _json(self, path: str, query: Query) -> Json:
        return decoded(self._whole("GET", path, query), f"GET {path}")

    def _whole(
        self,
        method: str,
        path: str,
        query: Query,
        *,
        fields: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
    ) -> bytes:
        """Send a request and return the body of its answer.

        Raises:
            EngineError: the answer is no success.
        """
        tries = _TRIES if method == "GET" else 1
        while True:
            connection, head = self._open(method, path, query, fields=fields, body=body)
            try:
                with failures_of(f"{method} {path}", connection):
                    return b"".join(connection.body(head))
            except EngineUnavailable:
                tries -= 1
                if not tries or connection.aborted:
                    raise
            finally:
                self._release(connection)

    def _hijack(
        self, path: str, query: Query, *, tty: bool, body: bytes | None = None
    ) -> WireAttachment:
        """Make a connection the standard streams of a process.

        Engines answer 101, old ones and Podman 200; either way what follows the header is raw,
        and some of it may have come with the header. A proxy may put chunks around it.
        """
        fields = _UPGRADE if body is None else {**_UPGRADE, "Content-Type": "application/json"}
        connection, head = self._open("POST", path, query, fields=fields, body=body)
        chunked = head.status == 200 and "transfer-encoding" in head.fields
        pieces = connection.body(head) if chunked else connection.rest()
        items = (terminal if tty else frames)(pieces)
        return WireAttachment(connection, items, f"POST {path}", self._drop)

    def _open(
        self,
        method: str,
        path: str,
        query: Query,
        *,
        fields: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
    ) -> tuple[Connection, Head]:
        """Send a request and read the header of its answer; the connection is the caller's.

        Raises:
            EngineError: the answer is no success.
        """
        major, minor = self.capabilities.api
        address = f"/v{major}.{minor}{target(path, query)}"
        request = f"{method} {path}"
        connection, head = self._exchange(method, address, request, fields or {}, body)
        success = head.status < 300 or head.status == 304
        if success and not foreign(head.fields.get("content-type", "")):
            return connection, head
        try:
            with failures_of(request, connection):
                answer = b"".join(connection.body(head))
        finally:
            self._release(connection)
        raise refusal(head, answer, request)

    def _exchange(
        self,
        method: str,
        address: str,
        request: str,
        fields: Mapping[str, str],
        body: bytes | Iterable[bytes] | None = None,
    ) -> tuple[Connection, Head]:
        # A kept connection may have been closed by the engine since. Only a GET may find out; for
        # what may not come twice, one is taken whose end is not there to be read.
        repeatable = method == "GET"
        kept = self._kept(quiet=not repeatable)
        tries = _TRIES + (kept is not None) if repeatable else 1
        while True:
            connection = kept or self._connect()
            try:
                with failures_of(request, connection):
                    return connection, _asked(connection, method, address, fields, body)
            except NoBody as error:
                self._release(connection)
                raise (error.__cause__ or error) from None
            except EngineUnavailable:
                self._release(connection)
                kept = None
                tries -= 1
                if not tries or connection.aborted:
                    raise
            except BaseException:
                self._release(connection)
                raise

    def _ping(self) -> Head | None:
        """Return the head of the answer to a ping, None where there is no good one."""
        connection = self._connect()
        try:
            return _greeted(connection)
        except (OSError, NoHttp):
            if words := connection.channel.last_words():
                message = f"cannot connect to the engine at {self.endpoint}: {words}"
                raise EngineUnavailable(message, request=_PING) from None
            return None
        finally:
            self._release(connection)

    # Connections

    def _kept(self, *, quiet: bool) -> Connection | None:
        """Take a kept connection, if there is one; a `quiet` one has not been ended so far."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
                self._busy.add(connection)
            if not quiet or connection.channel.quiet():
                return connection
            self._drop(connection)

    def _connect(self) -> Connection:
        connection = Connection(open_channel(self.endpoint))
        with self._lock:
            closed = self._closed
            if not closed:
                self._busy.add(connection)
        if closed:
            connection.channel.close()
            raise EngineUnavailable(f"the connection to the engine at {self.endpoint} is closed")
        return connection

    def _release(self, connection: Connection) -> None:
        """Keep a connection for the next request, or close it."""
        with self._lock:
            self._busy.discard(connection)
            keep = connection.reusable and not connection.aborted and not self._closed
            keep = keep and len(self._idle) < IDLE_CONNECTIONS
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.channel.close()

    def _drop(self, connection: Connection) -> None:
        """Close a connection. Streams end so: who closes one late must not hit a request."""
        with self._lock:
            self._busy.discard(connection)
        connection.channel.close()


def _asked(
    connection: Connection,
    method: str,
    address: str,
    fields: Mapping[str, str],
    body: bytes | Iterable[bytes] | None,
) -> Head:
    """Send a request and return the header of the answer.

    An engine that refuses a long body need not read it: it answers and ends the connection.
    """
    try:
        connection.send(method, address, fields, body)
    except OSError as error:
        try:
            return connection.head()
        except (OSError, NoHttp):
            raise error from None
    return connection.head()


def _greeted(connection: Connection) -> Head:
    connection.send("GET", "/_ping", {})
    head = connection.head()
    for _ in connection.body(head):
        pass
    return head


@contextmanager
def _named(request: str, *, or_unknown: bool = False) -> Iterator[None]:
    """Say what was refused; with `or_unknown`, not of an object that the engine says is unknown."""
    try:
        yield
    except EngineError as error:
        known = isinstance(error, NotFound) and or_unknown
        if not error.status or known or request in error.message:
            raise
        message = f"engine refused {request}: {error.message}"
        raise type(error)(message, status=error.status, request=request) from error


def _filters(filters: Filters | None) -> dict[str, str]:
    if not filters:
        return {}
    lists = {name: list(values) for name, values in filters.items()}
    return {"filters": json.dumps(lists, separators=(",", ":"))}


def _flags(flags: Mapping[str, bool]) -> dict[str, str]:
    return {name: "1" for name, flag in flags.items() if flag}


def _checked(answer: Json, path: str) -> list[Json]:
    """Return the list an answer should be; Go writes an empty one as null, too."""
    if answer is None:
        return []
    if not isinstance(answer, list):
        raise EngineError(f"engine sent no JSON list for GET {path}", request=f"GET {path}")
    return answer
