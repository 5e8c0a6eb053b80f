"""Findings as text, JSON, SARIF and workflow commands."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from pycompose.errors import Position
from pycompose.lint.findings import Finding
from pycompose.lint.rules import RULES
from pycompose.lint.subject import Hit
from pycompose.loader.sources import Source
from pycompose.ui.findings import render, rules

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/lint.schema.json").read_text())
RULE = next(rule for rule in RULES if rule.id == "base-60")
PATH = ("services", "web", "ports", 0)
FOUND = Finding(RULE, Hit(Position("a b,c.yaml", 2, 5), PATH, "100% \x1bwrong\nhere", "mend it"))
HIDDEN = Finding(
    RULE,
    Hit(Position("/shop/compose.yaml", 1, 1), (), "is a secret", sensitive=True),
)
TEXTS = [
    Source("/x/a b,c.yaml", "a b,c.yaml", "ports:\n  - 22:22\n"),
    Source("/shop/compose.yaml", "/shop/compose.yaml", "secret: hunter2\n"),
]


def test_text_shows_the_line_unless_it_may_hold_a_secret() -> None:
    plain = (
        "a b,c.yaml:2:5: warning: services.web.ports[0]: 100% \\ewrong\\nhere (mend it) [base-60]\n"
    )
    hidden = "/shop/compose.yaml:1:1: warning: is a secret [base-60]\n"
    assert render([FOUND, HIDDEN], TEXTS, format="text") == plain + hidden
    assert render([FOUND, HIDDEN], TEXTS, format="text", source=True) == (
        f"{plain} 2 |   - 22:22\n         ^\n{hidden}"
    )


def test_a_line_that_is_not_there_is_not_shown() -> None:
    assert render([FOUND], [], format="text", source=True).count("\n") == 1


def test_json_keeps_to_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    records = json.loads(render([FOUND, HIDDEN], TEXTS, format="json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(records)
    assert records[0] == {
        "rule": "base-60",
        "level": "warning",
        "file": "a b,c.yaml",
        "line": 2,
        "column": 5,
        "path": "services.web.ports[0]",
        "message": "100% \x1bwrong\nhere",
        "hint": "mend it",
    }
    assert render([], TEXTS, format="json") == "[]\n"


def test_a_workflow_command_is_one_line_whatever_is_in_it() -> None:
    assert render([FOUND, HIDDEN], TEXTS, format="github") == (
        "::warning file=a b%2Cc.yaml,line=2,col=5,title=base-60"
        "::services.web.ports[0]: 100%25 \\ewrong%0Ahere (mend it)\n"
        "::warning file=/shop/compose.yaml,line=1,col=1,title=base-60::is a secret\n"
    )


def test_sarif_names_the_rules_and_the_regions() -> None:
    log = json.loads(render([FOUND, HIDDEN], TEXTS, format="sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [rule.id for rule in RULES]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in described)
    assert {rule["defaultConfiguration"]["level"] for rule in described} == {"error", "warning"}
    first, second = run["results"]
    assert described[first["ruleIndex"]]["id"] == first["ruleId"] == "base-60"
    assert first["level"] == "warning"
    place = first["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20b%2Cc.yaml"},
        "region": {"startLine": 2, "startColumn": 5},
    }
    place = second["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///shop/compose.yaml"}


def test_rules_are_listed_one_a_line_or_as_json() -> None:
    lines = rules(RULES, format="text").splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.id, rule.level] for rule in RULES]
    assert all(line.endswith(rule.reason) for line, rule in zip(lines, RULES, strict=True))
    assert json.loads(rules(RULES, format="json"))[0] == {
        "id": RULES[0].id,
        "level": RULES[0].level,
        "reason": RULES[0].reason,
    }
