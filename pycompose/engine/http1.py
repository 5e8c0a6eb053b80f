"""HTTP/1.1 on a Channel, as much as the Engine API needs: one request, one answer at a time.

The body of an answer comes as an iterator of bounded pieces, whichever way it is framed. What
goes wrong with the connection is an OSError, what is no HTTP a NoHttp; the caller names the
request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from pycompose.engine.port import Query
from pycompose.engine.transport import PIECE, Channel

_HEAD_LIMIT: Final = 256 * 1024  # bytes of a line or of a header; engines send less than 1 KiB
_HEX_DIGITS: Final = b"0123456789abcdefABCDEF"
_SAFE: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:@")


class Cut(ConnectionError):
    """The connection ended before the answer did."""


class NoHttp(ValueError):
    """What came is no HTTP."""


class NoBody(Exception):
    """What was to be sent could not be had; the cause says why."""


class Head(NamedTuple):
    """Status line and header of an answer; the names of the header's fields are lower case."""

    status: int
    reason: str
    fields: Mapping[str, str]


def quote(text: str) -> str:
    """Return text as a part of a URL: percent-encoded but for letters, digits and `-._~/:@`."""
    return "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in text.encode())


def target(path: str, query: Query) -> str:
    """Return a quoted path with a query; empty values are left out."""
    pairs = "&".join(
        f"{name}={quote(text)}"
        for name, value in query.items()
        for text in ([value] if isinstance(value, str) else value)
        if text
    )
    return f"{path}?{pairs}" if pairs else path


def _header(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _had(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces that are not empty; what goes wrong with them is no fault of a connection.

    Raises:
        NoBody: something did.
    """
    source = iter(pieces)
    while True:
        try:
            piece = next(source, None)
        except Exception as error:
            raise NoBody from error
        if piece is None:
            return
        if piece:
            yield piece


class Connection:
    """An HTTP/1.1 connection; one thread uses it, any may `abort` it."""

    __slots__ = ("_buffer", "_method", "aborted", "channel", "reusable")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.reusable = False  # the last answer was read to its end, and another may follow
        self.aborted = False
        self._buffer = bytearray()
        self._method = ""  # of the request that is to be answered

    def send(
        self,
        method: str,
        address: str,
        fields: Mapping[str, str],
        body: bytes | Iterable[bytes] | None = None,
    ) -> None:
        """Send one request; a body in pieces goes in chunks.

        Raises:
            NoBody: no piece came of such a body; the request is cut short.
        """
        self.reusable = False
        self._method = method
        lines = [f"{method} {address} HTTP/1.1", "Host: docker", "User-Agent: pycompose"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        if body is None or isinstance(body, bytes):
            if body is not None or method != "GET":
                lines.append(f"Content-Length: {len(body or b'')}")
            self.channel.sendall(_header(lines) + (body or b""))
            return
        self.channel.sendall(_header([*lines, "Transfer-Encoding: chunked"]))
        for piece in _had(body):
            self.channel.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.channel.sendall(b"0\r\n\r\n")

    def head(self) -> Head:
        """Read the status line and the header of the answer; interim ones (1xx) are skipped.

        Raises:
            Cut: the connection ended instead.
            NoHttp: it is none.
        """
        while True:
            version, _, rest = self._line().decode("latin-1").partition(" ")
            status, _, words = rest.partition(" ")
            if not version.startswith("HTTP/1.") or not (len(status) == 3 and status.isdigit()):
                raise NoHttp("no status line")
            fields: dict[str, str] = {}
            size = 0
            while line := self._line():
                size += len(line)
                if size > _HEAD_LIMIT:
                    raise NoHttp("header too long")
                name, _, value = line.decode("latin-1").partition(":")
                fields[name.strip().lower()] = value.strip()
            if version == "HTTP/1.0":
                fields.setdefault("connection", "close")
            if not status.startswith("1") or status == "101":
                return Head(int(status), words.strip(), fields)

    def body(self, head: Head) -> Iterator[bytes]:
        """Yield the body in pieces of at most PIECE bytes; read it before the next request.

        Raises:
            Cut: the connection ended before the body did.
            NoHttp: the framing is none.
        """
        length = head.fields.get("content-length", "")
        if head.status in (204, 304) or self._method == "HEAD":
            pass
        elif head.fields.get("transfer-encoding", "").lower().endswith("chunked"):
            yield from self._chunks()
        elif length:
            if not length.isdigit():
                raise NoHttp("no length")
            yield from self._exactly(int(length))
        else:
            yield from self.rest()
            return
        self.reusable = not self._buffer and head.fields.get("connection", "").lower() != "close"

    def rest(self) -> Iterator[bytes]:
        """Yield whatever comes, from what followed the header on, until the connection ends."""
        while self._buffer or self._fill():
            yield self._take(PIECE)

    def abort(self) -> None:
        """End the connection under whoever uses it, in another thread."""
        self.aborted = True
        self.channel.abort()

    def _chunks(self) -> Iterator[bytes]:
        # An engine sends each line of a log as a chunk: those that are here already go as one.
        while True:
            if ready := self._ready_chunks():
                yield ready
            if not (size := self._chunk_size()):
                break
            yield from self._exactly(size)
            if self._line():
                raise NoHttp("chunk without an end")
        while self._line():
            pass  # trailers

    def _ready_chunks(self) -> bytes:
        """Take the chunks that are whole in the buffer; anything odd is left to `_chunk_size`."""
        buffer, start, chunks = self._buffer, 0, []
        while (end := buffer.find(b"\r\n", start)) > 0:
            digits = buffer[start:end]
            if not digits or digits.strip(_HEX_DIGITS) or not (size := int(digits, 16)):
                break
            stop = end + 2 + size
            if buffer[stop : stop + 2] != b"\r\n":
                break
            chunks.append(buffer[end + 2 : stop])
            start = stop + 2
        del buffer[:start]
        return b"".join(chunks)

    def _chunk_size(self) -> int:
        digits = self._line().partition(b";")[0].strip()
        if not digits or digits.strip(_HEX_DIGITS):
            raise NoHttp("chunk without a size")
        return int(digits, 16)

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._buffer and not self._fill():
                raise Cut("connection lost in an answer")
            piece = self._take(min(size, PIECE))
            size -= len(piece)
            yield piece

    def _line(self) -> bytes:
        """Read a line, without its end."""
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > _HEAD_LIMIT:
                raise NoHttp("line too long")
            if not self._fill():
                raise Cut("connection lost before or in an answer")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def _take(self, limit: int) -> bytes:
        piece = bytes(self._buffer[:limit])
        del self._buffer[:limit]
        return piece

    def _fill(self) -> bool:
        data = self.channel.recv()
        self._buffer += data
        return bool(data)
