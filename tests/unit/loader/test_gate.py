"""Functions compiled from a schema; that they agree with jsonschema is a property test."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node

from pycompose.loader.gate import compile_schema


def test_the_compiler_refuses_a_keyword_it_does_not_know():
    with pytest.raises(ValueError, match="'maxLength'"):
        compile_schema({"properties": {"a": {"maxLength": 5}}})


def test_the_compiler_obeys_patterns_and_properties_at_once():
    check = compile_schema(
        {
            "properties": {"ab": {"type": "string"}, "b": {"type": "string"}},
            "patternProperties": {"^a": {"pattern": "x"}, "b$": {"pattern": "y"}},
        }
    )
    assert check(node("{ab: xy, b: y, ac: x, q: 1}"))
    assert not check(node("ab: x"))
    assert not check(node("ab: 5"))
    assert not check(node("ac: y"))
