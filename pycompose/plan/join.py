"""Two plans in one; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from pycompose.plan.ops import Made, Op


def moved(step: Op, shift: int, after: Iterable[int]) -> Op:
    """Return a step whose ids count from `shift`; one that needs nothing comes after `after`."""
    changes: dict[str, Any] = {}
    for field in fields(step):
        value = getattr(step, field.name)
        if isinstance(value, Made):
            changes[field.name] = Made(value.op + shift)
        elif isinstance(value, tuple) and any(isinstance(item, Made) for item in value):
            changes[field.name] = tuple(
                Made(item.op + shift) if isinstance(item, Made) else item for item in value
            )
    needs = tuple(need + shift for need in step.after) or tuple(after)
    return replace(step, id=step.id + shift, after=needs, **changes)
