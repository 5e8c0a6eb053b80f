"""A way to an engine over TCP that shows what is sent through it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_REQUEST = re.compile(rb"(GET|HEAD|POST|PUT|DELETE) (/\S*) HTTP/1\.1\r\n")


class Forward:
    """Forwards connections to `address` (a DOCKER_HOST) to an engine's unix socket.

    `requests` are those seen so far, method and path; whoever breaks one in two pieces is not seen.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.requests: list[tuple[str, str]] = []
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
            answers = threading.Thread(target=self._pump, args=(engine, client))
            answers.start()
            self._pump(client, engine)
            answers.join()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                found = _REQUEST.findall(data)
                self.requests += [(method.decode(), path.decode()) for method, path in found]
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Take no more connections, and wait for the end of those that are there."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join()


@contextmanager
def forwarding(path: str) -> Iterator[Forward]:
    """Forward to the engine behind a unix socket while the block runs."""
    with contextlib.closing(Forward(path)) as forward:
        yield forward
