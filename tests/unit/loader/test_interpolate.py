"""The `${...}` grammar, and its use on documents."""

from __future__ import annotations

import time

import pytest

from pycompose.loader.interpolate import TemplateError, interpolate, substitute
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import Node, plain

ENV = {"A": "a", "B": "b", "E": "", "Aa": "aa"}


def document(text: str) -> Node:
    (node,) = parse(Source("/p/c.yaml", "c.yaml", text))
    return node


# What Docker Compose v2.40.3 made of `x-t: TEXT` with the variables of ENV.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("$A", "a"), ("${A}", "a"), ("$aA", ""), ("$A.2", "a.2"), ("$A$B", "ab"), ("$Aé", "aé")),
        *((text, text) for text in ("$", "a$", "$1", "$ x", "$.", "$(A)", "plain", "{ }")),
        *(("$$A", "$A"), ("$$$A", "$a"), ("$$$${A}", "$${A}"), ("\\$A", "\\a")),
        *(("${A:-d}", "a"), ("${E:-d}", "d"), ("${E-d}", ""), ("${U-d}", "d"), ("${U:-d}", "d")),
        *(("${A:?m}", "a"), ("${E?m}", ""), ("${A?}", "a")),
        *(("${A:+r}", "r"), ("${E:+r}", ""), ("${E+r}", "r"), ("${U+r}", ""), ("${U:+r}", "")),
        *(("${U:-${A}}", "a"), ("${U:-${V:-deep}}x", "deepx"), ("${A:+${U:-${B}}}", "b")),
        *(('${U:-{"a":1}}', '{"a":1}'), ("${U:-{}}", "{}"), ("${U:-b{c}", "b{c")),
        *(("${U:-b}c}", "bc}"), ("{${A}}", "{a}"), ("{ ${U:-x} ", "{ x "), ("${A}}", "a}")),
        *(("${U:-$$x}", "$x"), ("${U:-$${x}}", "${x}"), ("${U:-$}", "$"), ("${U:--x}", "-x")),
        *(("a ${A:-x} and ${U:-y} z", "a a and y z"), ("${U-:?c}", ":?c"), ("${A-b:?c}", "a")),
        *(("${U}", ""), ("${U:-}", ""), ("${U:-$V}", "")),
    ],
)
def test_substitutes_as_docker_compose_does(text, expected):
    assert substitute(text, ENV.get) == expected


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("${", "'${' is not followed by the name of a variable", 0),
        ("a${}", "'${' is not followed by the name of a variable", 1),
        ("${1}", "'${' is not followed by the name of a variable", 0),
        ("${ A}", "'${' is not followed by the name of a variable", 0),
        ("a ${A", "the brace of '${A' is not closed", 2),
        ("${A:-", "the brace of '${A' is not closed", 0),
        ("${U:-${A}", "the brace of '${A' is not closed", 5),
        ("${A }", "expected '}' or an operator after '${A'", 0),
        ("${A:=d}", "expected '}' or an operator after '${A'", 0),
        ("${A!}", "expected '}' or an operator after '${A'", 0),
        ("${U:?m}", "required variable 'U' is missing a value: m", 0),
        ("${E:?}", "required variable 'E' is missing a value", 0),
        ("${U?a ${B} c}", "required variable 'U' is missing a value: a b c", 0),
        ("${U?\x1b[31m}", "required variable 'U' is missing a value: \\x1b[31m", 0),
    ],
)
def test_says_what_is_wrong_with_a_reference(text, message, offset):
    with pytest.raises(TemplateError) as caught:
        substitute(text, ENV.get)
    assert (caught.value.message, caught.value.offset) == (message, offset)
    assert caught.value.hint


def test_operands_are_evaluated_only_where_they_are_used():
    unset: list[str] = []
    assert substitute("${A:-${U}${X:?boom}}${E:+$V}${W:-}", ENV.get, unset.append) == "a"
    assert unset == []
    assert substitute("$U ${A+$V} ${W:-${X}}", ENV.get, unset.append) == "  "
    assert unset == ["U", "V", "X"]


def test_values_are_not_substituted_again():
    assert substitute("${A}${U:-$A}", {"A": "${B}$B"}.get) == "${B}$B${B}$B"


@pytest.mark.parametrize(
    "text",
    ["${A:-" * 50_000, "${U:-" * 50_000 + "}" * 50_000, "${U:-{" * 50_000 + "}", "${A" * 50_000],
)
def test_hostile_nesting_is_refused_in_linear_time(text):
    begin = time.process_time()
    with pytest.raises(TemplateError):
        substitute(text, ENV.get)
    assert time.process_time() - begin < 1


