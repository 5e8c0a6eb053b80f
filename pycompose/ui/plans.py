"""A plan as people and programs read it; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from pycompose.model.values import Json
from pycompose.plan.ops import Change, CreateContainer, Op
from pycompose.plan.plan import Plan, line
from pycompose.plan.secrecy import shown
from pycompose.ui.text import printable

_RED, _GREEN, _YELLOW = "31", "32", "33"
_MARKS: Final = {"+": _GREEN, "~": _YELLOW, "-": _RED}


def render(plan: Plan, *, format: str = "text", values: bool = False, color: bool = False) -> str:
    """Return a plan as `text`, one step a line and its changes below, or as `json`; lines ended.

    `values` shows those of variables that change, unless their names tell of a secret.
    """
    if format == "json":
        return json.dumps(plan.to_json(values=values), indent=2, ensure_ascii=False) + "\n"
    if not plan.steps:
        return "nothing to do\n"
    lines = (text for step in plan.steps for text in _lines(step, values=values, color=color))
    return "".join(f"{text}\n" for text in lines)


def _lines(step: Op, *, values: bool, color: bool) -> Iterator[str]:
    text = printable(line(step))
    yield _painted(text, _RED) if color and step.destroys else text
    if isinstance(step, CreateContainer):
        for change in step.changes:
            mark = _mark(change)
            text = f"      {mark} {printable(_told(change, values=values))}"
            yield _painted(text, _MARKS[mark]) if color else text


def _mark(change: Change) -> str:
    if not change.known or (change.old is not None and change.new is not None):
        return "~"
    return "-" if change.new is None else "+"


def _told(change: Change, *, values: bool) -> str:
    """Return a change as a line: `environment.COLOUR: red -> blue (compose.yaml:5:7)`."""
    at = f" ({change.at})" if change.at else ""
    if not change.known:
        return f"{change.path}{at}"
    both = [change.old, change.new]
    told = [_text(shown(change.path, v, values=values)) for v in both if v is not None]
    return f"{change.path}: {' -> '.join(told)}{at}"


def _text(value: Json) -> str:
    if isinstance(value, str) and value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _painted(text: str, color: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m"
