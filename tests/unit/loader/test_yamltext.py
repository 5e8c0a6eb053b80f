"""YAML in the style of go-yaml."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import plain
from pycompose.loader.yamltext import go_float, write_yaml


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # Observed: `docker compose config` of 2.40.3 on each of these strings.
        ("", '""'),
        ("true", '"true"'),
        ("tRue", "tRue"),
        ("y", '"y"'),
        ("~", '"~"'),
        ("0o17", '"0o17"'),
        ("0o8", "0o8"),
        ("0x", "0x"),
        ("1_000", '"1_000"'),
        ("0x123456789012345678901234567890", "0x123456789012345678901234567890"),
        ("123456789012345678901234567890", '"123456789012345678901234567890"'),
        ("1e1000", "1e1000"),
        ("1e3", '"1e3"'),
        (".5.", ".5."),
        ("22:22", '"22:22"'),
        ("2001-01-01", '"2001-01-01"'),
        ("2001-13-01", "2001-13-01"),
        ("1-1", "1-1"),
        (" a", "' a'"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("- a", "'- a'"),
        ("--", "--"),
        ("---", "'---'"),
        ("?a", "?a"),
        ("it's", "it's"),
        ("'a'", "'''a'''"),
        ("a\tb", '"a\\tb"'),
        ("\x7f", '"\\x7F"'),
        ("\x85", '"\\N"'),
        ("😀", '"\\U0001F600"'),
        ("\ufeff", '"\\uFEFF"'),
        ("日本", "日本"),
        ("\ufeffa!", '"\\uFEFF\\x61\\x21"'),
        ("\ufeff\xa0", '"\\uFEFF\\_"'),
        ("a\u2028b", "'a\u2028  b'"),
        ("\u2028", "'\u2028'"),
        ("a \u2028b", '"a \\Lb"'),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n", "|\n  a"),
        ("a\n\n", "|+\n  a\n"),
        ("\n", "|2+\n"),
        ("  a\nb", "|2-\n    a\n  b"),
        ("a\n\nb", "|-\n  a\n\n  b"),
        ("\ta\nb", "|-\n  \ta\n  b"),
        ("a \nb", '"a \\nb"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ("word " * 40, "'" + "word " * 40 + "'"),
    ],
)
def test_strings_are_quoted_as_go_yaml_does(text, written):
    assert write_yaml({"k": text}) == f"k: {written}\n"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("n", '"n": 1\n'),
        ("", '"": 1\n'),
        ("<<", '"<<": 1\n'),
        ("a\nb", "? |-\n  a\n  b\n: 1\n"),
        ("x" * 128, "x" * 128 + ": 1\n"),
        ("x" * 129, "? " + "x" * 129 + "\n: 1\n"),
    ],
)
def test_keys_that_are_long_or_have_lines_are_explicit(key, written):
    assert write_yaml({key: 1}) == written


def test_collections_are_blocks_unless_they_are_empty():
    value = {"a": [], "b": {}, "c": [[1, [2]], {"d": [None, True, False, 2.5]}], "e": {"f": {}}}
    assert (
        write_yaml(value)
        == """a: []
b: {}
c:
  - - 1
    - - 2
  - d:
      - null
      - true
      - false
      - 2.5
e:
  f: {}
"""
    )
    assert write_yaml([]) == "[]\n"
    assert write_yaml(["a\nb"]) == "- |-\n  a\n  b\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1"),
        (2.5, "2.5"),
        (0.0, "0"),
        (-1.5, "-1.5"),
        (1e21, "1e+21"),
        (1234567.0, "1.234567e+06"),
        (0.00001, "1e-05"),
        (0.0001, "0.0001"),
        (100000.0, "100000"),
        (float("inf"), ".inf"),
        (float("-inf"), "-.inf"),
        (float("nan"), ".nan"),
    ],
)
def test_floats_are_written_as_go_does(value, written):
    assert go_float(value) == written


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
) | st.sampled_from(
    ["true", "1", "0x1", "1:2", "null", "2001-01-01", " a", "a ", "a: b", "a\n", "\n a", "- "]
)


# Compat: a block that begins with a tab, which Docker Compose writes and cannot read either.
READABLE = TEXTS.filter(lambda text: not (text.startswith("\t") and "\n" in text))


@given(
    st.recursive(
        READABLE | st.integers(-(2**60), 2**60) | st.booleans() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(READABLE, inner),
    )
)
def test_what_is_written_is_read_again(value):
    text = write_yaml({"k": value})
    [document] = parse(Source("x", "x", text))
    assert plain(document) == {"k": value}


@given(TEXTS.filter(lambda text: text != "="))  # which PyYAML cannot read, of anyone
def test_other_readers_read_the_same_string(text):
    assert yaml.safe_load(write_yaml({"k": text})) == {"k": text}


@pytest.mark.parametrize("key", ["a\nb", "a\rb", "a\x85b", "a\u2028b", "x" * 129])
def test_a_key_that_is_long_or_has_lines_is_marked(key):
    assert write_yaml({key: 1}).startswith("? ")


def test_notes_stand_behind_the_line_that_begins_a_value():
    value = {"a": {"b": "x\ny"}, "c": [1, {"d": []}]}
    text = write_yaml(value, note=lambda path: ".".join(map(str, path)) if path[-1] != "d" else "")
    assert text == ("a:  # a\n  b: |-  # a.b\n    x\n    y\nc:  # c\n  - 1  # c.0\n  - d: []\n")
    assert yaml.safe_load(text) == value


def test_a_note_stays_on_its_line():
    assert write_yaml({"a": 1}, note=lambda path: "x\ny\x1b") == "a: 1  # x?y?\n"