def test_documents_are_interpolated_in_values_only():
    node = document('$A: $A\nb: [1, true, "${A}"]\nc:\n  d: $$\n  e: |\n    $B\nf: ~\n')
    result = interpolate(node, ENV.get)
    expected = {"$A": "a", "b": [1, True, "a"], "c": {"d": "$", "e": "b\n"}, "f": None}
    assert plain(result.node) == expected
    assert result.found == {}


def test_a_substituted_scalar_is_a_string_at_its_place():
    node = document("a: ${N}").entries["a"]
    new = interpolate(document("a: ${N}"), {"N": "5"}.get).node.entries["a"]
    assert (new.value, new.at, new.quoted) == ("5", node.at, True)


def test_what_holds_no_variable_is_returned_as_it_is():
    node = document("a: {b: [c]}\nd: {e: $A, f: {g: h}}")
    new = interpolate(node, ENV.get).node
    assert new is not node
    assert new.entries["a"] is node.entries["a"]
    assert new.entries["d"].entries["f"] is node.entries["d"].entries["f"]
    assert interpolate(node.entries["a"], ENV.get).node is node.entries["a"]


def test_aliases_stay_shared():
    node = document("a: &a {b: $A}\nc: *a\nd: *a")
    result = interpolate(node, ENV.get)
    assert result.node.entries["a"] is result.node.entries["d"]


def test_reset_nodes_are_passed_over_and_override_keeps_its_tag():
    node = document('a: !reset ${\nb: !reset ["${"]\nc: !override $A')
    new = interpolate(node, ENV.get).node
    assert (new.entries["c"].value, new.entries["c"].tag) == ("a", "!override")


def test_an_unset_variable_is_told_once_to_each_owner_at_its_first_place():
    text = "services:\n  a: {image: $U, command: [x, 'secret${U}']}\n  b: {image: $V, command: $U}"
    found = interpolate(document(text), ENV.get).found
    assert {owner: [(str(it.at), it.path) for it in its] for owner, its in found.items()} == {
        ("services", "a"): [("c.yaml:2:14", "services.a.image")],
        ("services", "b"): [
            ("c.yaml:3:14", "services.b.image"),
            ("c.yaml:3:27", "services.b.command"),
        ],
    }


def test_a_warning_of_an_unset_variable_says_what_to_do():
    result = interpolate(document("a: $U\nb: x"), ENV.get)
    assert [str(notice) for notice in result.problems] == [
        "c.yaml:1:4: a: variable 'U' is not set, an empty string is used"
        " (set it, or give a default: ${U:-default})",
    ]
    assert {notice.severity for notice in result.problems} == {"warning"}


def test_all_problems_of_a_document_are_told_at_once_without_the_text_around():
    text = "a: hunter2${\nb: [x, 'hunter2${U:?m}']"
    found = interpolate(document(text), ENV.get, ("services",))
    assert [str(problem) for problem in found.problems] == [
        "c.yaml:1:4: services.a: '${' is not followed by the name of a variable"
        " (write '${NAME}', '${NAME:-default}', or '$$' for a '$' itself)",
        "c.yaml:2:8: services.b[1]: required variable 'U' is missing a value: m"
        " (set U in the environment or in an env file)",
    ]


def test_what_cannot_be_substituted_is_left_out_with_its_attribute():
    text = """
services:
  a: {image: "${U:?}", ports: ["80", "${P:?}:80"], command: ls}
  b: {image: x, environment: &e {A: "${U:?}"}}
  c: {environment: *e, labels: {a: "${L:?}", b: "$Q"}}
volumes: {v: {name: "${V:?}"}}
include: ["${I:?}"]
x-a: {b: "${X:?}"}
"""
    result = interpolate(document(text), ENV.get)
    services = result.node.entries["services"].entries
    lost = {
        name: [key for key, value in service.entries.items() if value.tag == "!reset"]
        for name, service in services.items()
    }
    assert lost == {"a": ["image", "ports"], "b": ["environment"], "c": ["environment", "labels"]}
    assert result.node.entries["include"].tag == "!reset"
    assert plain(result.node.entries["x-a"]) == {"b": "${X:?}"}
    told = {".".join(owner): [it.severity for it in its] for owner, its in result.found.items()}
    assert told == {
        "services.a": ["error", "error"],
        "services.b": ["error"],
        "services.c": ["error", "error", "warning"],
        "volumes.v": ["error"],
        "include": ["error"],
        "x-a": ["warning"],
    }
