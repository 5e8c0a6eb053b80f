"""What `lint` found, for people and for programs; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from pycompose.lint.findings import Finding
from pycompose.lint.rules import RULES
from pycompose.lint.subject import Rule
from pycompose.loader.sources import Source
from pycompose.ui.problems import excerpt
from pycompose.ui.reports import workflow_command
from pycompose.ui.text import printable
from pycompose.version import VERSION

SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def render(
    findings: Sequence[Finding], texts: Iterable[Source], *, format: str, source: bool = False
) -> str:
    """Return findings as `text`, `json`, `sarif` or `github` (workflow commands); lines ended.

    With `source`, the lines they are about stand below those of `text`, unless they may hold a
    secret.
    """
    match format:
        case "json":
            return _json([_record(each) for each in findings])
        case "sarif":
            return _json(_sarif(findings))
        case "github":
            return "".join(f"{_command(each)}\n" for each in findings)
    lines = {text.name: text.text.splitlines() for text in texts} if source else {}
    return "".join(f"{_text(each, lines)}\n" for each in findings)


def rules(table: Iterable[Rule], *, format: str) -> str:
    """Return the rules as `text`, one a line, or as `json`."""
    if format == "json":
        return _json([{"id": r.id, "level": r.level, "reason": r.reason} for r in table])
    listed = list(table)
    width = max(len(rule.id) for rule in listed)
    return "".join(f"{rule.id:{width}}  {rule.level:7}  {rule.reason}\n" for rule in listed)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _told(finding: Finding) -> str:
    hint = f" ({finding.hit.hint})" if finding.hit.hint else ""
    return f"{finding.hit.message}{hint}"


def _text(finding: Finding, lines: dict[str, list[str]]) -> str:
    path = f" {finding.path}:" if finding.path else ""
    rule, at = finding.rule, finding.at
    text = printable(f"{at}: {rule.level}:{path} {_told(finding)} [{rule.id}]")
    file = lines.get(at.file, [])
    if finding.hit.sensitive or at.line > len(file):
        return text
    return "\n".join(filter(None, (text, excerpt(at, file[at.line - 1]))))


def _record(finding: Finding) -> dict[str, Any]:
    file, line, column = finding.at
    return {
        "rule": finding.rule.id,
        "level": finding.rule.level,
        "file": file,
        "line": line,
        "column": column,
        "path": finding.path,
        "message": finding.hit.message,
        "hint": finding.hit.hint,
    }


def _sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return a SARIF log; places count characters.

    Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    index = {rule.id: number for number, rule in enumerate(RULES)}
    driver = {
        "name": "pycompose lint",
        "version": VERSION,
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.reason},
                "help": {
                    "text": f"{rule.reason}. Silence it by '# lint: ignore {rule.id}' on the line"
                    f" or the one above, or by 'x-lint-ignore: [{rule.id}]' in the service or at"
                    " the top of the file."
                },
                "defaultConfiguration": {"level": rule.level},
            }
            for rule in RULES
        ],
    }
    results = [
        {
            "ruleId": each.rule.id,
            "ruleIndex": index[each.rule.id],
            "level": each.rule.level,
            "message": {"text": f"{each.path}: {_told(each)}" if each.path else _told(each)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(each.at.file)},
                        "region": {"startLine": each.at.line, "startColumn": each.at.column},
                    }
                }
            ],
        }
        for each in findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF, "version": "2.1.0", "runs": [run]}


def _uri(file: str) -> str:
    """Return the name of a file as a URI: relative as it is, absolute as `file://`."""
    return f"file://{quote(file)}" if file.startswith("/") else quote(file)


def _command(finding: Finding) -> str:
    """Return the workflow command that puts a finding on its line."""
    told = f"{finding.path}: {_told(finding)}" if finding.path else _told(finding)
    file, line, column = finding.at
    level, id = finding.rule.level, finding.rule.id
    return workflow_command(level, told, file=file, line=line, col=column, title=id)
