"""Sections of the model to sections of a document."""

from __future__ import annotations

from typing import Any, NamedTuple

from pycompose.convert.writing import keyed, number, optional, rows, write


class Section(NamedTuple):
    name: str = ""
    items: tuple[str, ...] | None = None
    size: int | None = None
    extensions: Any = {}  # noqa: RUF012


def test_what_is_empty_is_left_out_unless_it_counts():
    assert write(Section(), rows("name items size")) == {}
    assert write(Section(size=0, items=()), rows("name items size")) == {}
    assert write(Section(size=0), rows("items size", counting="items size")) == {"size": 0}


def test_what_is_shown_has_its_place_in_json_whatever_it_is():
    table = rows("name items size", shown="items", items=optional(list))
    assert write(Section(), table) == {"items": None}
    assert write(Section(), table, "yaml") == {}
    assert write(Section(items=()), table, "yaml") == {"items": []}


def test_keys_stand_in_the_order_of_the_rows_and_extensions_behind_them():
    given = Section(name="a", size=1, extensions={"x-b": [{"d": 1, "c": 2}], "x-a": 1})
    assert list(write(given, rows("size name"), "yaml")) == ["size", "name", "x-a", "x-b"]
    assert list(write(given, rows("size name"), "yaml")["x-b"][0]) == ["c", "d"]
    assert list(write(given, rows("size name"))) == ["size", "name"]


def test_mappings_by_name_are_sorted():
    assert list(keyed(str)({"b": 1, "a": 2}).items()) == [("a", "2"), ("b", "1")]


def test_whole_numbers_lose_their_point():
    assert (number(2.0), number(0.5), number(1e21)) == (2, 0.5, 1e21)
