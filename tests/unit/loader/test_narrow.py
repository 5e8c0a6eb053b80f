"""The part of a document that breaks the schema."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node

from pycompose.loader.gate import compile_schema
from pycompose.loader.narrow import narrow
from pycompose.loader.schema import compose_schema
from pycompose.loader.tree import plain

GATE = compile_schema(compose_schema())


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "{services: {a: {image: x, tty: [], init: true}, b: {image: y}}, volumes: {v: }}",
            {"services": {"a": {"tty": []}}},
        ),
        ("{services: {a: {image: x}}, nonsense: 1}", {"nonsense": 1}),
        ("{services: {a: {image: x}}, networks: 5}", {"networks": 5}),
        (
            "{services: {a: {depends_on: {b: {}, c: {condition: service_started}}}}}",
            {"services": {"a": {"depends_on": {"b": {}}}}},
        ),
    ],
)
def test_what_is_valid_by_itself_is_left_out(text, part):
    assert plain(narrow(node(text), GATE)) == part


def test_the_items_of_a_long_list_that_are_valid_leave_a_mark():
    text = ", ".join(["a"] * 70 + ["[]"] + ["b"] * 70)
    part = plain(narrow(node(f"services: {{w: {{labels: [{text}]}}}}"), GATE))
    items = part["services"]["w"]["labels"]
    assert [index for index, item in enumerate(items) if item is not None] == [70]
    assert len(items) == 141


def test_a_list_that_is_wrong_as_a_whole_is_kept():
    text = ", ".join([*map(str, range(100)), "5"])
    document = node(f"services: {{w: {{group_add: [{text}]}}}}")
    assert len(plain(narrow(document, GATE))["services"]["w"]["group_add"]) == 101


def test_a_document_that_only_as_a_whole_is_wrong_is_kept():
    document = node("services: {w: {image: x}}")
    assert plain(narrow(document, lambda _: False)) == plain(document)
