"""Answers without an end: streams that are read, and connections that are written to as well.

What comes in is a connection whose answer has begun, and the items of its body; closing one ends
its reader, in whichever thread that is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Generic, TypeVar

from pycompose.engine.answers import failures_of
from pycompose.engine.http1 import Connection
from pycompose.engine.port import Frame
from pycompose.errors import EngineError

T = TypeVar("T")


class WireStream(Generic[T]):
    """An answer without an end; see `port.Stream`.

    `drop` closes the connection; the reader calls it at its end, `close` where nobody reads.
    """

    __slots__ = ("_connection", "_drop", "_items", "_request")

    def __init__(
        self,
        connection: Connection,
        items: Iterator[T],
        request: str,
        drop: Callable[[Connection], None],
    ) -> None:
        self._connection = connection
        self._request = request
        self._drop = drop
        self._items = _read(connection, items, request, drop)

    def __iter__(self) -> Iterator[T]:
        return self._items

    def close(self) -> None:
        """End the stream; its reader, in whichever thread, ends within milliseconds."""
        self._connection.abort()
        try:
            self._items.close()
        except ValueError:  # a reader is at it: it will see the end, and drop the connection
            return
        self._drop(self._connection)


def _read(
    connection: Connection, items: Iterator[T], request: str, drop: Callable[[Connection], None]
) -> Generator[T, None, None]:
    # No method of the stream: a reader that breaks off and forgets both ends the connection too.
    try:
        with failures_of(request):
            yield from items
    except EngineError:
        if not connection.aborted:
            raise
    finally:
        drop(connection)


class WireAttachment(WireStream[Frame]):
    """A hijacked connection; see `port.Attachment`."""

    __slots__ = ()

    def write(self, data: bytes) -> None:
        """Send bytes to standard input.

        Raises:
            EngineUnavailable: the connection is lost, or was closed.
        """
        with failures_of(self._request):
            self._connection.channel.sendall(data)

    def close_stdin(self) -> None:
        """End standard input; output goes on."""
        self._connection.channel.end_writing()
