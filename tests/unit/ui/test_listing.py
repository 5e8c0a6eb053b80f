"""Rows in every format, and sizes as docker tells them."""

from __future__ import annotations

import json

import pytest

from pycompose.errors import UsageError
from pycompose.ui.listing import Columns, listing
from pycompose.ui.units import binary, decimal

COLUMNS = Columns({"Name": "NAME", "Size": "SIZE", "Note": "NOTE"}, ("Name", "Size"), narrowest=4)
ROWS = [{"Name": "a<b", "Size": 5, "Note": "x"}, {"Name": "日本", "Size": 10, "Note": "\x1b"}]


def test_a_table_is_lined_up_by_what_a_terminal_shows() -> None:
    assert listing(ROWS, COLUMNS) == "NAME   SIZE\na<b    5\n日本   10\n"
    assert listing([], COLUMNS, "table") == "NAME   SIZE\n"


def test_rows_as_json_and_yaml() -> None:
    lines = listing(ROWS, COLUMNS, "json").splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    assert lines[0] == '{"Name":"a\\u003cb","Size":5,"Note":"x"}'
    assert json.loads(listing(ROWS, COLUMNS, "json-array")) == ROWS
    assert listing(ROWS[:1], COLUMNS, "yaml") == "- Name: a<b\n  Size: 5\n  Note: x\n"
    assert (listing([], COLUMNS, "json"), listing([], COLUMNS, "json-array")) == ("", "[]\n")
    assert listing([], COLUMNS, "yaml") == "[]\n"


def test_templates_with_and_without_a_table() -> None:
    assert listing(ROWS, COLUMNS, "{{.Name}}={{.Size}}") == "a<b=5\n日本=10\n"
    assert listing(ROWS[:1], COLUMNS, "table {{.Note}}\\t{{.Name}}") == "NOTE   NAME\nx      a<b\n"
    with pytest.raises(UsageError, match="no field 'Nope'"):
        listing(ROWS, COLUMNS, "{{.Nope}}")


def test_no_escape_sequence_reaches_a_terminal() -> None:
    for format in ("table", "table {{.Note}}", "{{.Note}}"):
        assert "\x1b" not in listing(ROWS, COLUMNS._replace(shown=("Name", "Note")), format)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1000, "1kB"),
        (1984355, "1.98MB"),
        (131454633, "131MB"),
        (5e9, "5GB"),
    ],
)
def test_sizes_in_powers_of_a_thousand(size: float, text: str) -> None:
    assert decimal(size) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0B"), (1023, "1023B"), (409600, "400KiB"), (25276940000, "23.54GiB")],
)
def test_sizes_in_powers_of_1024(size: float, text: str) -> None:
    assert binary(size) == text
