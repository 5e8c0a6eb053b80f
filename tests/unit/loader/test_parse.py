"""Text becomes nodes with places; what no document can hold is refused."""

from __future__ import annotations

import importlib
import math

import pytest
from unit.loader.parsing import refusal

from pycompose.errors import ComposeFileError
from pycompose.loader.parse import MAX_DEPTH, parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import Map, Node, Scalar, Seq, plain

parse_module = importlib.import_module("pycompose.loader.parse")  # the package holds the function


def document(text: str) -> Node:
    (node,) = parse(Source("/p/c.yaml", "c.yaml", text))
    return node


def value(text: str) -> object:
    return plain(document(f"x: {text}\n"))["x"]


# What Docker Compose v2.40.3 printed for `x-t: TEXT` by `config --format json`.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((word, word) for word in ("yes", "no", "on", "off", "Yes", "y", "n", "Y", "N")),
        *((word, word) for word in ("tRue", "nULL", ".iNF", "-.nan", "+.nan", "inf", "nan")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "FALSE")),
        *((word, None) for word in ("null", "Null", "NULL", "~", "")),
        *(("010", 8), ("0o17", 15), ("0O17", 15), ("0x1F", 31), ("0X1f", 31), ("0b101", 5)),
        *(("-0x10", -16), ("-010", -8), ("+5", 5), ("+0x10", 16), ("-0b101", -5), ("-0o17", -15)),
        *(("08", 8), ("0888", 888), ("1_000", 1000), ("1_", 1), ("0_10", 8), ("0x_1F", 31)),
        *(("1e3", 1000), ("1E5", 1e5), ("5.", 5), (".5", 0.5), ("+.5", 0.5), ("-.5_0", -0.5)),
        *(("1_0.5_0", 10.5), ("1.e3", 1000), ("01.5", 1.5), ("1e1_0", 1e10), ("1.10", 1.1)),
        *(
            (word, word)
            for word in ("_1", ".e3", "=", ".", "..", "--", "+", "0x", "0o8", "1e", "1e+")
        ),
        *((word, word) for word in ("1.2.3", "0x1p-2", "++1", "1d", "0b", "-+1", "e3", "._1")),
        *((word, word) for word in ("22:22", "12:30", "190:20:30", "127.0.0.1")),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551616", float(2**64)),
        ("0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"),
        ("1e400", "1e400"),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("'5'", "5"),
        ("|\n  5", "5\n"),
        *(("!!str 1", "1"), ("!!str", ""), ("!!str ~", "~"), ('!!int "0x10"', 16)),
        *(("!!float 1", 1.0), ('!!bool "true"', True), ('!!null ""', None), ("! 5", 5)),
        *(("!!binary aGVsbG8=", "hello"), ("!x 5", "5"), ("!x", ""), ("!x {a: 1}", {"a": 1})),
        *(("!!set {a, b}", {"a": None, "b": None}), ("!!omap [a: 1]", [{"a": 1}])),
        ("!!python/object:os.system x", "x"),
    ],
)
def test_scalars_are_those_of_docker_compose(text, expected):
    found = value(text)
    assert found == expected
    assert isinstance(found, bool) is isinstance(expected, bool)
    assert isinstance(found, str) is isinstance(expected, str)


def test_not_a_number_is_a_number():
    assert math.isnan(value(".nan"))


@pytest.mark.parametrize("digits", ["9" * 10_000, "0x" + "f" * 10_000, "-" + "1" * 10_000])
def test_a_number_of_ten_thousand_digits_is_text(digits):
    assert value(digits) == digits


def test_nodes_know_where_they_stand():
    root = document('a: 1\nb:\n  - "x"\n  - c: !override {d: e}\n')
    assert isinstance(root, Map)
    assert root.key_at("b") == ("c.yaml", 2, 1)
    b = root.entries["b"]
    assert isinstance(b, Seq)
    assert [item.at[1:] for item in b.items] == [(3, 5), (4, 5)]
    first, second = b.items
    assert (first.value, first.text, first.quoted) == ("x", "x", True)
    assert isinstance(second, Map)
    assert second.entries["c"].tag == "!override"
    assert second.entries["c"].at[1:] == (4, 8)


def test_compose_tags_are_kept_and_make_text_of_scalars():
    root = document("a: !reset 1\nb: !override 010\nc: !reset [1]\nd: !other [1]")
    assert [node.tag for node in root.entries.values()] == ["!reset", "!override", "!reset", ""]
    assert root.entries["b"].value == "010"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "~"])
def test_an_empty_document_is_null(text):
    node = document(text)
    assert isinstance(node, Scalar)
    assert node.value is None


def test_an_anchor_is_known_in_the_documents_after_its_own():
    first, second = parse(Source("/f", "f", "a: &a 1\n---\nb: *a\n"))
    assert (plain(first), plain(second)) == ({"a": 1}, {"b": 1})


def test_each_document_of_a_stream_is_returned():
    assert [plain(node) for node in parse(Source("/f", "f", "a: 1\n---\nb: 2\n"))] == [
        {"a": 1},
        {"b": 2},
    ]


def test_line_ends_and_a_byte_order_mark_do_not_matter():
    assert plain(document("\ufeffa: 1\rb: 2\r\nc: 3\n")) == {"a": 1, "b": 2, "c": 3}


