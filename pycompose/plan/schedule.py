"""Which steps of a plan may begin, as others end: the rules of `after`, `tolerates` and `rescues`.

Steps and how they ended come in, the next ones go out. No thread, no clock, no engine: who carries
a plan out asks here what comes next, and decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from pycompose.plan.ops import Op

# lost: failed, or left out; passed: so, but it may; spared: there was nothing to make up for
End: TypeAlias = Literal["well", "lost", "passed", "spared"]


class Moves(NamedTuple):
    """What follows from the end of a step, in the order of the plan.

    `ready` steps may begin; `excused` ones are over, as they may fail, each with the failed step
    that it needed.
    """

    ready: tuple[Op, ...] = ()
    excused: tuple[tuple[Op, int], ...] = ()


class Schedule:
    """How far a plan has come; lives as long as one execution of it.

    `done`, `skipped` and `spared` are ids in the order in which the steps ended: well, left out as
    something they need failed, or not needed as there is nothing to make up for.
    """

    def __init__(self, steps: Iterable[Op]) -> None:
        self.steps = {step.id: step for step in steps}
        self.done: list[int] = []
        self.skipped: list[int] = []
        self.spared: list[int] = []
        self.open = len(self.steps)
        self._over: set[int] = set()
        self._users: dict[int, list[int]] = {id: [] for id in self.steps}
        self._rescuers: dict[int, list[int]] = {id: [] for id in self.steps}
        self._left: dict[int, int] = {}  # how many a step still waits for
        self._lost = dict.fromkeys(self.steps, 0)  # how many that it needs were lost
        self._struck = dict.fromkeys(self.steps, 0)  # how many that it makes up for were
        for step in self.steps.values():
            self._left[step.id] = len(step.after) + len(step.rescues)
            for need in step.after:
                self._users[need].append(step.id)
            for guarded in step.rescues:
                self._rescuers[guarded].append(step.id)

    def first(self) -> tuple[Op, ...]:
        """Return the steps that wait for nothing."""
        return tuple(step for step in self.steps.values() if not self._left[step.id])

    def ended(self, id: int, end: End) -> Moves:
        """Take note that a step has ended; return what follows from that."""
        ready: list[int] = []
        excused: list[tuple[Op, int]] = []
        if end in ("well", "passed"):
            self.done.append(id)
        ends: deque[tuple[int, End]] = deque([(id, end)])
        while ends:
            id, end = ends.popleft()
            self._over.add(id)
            self.open -= 1
            for user in self._rescuers[id]:
                self._left[user] -= 1
                self._struck[user] += end in ("lost", "passed")
            for user in self._users[id]:
                self._left[user] -= 1
                self._lost[user] += end == "lost"
            for user in (*self._users[id], *self._rescuers[id]):
                if user in self._over or user in ready:
                    continue
                found = self._found(self.steps[user], end)
                if found == "ready":
                    ready.append(user)
                elif found != "waiting":
                    self._over.add(user)
                    ends.append((user, found))
                    if found == "passed":
                        excused.append((self.steps[user], id))
                    kept = {"passed": self.done, "lost": self.skipped, "spared": self.spared}
                    kept[found].append(user)
        return Moves(tuple(self.steps[id] for id in ready), tuple(self._excused(excused)))

    def _found(self, step: Op, end: End) -> Literal["waiting", "ready"] | End:
        """Return what follows for a step from the end of one that it waits for."""
        hopeless = self._lost[step.id] > step.tolerates
        if step.rescues:
            if hopeless or end == "spared":
                return "spared"
            if not self._left[step.id]:
                return "ready" if self._struck[step.id] >= step.failures else "spared"
            return "waiting"
        if hopeless:
            return "passed" if step.best_effort else "lost"
        return "waiting" if self._left[step.id] else "ready"

    def _excused(self, excused: Iterable[tuple[Op, int]]) -> Iterator[tuple[Op, int]]:
        """Yield what is passed over; a step is left out if so is all that comes after it."""
        for step, failed in excused:
            users = self._users[step.id]
            if users and all(user in self.skipped for user in users):
                self.done.remove(step.id)
                self.skipped.append(step.id)
            else:
                yield step, failed
