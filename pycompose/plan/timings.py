"""What took how long, and what it waited for: from plans and the times of their steps.

Pure. Of the steps that one waits for, the one that ended last held it up; the chain of those back
from the end is the critical path: only what is on it made the whole take longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pycompose.plan.ops import Op
from pycompose.plan.plan import Plan


class Span(NamedTuple):
    """When a step began and ended, in seconds of any clock."""

    begun: float
    ended: float


class Bar(NamedTuple):
    """A step that was carried out: its place in the chart, and times since the first one began.

    `number` counts from 1 through all plans; `waited_for` are numbers, `held_up` the one of the
    step that ended last of those, 0 where there is none.
    """

    number: int
    text: str
    begun: float
    ended: float
    waited_for: tuple[int, ...] = ()
    held_up: int = 0
    critical: bool = False


class Chart(NamedTuple):
    """Bars in the order in which their steps began, and how many seconds all took."""

    bars: tuple[Bar, ...]
    seconds: float


def chart(plans: Iterable[tuple[Plan, Mapping[int, Span]]]) -> Chart:
    """Return the chart of plans that were carried out one after the other.

    What waits for nothing in its plan has waited for the whole plan before it.
    """
    spans: dict[int, Span] = {}
    texts: dict[int, str] = {}
    waits: dict[int, tuple[int, ...]] = {}
    before: tuple[int, ...] = ()
    offset = 0
    for plan, times in plans:
        for step in plan.steps:
            if step.id in times:
                number = step.id + offset
                spans[number], texts[number] = times[step.id], _text(step)
                needed = (*step.after, *step.rescues)
                after = tuple(id + offset for id in needed if id in times)
                waits[number] = after or before
        before = tuple(step.id + offset for step in plan.steps if step.id in times) or before
        offset += len(plan.steps)
    if not spans:
        return Chart((), 0.0)

    def last(numbers: Iterable[int]) -> int:
        return max(numbers, key=lambda number: (spans[number].ended, number), default=0)

    held_up = {number: last(waits[number]) for number in spans}
    critical = set()
    number = last(spans)
    while number:
        critical.add(number)
        number = held_up[number]
    first = min(span.begun for span in spans.values())
    bars = (
        Bar(
            number=number,
            text=texts[number],
            begun=spans[number].begun - first,
            ended=spans[number].ended - first,
            waited_for=waits[number],
            held_up=held_up[number],
            critical=number in critical,
        )
        for number in sorted(spans, key=lambda number: (spans[number].begun, number))
    )
    return Chart(tuple(bars), max(span.ended for span in spans.values()) - first)


def _text(step: Op) -> str:
    """Return what a step is: `Start container demo-web-1`."""
    resource = step.resource[:1].lower() + step.resource[1:]
    return f"{type(step).__name__} {resource}"
