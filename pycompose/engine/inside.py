"""What goes on inside containers: their terminals, processes, statistics and files.

Requests of the Engine API like those of `Wire`, which this adds to: what they change, if anything,
is no object of the engine.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Final

from pycompose.engine.answers import decoded, json_lines, made
from pycompose.engine.http1 import Head, quote
from pycompose.engine.port import Query
from pycompose.engine.streams import WireStream
from pycompose.engine.wire import Wire
from pycompose.errors import EngineError
from pycompose.model.values import Json

_STAT: Final = "x-docker-container-path-stat"
_JSON: Final = {"Content-Type": "application/json"}


class WireFiles(WireStream[bytes]):
    """A tar that an engine sends, in pieces; see `port.Files`."""

    __slots__ = ("stat",)
    stat: Json


class Inside(Wire):
    """What `port.Engine` has of this; its docstrings hold."""

    def create_exec(self, container: str, body: Json) -> str:
        """POST /containers/{id}/exec."""
        path = f"/containers/{quote(container)}/exec"
        answer = self._posted(path, body)
        return str(made(answer, f"POST {path}", key="Id")["Id"])

    def detach_exec(self, exec: str) -> None:
        """POST /exec/{id}/start, detached."""
        self._posted(f"/exec/{quote(exec)}/start", {"Detach": True, "Tty": False})

    def resize_exec(self, exec: str, *, rows: int, columns: int) -> None:
        """POST /exec/{id}/resize."""
        query = {"h": str(rows), "w": str(columns)}
        self._posted(f"/exec/{quote(exec)}/resize", query=query)

    def resize_container(self, container: str, *, rows: int, columns: int) -> None:
        """POST /containers/{id}/resize."""
        query = {"h": str(rows), "w": str(columns)}
        self._posted(f"/containers/{quote(container)}/resize", query=query)

    def top(self, container: str) -> Json:
        """GET /containers/{id}/top."""
        return self._object(f"/containers/{quote(container)}/top")

    def stats(self, container: str, *, follow: bool = True) -> WireStream[Json]:
        """GET /containers/{id}/stats."""
        path = f"/containers/{quote(container)}/stats"
        connection, head = self._open("GET", path, {"stream": "1" if follow else "0"})
        lines = json_lines(connection.body(head), f"GET {path}")
        return WireStream(connection, lines, f"GET {path}", self._drop)

    def stat_path(self, container: str, path: str) -> Json:
        """HEAD /containers/{id}/archive."""
        address = f"/containers/{quote(container)}/archive"
        connection, head = self._open("HEAD", address, {"path": path})
        self._drop(connection)
        return _stat(head, f"HEAD {address}")

    def get_archive(self, container: str, path: str) -> WireFiles:
        """GET /containers/{id}/archive."""
        return self._files(f"/containers/{quote(container)}/archive", {"path": path})

    def export_container(self, container: str) -> WireFiles:
        """GET /containers/{id}/export."""
        return self._files(f"/containers/{quote(container)}/export", {})

    def commit_container(self, container: str, query: Query) -> str:
        """POST /commit."""
        answer = self._posted("/commit", query={"container": container, **query})
        return str(made(answer, "POST /commit", key="Id")["Id"])

    def _files(self, path: str, query: dict[str, str]) -> WireFiles:
        connection, head = self._open("GET", path, query)
        pieces: Iterator[bytes] = connection.body(head)
        files = WireFiles(connection, pieces, f"GET {path}", self._drop)
        files.stat = _stat(head, f"GET {path}") if _STAT in head.fields else None
        return files

    def _posted(self, path: str, body: Json = None, query: Query | None = None) -> bytes:
        """Send a POST once, with a body in JSON unless it is None, and return the answer."""
        if body is None:
            return self._whole("POST", path, query or {})
        text = json.dumps(body).encode()
        return self._whole("POST", path, query or {}, fields=_JSON, body=text)


def _stat(head: Head, request: str) -> Json:
    """Return what a header says of a path: `name`, `size`, `mode` (Go's), `mtime`, `linkTarget`.

    Raises:
        EngineError: it says nothing.
    """
    try:
        text = base64.b64decode(head.fields[_STAT])
    except (KeyError, ValueError):
        raise EngineError(f"engine sent no stat for {request}", request=request) from None
    return decoded(text, request)
