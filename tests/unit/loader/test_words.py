"""The parts of messages."""

from __future__ import annotations

from pycompose.loader.words import brief, kind_of, listed, show


def test_values_are_quoted_cut_and_escaped():
    assert show("a\x1b\n") == "'a\\x1b\\n'"
    assert show("x" * 100) == f"'{'x' * 57}...'"
    assert show(5) == "'5'"
    assert brief("a\n") == "a\\n"


def test_a_choice_is_listed():
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a",
        "a or b",
        "a, b or c",
    ]


def test_each_kind_has_a_name():
    values = [None, True, 1.5, 2.0, 2, "a", [], {}]
    assert [kind_of(value) for value in values] == [
        *("nothing", "a boolean", "a fraction", "a number", "a number", "a string"),
        *("a list", "a mapping"),
    ]
