"""The Engine API over a unix socket, with a FakeEngine behind it.

So that the real adapter is tested without a daemon: real HTTP, fake truth. What the port hides of
a real engine (404 for a second removal, 409 for a kill too late, 403 for a network in use) is
shown here as the engine shows it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pycompose.engine.fake import FakeEngine, Killed
from pycompose.errors import EngineError, EngineUnavailable

ROUTES: list[tuple[str, re.Pattern[str], str]] = []


def route(method: str, path: str):
    """Register a method of Handler for a path; `{x}` matches anything, slashes too."""
    pattern = re.compile(re.sub(r"\\{\w+\\}", "(.+)", re.escape(path)) + "$")

    def register(function):
        ROUTES.append((method, pattern, function.__name__))
        return function

    return register


def frame(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def encoded(stat: Any) -> str:
    return base64.b64encode(json.dumps(stat).encode()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    @property
    def engine(self) -> FakeEngine:
        return self.server.engine

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            super().finish()

    def dispatch(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(re.sub(r"^/v\d+\.\d+", "", parts.path))
        self.server.requests.append((self.command, path))
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.data = self.read_body()
        for method, pattern, name in ROUTES:
            if method == self.command and (match := pattern.match(path)):
                return self.carry_out(name, match.groups())
        return self.answer(404, {"message": "page not found"})

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = dispatch

    def carry_out(self, name: str, words: tuple[str, ...]) -> None:
        try:
            result = getattr(self, name)(*words)
        except (EngineUnavailable, Killed):
            self.close_connection = True  # without an answer
        except EngineError as error:
            self.answer(error.status or 500, {"message": error.message})
        else:
            if result is not None:
                self.answer(*result)

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while length := int(self.rfile.readline(), 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def head(self, status: int, **fields: str) -> None:
        api = self.engine.capabilities
        self.send_response(status)
        self.send_header("Api-Version", "{}.{}".format(*api.api))
        self.send_header("Ostype", api.os)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.engine.now if timestamp is None else timestamp)

    def version_string(self) -> str:
        return f"Docker/{self.engine.capabilities.version} (linux)"

    def answer(self, status: int, body: Any = None) -> None:
        text = b"" if body is None else json.dumps(body).encode() + b"\n"
        if status in (204, 304):
            return self.head(status)
        self.head(status, Content_Type="application/json", Content_Length=str(len(text)))
        if self.command != "HEAD":
            self.wfile.write(text)
        return None

    def stream(self, pieces: Iterator[bytes], close: Any, **fields: str) -> None:
        """Send pieces as chunks, until they end or the client goes."""

        def watch() -> None:
            with contextlib.suppress(OSError):
                self.connection.recv(1)
            close()

        # Said, and not only done: a client that keeps the connection could lose its next request.
        self.head(200, Transfer_Encoding="chunked", Connection="close", **fields)
        self.wfile.flush()
        threading.Thread(target=watch, daemon=True).start()
        try:
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except (EngineUnavailable, Killed, OSError):
            pass  # the connection is cut

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("1", "true")

    @property
    def body(self) -> Any:
        return json.loads(self.data or b"{}")

    @property
    def filters(self) -> Any:
        return json.loads(self.query.get("filters", "null"))

    def framed(self, container: str, stream: Any) -> Iterator[bytes]:
        tty = self.engine.container(container).config.get("Tty")
        for number, data in stream:
            yield data if tty else frame(number, data)

    @route("GET", "/_ping")
    def ping(self):
        return 200, "OK"

    @route("GET", "/version")
    def version(self):
        api = self.engine.capabilities
        version = "{}.{}".format(*api.api)
        return 200, {"Version": api.version, "ApiVersion": version, "Os": api.os, "Arch": api.arch}

    @route("GET", "/info")
    def info(self):
        return 200, self.engine.info()

    @route("GET", "/events")
    def events(self):
        words = {key: self.query.get(key, "") for key in ("since", "until")}
        stream = self.engine.events(**words, filters=self.filters)
        self.stream((json.dumps(event).encode() + b"\n" for event in stream), stream.close)

    @route("GET", "/containers/json")
    def list_containers(self):
        return 200, self.engine.list_containers(all=self.flag("all"), filters=self.filters)

    @route("GET", "/containers/{id}/json")
    def inspect_container(self, container):
        return 200, self.engine.inspect_container(container)

    @route("GET", "/containers/{id}/logs")
    def logs(self, container):
        flags = ("follow", "stdout", "stderr", "timestamps")
        words = {key: self.query[key] for key in ("since", "until", "tail") if key in self.query}
        options = {key: self.flag(key) for key in flags}
        stream = self.engine.logs(container, **options, **words)
        self.stream(self.framed(container, stream), stream.close)

    @route("POST", "/containers/{id}/attach")
    def attach(self, container):
        attachment = self.engine.attach(container, logs=self.flag("logs"))
        self.close_connection = True
        self.head(101, Connection="Upgrade", Upgrade="tcp")
        self.wfile.flush()

        def read() -> None:
            with contextlib.suppress(OSError):
                while data := self.connection.recv(65536):
                    attachment.write(data)
                attachment.close_stdin()

        threading.Thread(target=read, daemon=True).start()
        with contextlib.suppress(EngineUnavailable, Killed, OSError):
            for piece in self.framed(container, attachment):
                self.wfile.write(piece)

    @route("POST", "/containers/{id}/wait")
    def wait(self, container):
        condition = self.query.get("condition", "not-running")
        code = self.engine.wait_container(container, condition=condition)
        return 200, {"StatusCode": code, "Error": None}

    @route("POST", "/containers/create")
    def create_container(self):
        platform = self.query.get("platform", "")
        name = self.query.get("name", "")
        return 201, self.engine.create_container(name, self.body, platform=platform)

    @route("POST", "/containers/{id}/start")
    def start(self, container):
        running = self.engine.container(container).state == "running"
        self.engine.start_container(container)
        return (304 if running else 204,)

    @route("POST", "/containers/{id}/stop")
    def stop(self, container):
        running = self.engine.container(container).running
        self.engine.stop_container(container)
        return (204 if running else 304,)

    @route("POST", "/containers/{id}/kill")
    def kill(self, container):
        running = self.engine.container(container).running
        self.engine.kill_container(container, signal=self.query["signal"])
        message = {"message": f"Cannot kill container: {container} is not running"}
        return (204,) if running else (409, message)

    @route("POST", "/containers/{id}/exec")
    def create_exec(self, container):
        return 201, {"Id": self.engine.create_exec(container, self.body)}

    @route("POST", "/exec/{id}/start")
    def start_exec(self, exec):
        tty = self.body["Tty"]
        if self.body["Detach"]:
            self.engine.detach_exec(exec)
            return (200,)
        attachment = self.engine.start_exec(exec, tty=tty)
        self.close_connection = True
        self.head(101, Connection="Upgrade", Upgrade="tcp")
        for number, data in attachment:
            self.wfile.write(data if tty else frame(number, data))
        return None

    @route("POST", "/exec/{id}/resize")
    def resize_exec(self, exec):
        size = {"rows": int(self.query["h"]), "columns": int(self.query["w"])}
        self.engine.resize_exec(exec, **size)
        return (200,)

    @route("POST", "/containers/{id}/resize")
    def resize_container(self, container):
        size = {"rows": int(self.query["h"]), "columns": int(self.query["w"])}
        self.engine.resize_container(container, **size)
        return (200,)

    @route("GET", "/containers/{id}/top")
    def top(self, container):
        return 200, self.engine.top(container)

    @route("GET", "/containers/{id}/stats")
    def stats(self, container):
        stream = self.engine.stats(container, follow=self.flag("stream"))
        self.stream((json.dumps(sample).encode() + b"\n" for sample in stream), stream.close)

    @route("HEAD", "/containers/{id}/archive")
    def stat_path(self, container):
        stat = self.engine.stat_path(container, self.query["path"])
        self.head(200, X_Docker_Container_Path_Stat=encoded(stat))

    @route("GET", "/containers/{id}/archive")
    def get_archive(self, container):
        files = self.engine.get_archive(container, self.query["path"])
        stat = {"X_Docker_Container_Path_Stat": encoded(files.stat)}
        self.stream(iter(files), files.close, Content_Type="application/x-tar", **stat)

    @route("GET", "/containers/{id}/export")
    def export(self, container):
        files = self.engine.export_container(container)
        self.stream(iter(files), files.close, Content_Type="application/octet-stream")

    @route("GET", "/exec/{id}/json")
    def inspect_exec(self, exec):
        return 200, self.engine.inspect_exec(exec)

    @route("POST", "/containers/{id}/{verb}")
    def change(self, container, verb):
        if verb == "rename":
            self.engine.rename_container(container, self.query["name"])
        elif verb in ("restart", "pause", "unpause"):
            getattr(self.engine, f"{verb}_container")(container)
        else:
            return 404, {"message": "page not found"}
        return (204,)

    @route("DELETE", "/containers/{id}")
    def remove_container(self, container):
        self.engine.container(container)
        options = {"force": self.flag("force"), "volumes": self.flag("v")}
        self.engine.remove_container(container, **options)
        return (204,)

    @route("PUT", "/containers/{id}/archive")
    def put_archive(self, container):
        self.engine.put_archive(container, self.query["path"], self.data)
        return (200,)

    @route("GET", "/networks")
    def list_networks(self):
        return 200, self.engine.list_networks(filters=self.filters)

    @route("GET", "/networks/{id}")
    def inspect_network(self, network):
        return 200, self.engine.inspect_network(network)

    @route("POST", "/networks/create")
    def create_network(self):
        return 201, {"Id": self.engine.create_network(self.body), "Warning": ""}

    @route("POST", "/networks/{id}/connect")
    def connect(self, network):
        self.engine.connect_network(network, self.body)
        return (200,)

    @route("POST", "/networks/{id}/disconnect")
    def disconnect(self, network):
        body = self.body
        self.engine.disconnect_network(network, body["Container"], force=body["Force"])
        return (200,)

    @route("DELETE", "/networks/{id}")
    def remove_network(self, network):
        self.engine.remove_network(network)
        return (204,)

    @route("GET", "/volumes")
    def list_volumes(self):
        return 200, {"Volumes": self.engine.list_volumes(filters=self.filters), "Warnings": None}

    @route("POST", "/volumes/create")
    def create_volume(self):
        return 201, self.engine.create_volume(self.body)

    @route("DELETE", "/volumes/{name}")
    def remove_volume(self, volume):
        self.engine.remove_volume(volume, force=self.flag("force"))
        return (204,)

    @route("GET", "/images/json")
    def list_images(self):
        return 200, self.engine.list_images(filters=self.filters)

    @route("GET", "/images/{name}/json")
    def inspect_image(self, image):
        return 200, self.engine.inspect_image(image)

    @route("GET", "/distribution/{name}/json")
    def inspect_distribution(self, image):
        return 200, self.engine.inspect_distribution(image)

    @route("POST", "/images/create")
    def pull(self):
        lines: list[Any] = []
        image = f"{self.query['fromImage']}:{self.query['tag']}"
        self.engine.pull_image(image, on_progress=lines.append)
        self.stream((json.dumps(line).encode() + b"\n" for line in lines), lambda: None)

    @route("POST", "/build")
    def build(self):
        lines: list[Any] = []
        query = {**self.query, "t": parse_qs(urlsplit(self.path).query).get("t", [])}
        made = self.engine.build_image(self.data, query, on_progress=lines.append)
        lines.append({"aux": {"ID": made}})
        self.stream((json.dumps(line).encode() + b"\n" for line in lines), lambda: None)

    @route("DELETE", "/images/{name}")
    def remove_image(self, image):
        self.engine.remove_image(image, force=self.flag("force"))
        return 200, [{"Untagged": image}]


class FakeServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: str, engine: FakeEngine) -> None:
        self.engine = engine
        self.requests: list[tuple[str, str]] = []  # of all that were asked, method and path
        super().__init__(path, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let the test see what went wrong in a thread of the server."""
        error = sys.exception()
        if error is not None:
            raise error


@contextmanager
def serving(engine: FakeEngine, path: str) -> Iterator[FakeServer]:
    """Serve an engine on a unix socket while the block runs."""
    with FakeServer(path, engine) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            engine.cut_streams()
            server.shutdown()
            thread.join()
