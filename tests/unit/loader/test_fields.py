"""The table of fields, and the tree of its patterns."""

from __future__ import annotations

from collections import Counter

from unit.loader.nodes import node

from pycompose.loader.bind.project import KINDS
from pycompose.loader.fields import FIELDS, Field, rewrite, tree_of
from pycompose.loader.tree import Scalar, plain


def test_each_attribute_has_one_row():
    assert [pattern for pattern, n in Counter(row.pattern for row in FIELDS).items() if n > 1] == []


def test_every_attribute_of_the_model_has_a_row():
    known = {row.pattern[:3] for row in FIELDS}
    missing = {
        (kind, "*", name)
        for kind, table in KINDS.items()
        for name in table
        if (kind, "*", name) not in known
    }
    assert missing == set()


def test_rows_say_where_the_specification_tells_of_them():
    found = {".".join(row.pattern): row.spec for row in FIELDS}
    assert found["version"] == "04-version-and-name.md"
    assert found["services"] == "05-services.md"
    assert found["services.*.ports.[].target"] == "05-services.md#ports"
    assert found["services.*.build"] == "build.md"
    assert found["services.*.build.args.*"] == "build.md#args"
    assert found["networks.*.ipam.config"] == "06-networks.md#ipam"


def upper(given, field):
    return Scalar(given.value.upper(), given.at) if isinstance(given, Scalar) else given


def test_rewriting_reaches_what_patterns_name_and_nothing_else():
    tree = tree_of([Field(pattern=("a", "*", "b")), Field(pattern=("c", "[]"))])
    given = node("{a: {x: {b: q, d: q}, y: {d: q}}, c: [q, [q]], e: q, b: q}")
    assert plain(rewrite(given, tree, upper)) == {
        "a": {"x": {"b": "Q", "d": "q"}, "y": {"d": "q"}},
        "c": ["Q", ["q"]],
        "e": "q",
        "b": "q",
    }


def test_what_is_not_rewritten_stays_the_same_object():
    tree = tree_of([Field(pattern=("a", "*", "b")), Field(pattern=("c", "[]"))])
    for text in ("{a: {x: {d: q}}, c: []}", "{a: q, c: {d: q}}", "{c: q}"):
        given = node(text)
        assert rewrite(given, tree, upper) is given or "q" in text
    given = node("{a: {x: {b: q}, y: {d: q}}}")
    changed = rewrite(given, tree, upper)
    assert changed.entries["a"].entries["y"] is given.entries["a"].entries["y"]
    assert plain(given)["a"]["x"] == {"b": "q"}
