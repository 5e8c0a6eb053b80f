"""A list of steps in the making: numbers them and keeps them in order. Used by planners only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pycompose.errors import Problem
from pycompose.events import Notice
from pycompose.plan.ops import Op
from pycompose.plan.plan import Plan, check


class Steps:
    """Collects the steps, notices and problems of one plan; lives as long as one planner's call."""

    def __init__(self) -> None:
        self.all: list[Op] = []
        self.notices: list[Notice] = []
        self.running: list[str] = []
        self.problems: list[Problem] = []  # what forbids to carry the steps out

    def add(self, kind: type[Op], *, after: Iterable[int] = (), **values: Any) -> int:
        """Append a step of `kind` and return its id."""
        number = len(self.all) + 1
        needs = tuple(after)
        if len(needs) > 1:
            needs = tuple(sorted(set(needs)))
        values["id"], values["after"] = number, needs
        self.all.append(kind(**values))
        return number

    def warn(self, message: str) -> None:
        """Add a warning."""
        self.notices.append(Notice(message=message))

    def plan(self) -> Plan:
        """Return what was collected."""
        check(self.all)
        return Plan(steps=tuple(self.all), notices=tuple(self.notices), running=tuple(self.running))
