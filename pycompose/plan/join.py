"""Plans put together and put in another order: what refers to steps by their numbers; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from heapq import heapify, heappop, heappush
from typing import Any, Final

from pycompose.plan.ops import Made, Op

_MENTION: Final = re.compile(r"(?<= by #)\d+")  # of a step in the reason of another


def moved(step: Op, shift: int, after: Iterable[int]) -> Op:
    """Return a step whose ids count from `shift`; one that needs nothing comes after `after`."""
    needs = tuple(need + shift for need in step.after)
    return _renumbered(step, lambda id: id + shift, needs or (() if step.rescues else tuple(after)))


def reordered(steps: Iterable[Op], needs: Mapping[int, Set[int]]) -> tuple[Op, ...]:
    """Return steps that need others than they did, numbered anew so that each comes after those.

    `needs` has the ids of what each step needs; there is no circle in it, nor with what steps make
    up for. Steps keep their order where nothing asks for another.
    """
    by_id = {step.id: step for step in steps}
    users: dict[int, list[int]] = {id: [] for id in by_id}
    earlier = {id: needs[id] | {*step.rescues} for id, step in by_id.items()}
    missing = {id: len(earlier[id]) for id in by_id}
    for id in by_id:
        for need in earlier[id]:
            users[need].append(id)
    ready = [id for id, count in missing.items() if not count]
    heapify(ready)
    numbers: dict[int, int] = {}
    while ready:
        id = heappop(ready)
        numbers[id] = len(numbers) + 1
        for user in users[id]:
            missing[user] -= 1
            if not missing[user]:
                heappush(ready, user)
    return tuple(
        _renumbered(by_id[id], numbers.__getitem__, sorted(numbers[need] for need in needs[id]))
        for id in numbers
    )


def _renumbered(step: Op, number: Callable[[int], int], after: Iterable[int]) -> Op:
    changes: dict[str, Any] = {}
    for name, value in step.values().items():
        if isinstance(value, Made):
            changes[name] = Made(number(value.op))
        elif isinstance(value, tuple) and any(isinstance(item, Made) for item in value):
            changes[name] = tuple(
                Made(number(item.op)) if isinstance(item, Made) else item for item in value
            )
    if step.rescues:
        changes["rescues"] = tuple(sorted(map(number, step.rescues)))
    if step.cause == "replaced":
        changes["why"] = _MENTION.sub(lambda found: str(number(int(found.group()))), step.why)
    return step.replaced(id=number(step.id), after=tuple(after), **changes)
