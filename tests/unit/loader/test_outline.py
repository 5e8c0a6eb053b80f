"""Paths and patterns of our schema."""

from __future__ import annotations

import pytest

from pycompose.loader.outline import homes, mappings, pattern, schemas, types, written
from pycompose.loader.schema import compose_schema

ROOT = compose_schema()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("services", "a", "ports", 3, "target"), ("services", "*", "ports", "[]", "target")),
        (("services", "build", "build"), ("services", "*", "build")),
        (("services", "a", "depends_on", "b"), ("services", "*", "depends_on", "*")),
        ((), ()),
    ],
)
def test_names_and_items_of_a_path_are_no_part_of_its_pattern(path, expected):
    assert pattern(path, ROOT) == expected


def test_a_value_may_meet_each_alternative():
    found = [types(schema) for schema in schemas(("services", "a", "build"), ROOT)]
    assert found == [["string"], ["object"]]
    assert [
        set(each["properties"]) > {"context"} for each in mappings(("services", "a", "build"), ROOT)
    ] == [True]


def test_nothing_meets_what_the_schema_does_not_know():
    assert schemas(("services", "a", "nonsense", "b"), ROOT) == []


def test_attributes_are_found_wherever_they_live():
    where = [home for home, name in homes(ROOT) if name == "test"]
    assert where == [("services", "*", "healthcheck")]


def test_a_pattern_is_written_as_a_path():
    assert written(("services", "*", "ports", "[]")) == "services.NAME.ports"
