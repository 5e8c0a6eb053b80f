"""How a stream ends, on a channel of prepared pieces."""

from __future__ import annotations

import pytest

from pycompose.engine.http1 import Connection
from pycompose.engine.streams import WireAttachment, WireStream
from pycompose.errors import EngineUnavailable


class Channel:
    """Plays pieces; an exception among them is raised."""

    def __init__(self, *pieces) -> None:
        self.pieces = list(pieces)
        self.calls: list[str] = []

    def recv(self) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def sendall(self, data: bytes) -> None:
        raise BrokenPipeError

    def end_writing(self) -> None:
        self.calls.append("end_writing")

    def abort(self) -> None:
        self.calls.append("abort")

    def close(self) -> None:
        self.calls.append("close")

    def last_words(self) -> str:
        return ""


def stream(*pieces, kind=WireStream):
    channel = Channel(*pieces)
    connection = Connection(channel)
    drop = lambda dropped: dropped.channel.close()  # noqa: E731
    return channel, kind(connection, connection.rest(), "GET /x", drop)


def test_a_stream_that_was_read_to_its_end_closes_its_connection():
    channel, items = stream(b"a", b"b")
    assert list(items) == [b"a", b"b"]
    assert channel.calls == ["close"]


def test_a_lost_connection_names_the_request():
    channel, items = stream(b"a", ConnectionResetError())
    with pytest.raises(EngineUnavailable, match="GET /x") as error:
        list(items)
    assert error.value.request == "GET /x"
    assert channel.calls == ["close"]


def test_a_connection_lost_after_close_is_an_end():
    channel, items = stream(b"a", ConnectionResetError())
    reader = iter(items)
    next(reader)
    items.close()
    assert list(reader) == []
    assert "close" in channel.calls


def test_a_reader_that_breaks_off_can_go_on():
    _, items = stream(b"a", b"b", b"c")
    for item in items:
        assert item == b"a"
        break
    assert list(items) == [b"b", b"c"]


def test_an_interrupt_passes_through_and_closes():
    channel, items = stream(b"a", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        list(items)
    assert channel.calls == ["close"]


def test_a_stream_that_is_forgotten_while_it_is_read_is_closed():
    channel, items = stream(b"a", b"b")
    reader = iter(items)
    next(reader)
    del items, reader
    assert channel.calls == ["close"]


def test_writing_to_who_has_gone_says_so():
    channel, attachment = stream(kind=WireAttachment)
    with pytest.raises(EngineUnavailable, match="GET /x"):
        attachment.write(b"x")
    attachment.close_stdin()
    assert channel.calls == ["end_writing"]
