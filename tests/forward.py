"""A way to an engine over TCP that shows what is sent through it."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_REQUEST = re.compile(rb"(GET|HEAD|POST|PUT|DELETE) (/\S*) HTTP/1\.1\r\n")


class Forward:
    """Forwards connections to `address` (a DOCKER_HOST) to an engine's unix socket.

    It listens on a port of its own, or on the unix socket `here`.
    `requests` are those seen so far, method and path; whoever breaks one in two pieces is not seen.
    `changed` is called once the engine has answered one that is no GET, before the answer goes on.
    """

    def __init__(
        self, path: str, changed: Callable[[], None] | None = None, *, here: str = ""
    ) -> None:
        self.path = path
        self.changed = changed
        self.here = here
        self.requests: list[tuple[str, str]] = []
        if here:
            self.listener = socket.create_server(here, family=socket.AF_UNIX)
            self.address = f"unix://{here}"
        else:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.threads = [threading.Thread(target=self._serve)]
        self.threads[0].start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.threads.append(threading.Thread(target=self._carry, args=(client,)))
                self.threads[-1].start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine:
            engine.connect(self.path)
            asked: list[str] = []  # the methods of requests that were not answered yet
            answers = threading.Thread(target=self._answers, args=(engine, client, asked))
            answers.start()
            with contextlib.suppress(OSError):
                while data := client.recv(1 << 16):
                    found = _REQUEST.findall(data)
                    self.requests += [(method.decode(), path.decode()) for method, path in found]
                    asked += [method.decode() for method, _ in found]
                    engine.sendall(data)
            with contextlib.suppress(OSError):
                engine.shutdown(socket.SHUT_WR)
            answers.join()

    def _answers(self, engine: socket.socket, client: socket.socket, asked: list[str]) -> None:
        with contextlib.suppress(OSError):
            while data := engine.recv(1 << 16):
                if asked and asked.pop() != "GET" and self.changed is not None:
                    self.changed()
                client.sendall(data)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Take no more connections, and wait for the end of those that are there."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        if self.here:
            os.unlink(self.here)
        for thread in self.threads:
            thread.join()


@contextmanager
def forwarding(
    path: str, changed: Callable[[], None] | None = None, *, here: str = ""
) -> Iterator[Forward]:
    """Forward to the engine behind a unix socket while the block runs."""
    with contextlib.closing(Forward(path, changed, here=here)) as forward:
        yield forward
