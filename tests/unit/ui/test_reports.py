"""Errors for programs: their exact lines, and that they keep to the schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pycompose.errors import (
    ApplyError,
    ComposeFileError,
    EngineError,
    Link,
    Position,
    Problem,
    UsageError,
)
from pycompose.ui.reports import docker_json, message, report

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "schemas" / "problem.schema.json").read_text("utf-8")
)
LINK = Link("included from", Position("compose.yaml", 2, 5))
PROBLEM = Problem(
    Position("a,b:c/100%.yaml", 3, 5),
    "services.web",
    "is\x1b wrong\nby 5%",
    "mend it",
    chain=(LINK,),
)
WARNING = Problem(Position("b.yaml", 1, 2), "", "is odd", severity="warning")
ERROR = ComposeFileError(PROBLEM, WARNING)
FAILED = ApplyError((("Container a", EngineError("no")), ("Network b", EngineError("nor"))), None)


def test_json_is_an_object_for_each_problem() -> None:
    first, second = map(json.loads, report(ERROR, "json").splitlines())
    assert first == {
        "severity": "error",
        "file": "a,b:c/100%.yaml",
        "line": 3,
        "column": 5,
        "path": "services.web",
        "message": "is\x1b wrong\nby 5%",
        "hint": "mend it",
        "chain": [{"how": "included from", "file": "compose.yaml", "line": 2, "column": 5}],
    }
    assert (second["severity"], second["line"], second["hint"]) == ("warning", 1, "")


def test_json_holds_no_raw_control_character() -> None:
    assert "\x1b" not in report(ERROR, "json")
    assert "\x1b" not in report(UsageError("\x1b[31m"), "json")


def test_json_keeps_to_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    texts = (report(error, "json") for error in (ERROR, FAILED, UsageError("no"), OSError(2, "x")))
    for line in "\n".join([*texts, message("w", "json", "warning")]).splitlines():
        Draft202012Validator(SCHEMA).validate(json.loads(line))


def test_github_s_commands_are_escaped() -> None:
    assert report(ERROR, "github").splitlines() == [
        "::error file=a%2Cb%3Ac/100%25.yaml,line=3,col=5::services.web: is\\e wrong%0Aby 5%25"
        " (mend it) [included from compose.yaml:2:5]",
        "::warning file=b.yaml,line=1,col=2::is odd",
    ]


def test_compilers_put_the_chain_in_notes() -> None:
    assert report(ERROR, "gcc").splitlines() == [
        "a,b:c/100%.yaml:3:5: error: services.web: is\\e wrong by 5% (mend it)",
        "compose.yaml:2:5: note: included from here",
        "b.yaml:1:2: warning: is odd",
    ]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("text", "no\nservice"),
        ("github", "::error::no%0Aservice"),
        ("gcc", "pycompose: error: no service"),
    ],
)
def test_what_is_about_no_file_has_no_place(form, text) -> None:
    assert report(UsageError("no\nservice"), form) == text


def test_each_failed_step_is_an_error_of_its_own() -> None:
    assert report(FAILED, "gcc").splitlines() == [
        "pycompose: error: Container a: no",
        "pycompose: error: Network b: nor",
    ]


def test_docker_s_json_is_one_object() -> None:
    assert json.loads(docker_json(UsageError("no"))) == {"error": True, "message": "no"}
