"""Errors, lines, frames and capabilities, from bytes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose.engine.answers import capabilities, frames, json_lines, refusal, terminal
from pycompose.engine.http1 import Head
from pycompose.engine.transport import PIECE
from pycompose.errors import Conflict, EngineError, EngineUnavailable, NotFound


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    marks = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(marks)]


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (409, Conflict), (500, EngineError), (400, EngineError)]
)
def test_a_refusal_has_the_engines_words(status, kind):
    error = refusal(Head(status, "Reason", {}), b'{"message": "words\\n"}', "GET /x")
    assert type(error) is kind
    assert (str(error), error.status, error.request) == ("words", status, "GET /x")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "502 Bad Gateway"),
        (b"<html>" + b"x" * 1000, "502 Bad Gateway"),
        (b"upstream gone\n", "upstream gone"),
        (b"[1]", "[1]"),
    ],
)
def test_a_refusal_without_words_names_the_request(body, words):
    error = refusal(Head(502, "Bad Gateway", {}), body, "GET /x")
    assert str(error) == f"engine refused GET /x: {words}"


@given(st.lists(st.integers(0, 60), max_size=6))
def test_json_lines_do_not_depend_on_pieces(cuts):
    data = b'{"a": 1}\r\n\n{"b": "\xc3\xbc"}\n[]\n{"last": true}'
    lines = list(json_lines(iter(split(data, cuts)), "GET /x"))
    assert lines == [{"a": 1}, {"b": "ü"}, [], {"last": True}]


def test_a_line_that_is_no_json_names_the_request():
    lines = json_lines(iter([b"{}\n<html>\n"]), "GET /events")
    assert next(lines) == {}
    with pytest.raises(EngineError, match="sent no JSON for GET /events"):
        next(lines)


FRAMES = st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=40)), max_size=8)


@given(FRAMES, st.lists(st.integers(0, 400), max_size=8))
def test_frames_come_whole_and_in_order(wanted, cuts):
    data = b"".join(bytes([n, 0, 0, 0]) + len(d).to_bytes(4, "big") + d for n, d in wanted)
    assert list(frames(iter(split(data, cuts)))) == [(n, d) for n, d in wanted if d]


def test_a_long_frame_comes_in_parts():
    size = 5 * PIECE
    data = b"\x02\0\0\0" + size.to_bytes(4, "big") + b"x" * size + b"\x01\0\0\0\0\0\0\x01y"
    got = list(frames(data[i : i + PIECE] for i in range(0, len(data), PIECE)))
    assert got[-1] == (1, b"y")
    assert sum(len(part) for _, part in got[:-1]) == size
    assert all(stream == 2 and len(part) <= PIECE for stream, part in got[:-1])


@pytest.mark.parametrize("end", [1, 7, 8, 10])
def test_a_frame_that_is_cut_is_a_lost_connection(end):
    data = b"\x01\0\0\0\0\0\0\x03abc"
    with pytest.raises(EngineUnavailable):
        list(frames(iter([data[:end]])))


def test_a_terminal_has_no_frames():
    assert list(terminal(iter([b"a", b"b"]))) == [(1, b"a"), (1, b"b")]


def ping(**fields: str) -> Head:
    return Head(200, "OK", {name.replace("_", "-"): value for name, value in fields.items()})


def test_capabilities_of_docker():
    found = capabilities(ping(api_version="1.41", server="Docker/20.10.24 (linux)", ostype="linux"))
    assert (found.api, found.engine, found.version, found.os) == (
        (1, 41),
        "docker",
        "20.10.24",
        "linux",
    )
    assert found.health_events
    assert not found.several_endpoints


def test_capabilities_of_podman():
    found = capabilities(ping(api_version="1.41", server="Libpod/5.4.2 (linux)"))
    assert (found.engine, found.version) == ("podman", "5.4.2")
    assert not found.health_events
    assert found.several_endpoints


@pytest.mark.parametrize(
    ("theirs", "asked", "api"),
    [
        ("1.43", "", (1, 43)),
        ("1.44", "", (1, 44)),
        ("1.99", "", (1, 51)),
        ("", "", (1, 41)),
        ("1.x", "", (1, 41)),
        ("1.47", "1.30", (1, 30)),
        ("1.41", "v1.47", (1, 47)),
    ],
)
def test_the_version_is_the_newest_both_know(theirs, asked, api):
    found = capabilities(ping(api_version=theirs), asked)
    assert found.api == api
    assert found.several_endpoints == (api >= (1, 44))


def test_no_answer_is_an_engine_of_the_default_version():
    assert capabilities(None).api == (1, 41)


def test_a_version_that_is_none_is_refused():
    with pytest.raises(EngineError, match="'latest' is no API version"):
        capabilities(None, "latest")