ODD_KEYS = {"1": "a", "yes": "b", "=": "c"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a {k: 1, j: 2}\nb: {<<: *a, k: 3}", {"k": 3, "j": 2}),
        ("a: &a {k: 1}\nc: &c {k: 2, m: 3}\nb: {<<: [*a, *c]}", {"k": 1, "m": 3}),
        ("b: {<<: {k: 2}, j: 1}", {"k": 2, "j": 1}),
        ("a: &a [{q: 1}]\nb: {<<: *a, j: 1}", {"q": 1, "j": 1}),
        ("b: {<<: [], j: 1}", {"j": 1}),
        ('b: {"<<": {k: 1}}', {"<<": {"k": 1}}),
        ("a: &a k\nb: {*a : 1}", {"k": 1}),
        ("a: &a 1\nc: &a 2\nb: *a", 2),
        ("b: {!!str 1: a, yes: b, =: c}", ODD_KEYS),
    ],
)
def test_anchors_and_merge_keys(text, expected):
    assert plain(document(text))["b"] == expected


def test_a_merged_key_stands_where_it_was_written():
    root = document("a: &a\n  k: 1\nb:\n  <<: *a\n")
    assert root.entries["b"].key_at("k") == ("c.yaml", 2, 3)


TEXT = "a key must be text (put it in quotes)"
UNKNOWN = "unknown alias 'b', no anchor of that name above"
LIST = "(merge a list: '<<: [*first, *second]')"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n  b: 1\n  b: 2", "3:3: a: key 'b' is defined already at c.yaml:2:3"),
        ('a: 1\n"a": 2', "2:1: key 'a' is defined already at c.yaml:1:1"),
        ("a: {1: b}", f"1:5: a: key '1' is a number, {TEXT}"),
        ("a: {true: b}", f"1:5: a: key 'true' is a boolean, {TEXT}"),
        ("a: {~: b}", f"1:5: a: key '~' is null, {TEXT}"),
        ("a: {[b]: c}", "1:5: a: a list cannot be a key"),
        ("a: {? {b: c} : d}", "1:7: a: a mapping cannot be a key"),
        ("a: *b", f"1:4: {UNKNOWN}"),
        ("c: &c 1\na: *b", f"2:4: {UNKNOWN}"),
        ("a: &a {<<: *a}", "1:12: a: alias 'a' merges the very value it stands in"),
        ("a: &a {b: *a}", "1:11: a: alias 'a' refers to the very value it stands in"),
        ("a: &a [*a]", "1:8: a: alias 'a' refers to the very value it stands in"),
        ("a: {<<: 5}", "1:9: a: '<<' merges mappings only, this is none"),
        ("a: &a {}\nb: {<<: *a, <<: *a}", f"2:13: b: merge key '<<' is given twice {LIST}"),
        ("a: !!int x", "1:4: the value tagged '!!int' is no int"),
        ("a: !!binary '%'", "1:4: the value of '!!binary' is not in base64"),
    ],
)
@pytest.mark.usefixtures("_both_parsers")
def test_what_a_document_cannot_hold(text, message):
    assert refusal(text).startswith(f"c.yaml:{message}")


def test_every_problem_of_a_stream_is_told():
    assert refusal("a: 1\na: 2\nb: {5: c}\n").count("\n") == 1


@pytest.mark.parametrize("text", ["[" * 50_000, "a: " + "{a: " * 50_000, "- " * 50_000 + "a"])
def test_deep_nesting_is_refused_without_recursion(text):
    assert f"nested more than {MAX_DEPTH} levels deep" in refusal(text)


def test_nesting_by_aliases_counts():
    lines = ["a0: &a0 [1]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 300)]
    assert "levels deep, with its aliases" in refusal("\n".join(lines))


def test_what_aliases_stand_for_counts():
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert "aliases stand for more than 500000 values" in refusal("\n".join(lines))


def test_a_file_holds_a_million_values_at_most(monkeypatch):
    monkeypatch.setattr(parse_module, "MAX_NODES", 10)
    assert "this file holds more than 10 values" in refusal("[1,2,3,4,5,6,7,8,9,10,11]")


def test_a_date_is_no_text_but_extensions_keep_it():
    (document,) = parse(Source("c", "c", "x-day: 2024-01-02\nx-days: [{of: 2024-1-3}]"))
    assert plain(document) == {
        "x-day": "2024-01-02T00:00:00Z",
        "x-days": [{"of": "2024-01-03T00:00:00Z"}],
    }
    with pytest.raises(ComposeFileError) as raised:
        parse(Source("c", "c", "services:\n  a: {image: 2024-01-02}"))
    assert str(raised.value) == (
        "c:2:14: services.a.image: a date or time is no text in YAML, and no attribute takes one"
        " (put it in quotes)"
    )


def test_a_version_of_yaml_that_is_not_read_is_refused():
    with pytest.raises(ComposeFileError, match=r"c:1:1: Compose files are no YAML 1\.2"):
        parse(Source("c", "c", "%YAML 1.2\n---\na: b"))


def test_a_merge_key_does_not_bring_what_is_to_be_reset():
    (document,) = parse(Source("c", "c", "x: &x {a: !reset 1, b: 2}\ny: {<<: *x}"))
    assert isinstance(document, Map)
    assert plain(document.entries["y"]) == {"b": 2}
