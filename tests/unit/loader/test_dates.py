from __future__ import annotations

import pytest

from pycompose.loader.dates import instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02", "2024-01-02T00:00:00Z"),
        ("2024-1-2", "2024-01-02T00:00:00Z"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"),
        ("2001-12-14 21:59:43.0", "2001-12-14T21:59:43Z"),
        ("2001-12-15T2:59:43Z", "2001-12-15T02:59:43Z"),
    ],
)
def test_dates_are_written_as_go_does(text, expected):
    assert instant(text) == expected


@pytest.mark.parametrize(
    "text",
    ["2001-13-14", "2001-02-30", "2001-12", "20011214", "2001-12-14 25:00:00", "2001-12-14x"],
)
def test_other_texts_are_no_dates(text):
    assert instant(text) is None
