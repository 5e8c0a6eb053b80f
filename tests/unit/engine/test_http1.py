"""HTTP/1.1 framing, on a channel that is a list of pieces."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose.engine.http1 import Connection, Cut, NoHttp, quote, target
from pycompose.engine.transport import PIECE


class Pieces:
    """A Channel that plays pieces and records what is sent."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.sent = b""

    def recv(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def end_writing(self) -> None: ...

    def abort(self) -> None: ...

    def close(self) -> None: ...

    def last_words(self) -> str:
        return ""


def answer(*pieces: bytes) -> tuple[int, bytes, bool]:
    connection = Connection(Pieces(*pieces))
    head = connection.head()
    body = b"".join(connection.body(head))
    return head.status, body, connection.reusable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc-._~/:@", "abc-._~/:@"),
        ("a b&c=d%", "a%20b%26c%3Dd%25"),
        ("ü\n", "%C3%BC%0A"),
    ],
)
def test_quoting_leaves_what_names_are_made_of(text, expected):
    assert quote(text) == expected


def test_a_query_leaves_empty_values_out():
    assert target("/a", {"x": "1", "y": "", "z": "b c"}) == "/a?x=1&z=b%20c"
    assert target("/a", {"y": ""}) == "/a"


def test_a_request_has_no_line_ends_from_outside():
    channel = Pieces()
    Connection(channel).send("GET", target("/a", {"x": "1\r\nHost: evil"}), {"Accept": "x"})
    assert channel.sent == (
        b"GET /a?x=1%0D%0AHost:%20evil HTTP/1.1\r\nHost: docker\r\n"
        b"User-Agent: pycompose\r\nAccept: x\r\n\r\n"
    )


def test_a_post_says_how_long_it_is():
    channel = Pieces()
    Connection(channel).send("POST", "/a", {}, b"{}")
    assert channel.sent.endswith(b"\r\nContent-Length: 2\r\n\r\n{}")


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x\r\n0123456789\r\n\
0\r\nTrailer: x\r\n\r\n"


@given(st.lists(st.integers(1, len(CHUNKED) - 1), max_size=8))
def test_it_does_not_matter_where_an_answer_is_split(cuts):
    marks = [0, *sorted(set(cuts)), len(CHUNKED)]
    pieces = [CHUNKED[start:end] for start, end in itertools.pairwise(marks)]
    assert answer(*pieces) == (200, b"abc0123456789", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", (200, b"ok", True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", (200, b"", True)),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"", True)),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", (304, b"", True)),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", (200, b"until the end", False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", (200, b"ok", False)),
        (b"HTTP/1.1 200 OK\nConnection: Close\nContent-Length: 2\n\nok", (200, b"ok", False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok more", (200, b"ok", False)),
    ],
)
def test_a_body_ends_where_its_framing_says(text, expected):
    assert answer(text) == expected


def test_a_body_comes_in_bounded_pieces():
    size = 3 * PIECE + 5
    connection = Connection(
        Pieces(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size, b"x" * size)
    )
    lengths = [len(piece) for piece in connection.body(connection.head())]
    assert sum(lengths) == size
    assert max(lengths) == PIECE


@pytest.mark.parametrize("end", range(0, len(CHUNKED) - 1, 7))
def test_an_answer_that_stops_early_is_cut(end):
    with pytest.raises(Cut):
        answer(CHUNKED[:end])


@pytest.mark.parametrize(
    "text",
    [
        b"GARBAGE\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        b"x" * 300_000,
    ],
)
def test_what_is_no_http_is_said_to_be_none(text):
    with pytest.raises(NoHttp):
        answer(text)
