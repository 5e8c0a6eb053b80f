"""What the answers of an engine mean: errors, JSON, lines, frames. Bytes in, values out.

`failures_of` is the one place where a lost connection or a foreign protocol becomes an exception
of ours, `refusal` the one where an error answer does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pycompose.engine.http1 import Connection, Head, NoHttp
from pycompose.engine.port import Frame
from pycompose.engine.transport import PIECE
from pycompose.errors import Conflict, EngineError, EngineUnavailable, NotFound
from pycompose.model.values import Json
from pycompose.snapshot import Capabilities

NEWEST_API: Final = (1, 51)  # the newest version whose changes were read
DEFAULT_API: Final = (1, 41)  # of an engine that does not say: Docker 20.10, Podman 4 and 5


def foreign(kind: str) -> bool:
    """Tell by the type of an answer's content that no engine sent it, whatever its status."""
    return kind.lower().startswith("text/html")


def refusal(head: Head, body: bytes, request: str) -> EngineError:
    """Return the exception for an answer that is no success, with the engine's own words."""
    if head.status < 300:
        message = f"engine sent no JSON for {request}: something else answers in its place"
        return EngineError(message, status=head.status, request=request)
    try:
        message = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        text = body.decode(errors="replace").strip()
        short = text and "<" not in text and len(text) < 500  # an HTML page helps nobody
        message = text if short else f"{head.status} {head.reason}".strip()
        message = f"engine refused {request}: {message}"
    kind = {404: NotFound, 409: Conflict}.get(head.status, EngineError)
    return kind(message.strip(), status=head.status, request=request)


@contextmanager
def failures_of(request: str, connection: Connection | None = None) -> Iterator[None]:
    """Turn what goes wrong with a connection into our exceptions, naming the request."""
    try:
        yield
    except OSError as error:
        words = connection.channel.last_words() if connection else ""
        raise EngineUnavailable(
            f"lost the connection to the engine during {request}" + (f": {words}" if words else ""),
            request=request,
        ) from error
    except NoHttp as error:
        message = f"engine sent no HTTP for {request}: {error}"
        raise EngineError(message, request=request) from error


def made(text: bytes, request: str, *, key: str = "Id") -> Json:
    """Return the JSON object that tells what a request has made, by the name or id in `key`.

    Raises:
        EngineError: it does not.
    """
    answer = decoded(text, request)
    if not isinstance(answer, dict) or not isinstance(answer.get(key), str):
        raise EngineError(f"engine did not tell what it made for {request}", request=request)
    return answer


def decoded(text: bytes | bytearray, request: str) -> Json:
    """Return the JSON document that answers a request.

    Raises:
        EngineError: it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EngineError(f"engine sent no JSON for {request}", request=request) from error


def json_lines(pieces: Iterator[bytes], request: str) -> Iterator[Json]:
    """Yield the documents of a stream that has one on each line, as soon as each is complete.

    Raises:
        EngineError: a line is none.
    """
    rest = bytearray()
    for piece in pieces:
        rest += piece
        if b"\n" in piece:
            *lines, last = rest.split(b"\n")
            rest = last
            for line in lines:
                if line.strip():
                    yield decoded(line, request)
    if rest.strip():
        yield decoded(rest, request)


def frames(pieces: Iterator[bytes]) -> Iterator[Frame]:
    """Yield the frames of a multiplexed stream: 8 bytes of header (stream, length), then bytes.

    A frame of up to PIECE bytes comes whole, a longer one in parts, so that memory stays flat.

    Raises:
        EngineUnavailable: the stream ended within a frame.

    Source: POST /containers/{id}/attach, "Stream format"
    """
    data, start, stream, left = b"", 0, 1, 0  # left: bytes of a long frame that are still to come
    for piece in pieces:
        data, start = data[start:] + piece, 0
        while True:
            if left:
                part = data[start : start + left]
                if not part:
                    break
                start, left = start + len(part), left - len(part)
                yield stream, part
                continue
            if len(data) - start < 8:
                break
            stream = 2 if data[start] == 2 else 1
            length = int.from_bytes(data[start + 4 : start + 8], "big")
            if length > PIECE:
                start, left = start + 8, length
                continue
            end = start + 8 + length
            if len(data) < end:
                break
            if length:
                yield stream, data[start + 8 : end]
            start = end
    if left or len(data) > start:
        raise EngineUnavailable("lost the connection to the engine in a stream of a container")


def terminal(pieces: Iterator[bytes]) -> Iterator[Frame]:
    """Yield the output of a terminal, which has no frames."""
    for piece in pieces:
        yield 1, piece


def capabilities(ping: Head | None, api_version: str = "") -> Capabilities:
    """Return what the header of a ping's answer says of an engine; None: there was no answer.

    `Server` is `Docker/20.10.24 (linux)` or `Libpod/5.4.2 (linux)`. The architecture is not in
    it and stays empty.

    Raises:
        EngineError: `api_version` is none.

    Source: GET /_ping
    """
    fields = ping.fields if ping else {}
    theirs = _version(fields.get("api-version", "")) or DEFAULT_API
    api = _version(api_version) or min(theirs, NEWEST_API)
    if api_version and not _version(api_version):
        raise EngineError(f"{api_version!r} is no API version, expected one such as '1.41'")
    product, _, version = fields.get("server", "").partition(" ")[0].partition("/")
    podman = product == "Libpod"
    return Capabilities(
        api=api,
        engine="podman" if podman else "docker",
        version=version,
        os=fields.get("ostype", "") or "linux",
        health_events=not podman,
        several_endpoints=podman or api >= (1, 44),
    )


def _version(text: str) -> tuple[int, int] | None:
    major, _, minor = text.strip().removeprefix("v").partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None
