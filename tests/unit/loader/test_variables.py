"""Which variables a model refers to."""

from __future__ import annotations

from unit.loader.nodes import node

from pycompose.loader.variables import Variable, variables


def found(text):
    return variables(node(text))


def test_variables_have_defaults_alternates_and_demands():
    assert found("a: ['$A', '${B:-b}', '${C-c}', '${D:?no}', '${E:+e}', '${F}']") == (
        Variable(name="A"),
        Variable(name="B", default="b"),
        Variable(name="C", default="c"),
        Variable(name="D", required=True),
        Variable(name="E", alternate="e"),
        Variable(name="F"),
    )


def test_operands_are_looked_into_but_for_messages():
    assert found("a: '${A:-${B:-$C}} ${D:+${E}} ${F?see $G}'") == (
        Variable(name="A", default="${B:-$C}"),
        Variable(name="B", default="$C"),
        Variable(name="C"),
        Variable(name="D", alternate="${E}"),
        Variable(name="E"),
        Variable(name="F", required=True),
    )


def test_the_first_reference_with_an_operator_counts():
    assert found("a: ['$A', '${A:-1}', '${A:-2}', '${A}']") == (Variable(name="A", default="1"),)


def test_escaped_and_malformed_references_keys_and_numbers_are_none():
    assert found("'$K': ['$$A', '${1}', 5, null, 'x${B']") == ()
    assert found("a: '$A ${} $B'") == (Variable(name="A"),)
