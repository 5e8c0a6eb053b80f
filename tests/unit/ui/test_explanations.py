"""Explanations as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from pycompose.errors import Position
from pycompose.loader.origins import Explanation, Loser, Origin, Variable
from pycompose.ui.explanations import as_json, text

SCHEMA = Path(__file__).parents[3] / "schemas" / "explain.schema.json"
FOUND = Explanation(
    "services.web.environment.FOO",
    "a\x1b",
    Origin("file", Position("over.yaml", 3, 5)),
    "a later file wins over an earlier one",
    "${A:-${B}}",
    (
        Variable(
            "A",
            "a\x1b",
            Origin("shell"),
            (
                Loser(
                    "x", Origin("dotenv", Position(".env", 1, 1)), "the shell wins over env files"
                ),
            ),
        ),
        Variable("B", None, Origin("unset")),
    ),
    (
        Loser(None, Origin("file", Position("compose.yaml", 9, 1)), "a later file wins"),
        Loser(["b"], Origin("env_file", Position("a.env", 2, 1)), "environment wins over env_file"),
    ),
)
DEFAULT = Explanation("services.web.ports[0].mode", "ingress", Origin("default"), "it is a default")


def test_text_is_a_paragraph_for_each():
    assert text([FOUND, DEFAULT]) == (
        'services.web.environment.FOO: "a\\u001b"\n'
        '  from over.yaml:3:5, written as "${A:-${B}}"\n'
        '  A is "a\\u001b", from the shell\n'
        '  over "x" from .env:1:1: the shell wins over env files\n'
        "  B is not set\n"
        "  over null from compose.yaml:9:1: a later file wins\n"
        '  over ["b"] from a.env:2:1: environment wins over env_file\n'
        "\n"
        'services.web.ports[0].mode: "ingress"\n'
        "  from no file, it is a default\n"
    )


def test_a_rule_without_a_loser_is_told():
    inherited = Explanation(
        "services.web.environment.C",
        "c",
        Origin("file", Position("compose.yaml", 1, 2)),
        "a variable without a value takes one",
        variables=(Variable("C", "c", Origin("shell")),),
    )
    assert text([inherited]).splitlines()[1:] == [
        "  from compose.yaml:1:2",
        '  C is "c", from the shell',
        "  because a variable without a value takes one",
    ]


def test_json_is_as_its_schema_says():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(as_json([FOUND, DEFAULT]))
    jsonschema.validate(document, schema)
    assert document[1]["origin"] == {"kind": "default"}
    assert document[0]["origin"] == {"kind": "file", "file": "over.yaml", "line": 3, "column": 5}
    assert [it["value"] for it in document[0]["overruled"]] == [None, ["b"]]
