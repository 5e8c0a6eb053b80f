"""Text that is no YAML is refused in our words, by both of PyYAML's parsers."""

from __future__ import annotations

import pytest
from unit.loader.parsing import refusal

WHOLE = "(put the whole value in quotes)"
ESCAPE = "(write it as '\\xNN' in quotes)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1", "2:1: found a tab where indentation is expected, use spaces"),
        ("a:\n  - b\n\t- c", "3:1: found a tab where indentation is expected, use spaces"),
        ('a: "b\nc: d\n', '1:4: the quote " opened here is never closed'),
        ("a: 'b\n---\n", "1:4: the quote ' opened here is never closed"),
        ("a: 1\nb:5\nc: 6", "2:2: expected a space after 'b:' (write 'b: ...')"),
        ("a:5\nb: 6", "1:2: expected a space after 'a:' (write 'a: ...')"),
        ("a: 1\nb\n", "2:1: expected 'key: value', found text without a colon"),
        ("a: b: c", f"1:5: a value cannot hold ': ' unless quoted {WHOLE}"),
        ("a: [b, c\nd: e", "1:4: the bracket '[' opened here is never closed"),
        ("a: {b: 1\n", "1:4: the bracket '{' opened here is never closed"),
        ('{"a": "b" "c": d}', "1:11: expected ',' or '}' here"),
        (
            "a:\n   b: 1\n  c: 2",
            "3:3: wrong indentation: a key cannot stand in column 3",
        ),
        ("a: b\n- c", "2:1: expected a key, as the lines since line 1 have"),
        ("a:\n  - b\n  c: d", "3:3: expected an item '- ', as the lines since line 2 have"),
        ('a: "b" c', f"1:8: unexpected text after the end of a value {WHOLE}"),
        ("a: @b", "1:4: no value can begin with '@' (put the value in quotes)"),
        ("a: *", "1:5: expected a name after '*'"),
        ("a: ]", "1:4: expected a value, found ']'"),
        ("a: - b", "1:4: a list item '- ' cannot stand here"),
        (" a: 1\nb: 2", "2:1: wrong indentation: expected nothing left of the first line"),
        ("a: b\x01", f"1:5: control character '\\x01' in a text file {ESCAPE}"),
        ("a: >5x\n  b", "1:6: only an indentation and a sign may follow '|' or '>' in its line"),
        ("%YAML 2.0\n---\na: b", "1:1: this file asks for a YAML version other than 1.x"),
    ],
)
@pytest.mark.usefixtures("_both_parsers")
def test_text_that_is_no_yaml_is_refused_in_our_words(text, message):
    assert refusal(text).startswith(f"c.yaml:{message}")  # hints are in the golden cases


def test_a_key_below_a_value_is_wrong_indentation():
    assert refusal("a: b\n  c: d").startswith("c.yaml:2:3: wrong indentation: a key cannot stand")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        *(('a: "\\q"', "1:5"), ('a: "\\x4"', "1:7"), ('a: "\\ud83d"', "1:7")),
        *(("a: !<\n", "1:6"), ("a: !e!f g", "1:4"), ("a: ? b", "1:4"), ("%YAML\n---\n", "1:6")),
    ],
)
def test_odd_syntax_errors_have_a_place(text, place):
    assert refusal(text).startswith(f"c.yaml:{place}: ")


def test_messages_show_control_characters_escaped():
    assert "\x1b" not in refusal('"\\e[31m": 1\n"\\e[31m": 2')
