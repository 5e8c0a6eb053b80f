"""Which lines are shown."""

from __future__ import annotations

import pytest

from pycompose.app.selection import LEVELS, Selection, rank_of
from pycompose.errors import UsageError
from pycompose.events import LogLine


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("2026-01-01 ERROR something", "error"),
        ("[warn] slow", "warning"),
        ("time=x level=debug msg=y", "debug"),
        ('{"level": "fatal", "msg": "x"}', "fatal"),
        ('{"level": 40, "msg": "x"}', "warning"),
        ('{"severity": "NOTICE"}', "info"),
        ("WARNING: do not", "warning"),
        ("<crit> x", "fatal"),
        ("error: cannot", "error"),
        ("E: no errors were found in information", ""),
        ("there was an error somewhere", ""),
        ("{broken", ""),
        ('{"level": true}', ""),
    ],
)
def test_levels_are_recognised(text: str, level: str) -> None:
    assert rank_of(text) == (LEVELS.index(level) if level else None)


def shown(selection: Selection, *texts: str, stream: int = 1) -> list[str]:
    lines = [LogLine(name="a", line=text.encode(), stream=stream) for text in texts]  # type: ignore[arg-type]
    return [line.line.decode() for line in lines if selection(line)]


def test_lines_without_a_level_go_with_the_one_before() -> None:
    texts = ("plain", "[ERROR] a", "  trace", "[INFO] b", "  more", "[WARN] c")
    assert shown(Selection(level="warning"), *texts) == ["[ERROR] a", "  trace", "[WARN] c"]
    chosen = Selection(level="error")
    shown(chosen, "[ERROR] a")
    assert shown(chosen, "  other stream", stream=2) == []


def test_both_have_to_agree() -> None:
    chosen = Selection(level="warn", grep="timeout")
    assert shown(chosen, "[WARN] timeout", "[WARN] x", "[INFO] timeout") == ["[WARN] timeout"]


def test_what_is_no_level_or_expression_is_told() -> None:
    with pytest.raises(UsageError, match="unknown level 'loud', expected one of trace, debug"):
        Selection(level="loud")
    with pytest.raises(UsageError, match="is no regular expression"):
        Selection(grep="(")
