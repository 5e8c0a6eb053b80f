"""Moments as an engine takes them."""

from __future__ import annotations

import time

import pytest

from pycompose.errors import UsageError
from pycompose.moments import moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-24T01:02:03Z", "1795482123.000000000"),
        ("1795482123.5", "1795482123.5"),
        ("", ""),
        ("2026-11-24T01:02:03.456789012Z", "1795482123.456789012"),
        ("2026-11-24T01:02:03.5Z", "1795482123.500000000"),
        ("2026-11-24T02:02:03.5+01:00", "1795482123.500000000"),
        ("2026-11-23T23:02:03.5-02:00", "1795482123.500000000"),
        ("0001-01-01T00:00:00Z", ""),
    ],
)
def test_a_time_is_told_in_seconds_to_the_last_digit(text: str, seconds: str) -> None:
    assert moment(text) == seconds


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(UsageError, match="invalid time 'yesterday'"):
        moment("yesterday")


def test_a_duration_is_counted_back_from_now() -> None:
    before = time.time()
    assert before - 90 <= float(moment("1m30s")) <= time.time() - 90
