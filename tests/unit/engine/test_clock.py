"""What time it is on an engine."""

from __future__ import annotations

import time

import pytest

from pycompose.engine.clock import is_ours, sent_at
from pycompose.engine.http1 import Head

NOW = 784111777.75  # Sun, 06 Nov 1994 08:49:37.75 GMT


def head(date: str) -> Head:
    return Head(status=200, reason="OK", fields={"date": date})


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", None),
        ("Sun, 31 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49 GMT", None),
        ("Sun, 06 Not 1994 08:49:37 GMT", None),
        ("", None),
    ],
)
def test_the_date_of_an_answer_is_read(date: str, moment: float | None) -> None:
    assert sent_at(head(date)) == moment


@pytest.mark.parametrize(
    ("date", "ours"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", True),
        ("Sun, 06 Nov 1994 08:49:36 GMT", False),
        ("Sun, 06 Nov 1994 08:49:38 GMT", False),
        ("Sun, 06 Nov 1994 09:49:37 GMT", False),
        ("yesterday", False),
    ],
)
def test_clocks_are_equal_if_whole_seconds_are(monkeypatch, date: str, ours: bool) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)

    assert is_ours(head(date)) is ours


def test_who_does_not_say_what_time_it_is_may_have_another_clock() -> None:
    assert sent_at(None) is None
    assert not is_ours(None)
