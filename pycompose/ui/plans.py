"""A plan as people and programs read it; pure."""

from __future__ import annotations

import json

from pycompose.plan.plan import Plan
from pycompose.ui.text import printable


def render(plan: Plan, *, format: str = "text") -> str:
    """Return a plan as `text`, one step a line, or as `json`; each line ended."""
    if format == "json":
        return json.dumps(plan.to_json(), indent=2, ensure_ascii=False) + "\n"
    return f"{printable(str(plan), lines=True)}\n" if plan.steps else "nothing to do\n"
