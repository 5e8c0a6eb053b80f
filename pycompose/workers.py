"""The threads that carry out the steps of a plan, and which of the ready ones they take first."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from pycompose.plan.ops import Op

STALLED: Final = 0.8  # seconds without an end after which steps are seen to wait, not to work


class Workers:
    """Carries out some steps at the same time; driven by one thread, the coordinator.

    `size` steps at most run at once, and not more than `places` as long as one or the other ends
    soon. Where none does, they wait for what takes no work of the engine, such as containers that
    stop in their own time, and `widen` lets the others begin.

    What became ready last begins first. So a container starts as soon as it is made, and not after
    all others are made: an engine that makes some while it starts others is busy all the time, and
    what waits for that container waits less.
    """

    def __init__(self, size: int, perform: Callable[[Op], None], places: int = 0) -> None:
        self.busy = 0
        self._size = size
        self._places = min(places or size, size)
        self._moved = 0.0  # when a step has begun or ended, the last time
        self._perform = perform
        self._ready: deque[Op] = deque()
        self._begun: SimpleQueue[Op | None] = SimpleQueue()
        self._closed = False

    def start(self) -> None:
        """Start the threads."""
        for _ in range(self._size):
            # Daemons: a call that hangs must not keep an interrupted command from ending.
            Thread(target=self._work, daemon=True).start()

    def add(self, steps: Iterable[Op]) -> None:
        """Take steps that are ready, to be begun in this order, before those that were before."""
        self._ready.extendleft(reversed(list(steps)))

    def begin(self) -> Iterator[Op]:
        """Hand out as many steps as there are free threads; yield each just before."""
        while self._ready and self.busy < self._places:
            step = self._ready.popleft()
            yield step
            self.busy += 1
            self._moved = time.monotonic()
            self._begun.put(step)

    def ended(self) -> None:
        """Take note that a step has ended, well or not."""
        self.busy -= 1
        self._moved = time.monotonic()

    def stalls(self) -> float | None:
        """Return when more may begin, should nothing end until then; None where that is no help.

        The time is that of `time.monotonic`.
        """
        return self._moved + STALLED if self._ready and self._places < self._size else None

    def widen(self) -> None:
        """Let as many steps run as there are threads, from now on."""
        self._places = self._size

    def drop(self) -> None:
        """Begin nothing more, and forget what no thread has taken yet."""
        self._closed = True
        self._ready.clear()
        with suppress(Empty):
            while True:
                self._begun.get_nowait()
                self.busy -= 1

    def close(self) -> None:
        """Let the threads end, each after the step that it carries out."""
        self._closed = True
        for _ in range(self._size):
            self._begun.put(None)

    def _work(self) -> None:
        while (step := self._begun.get()) is not None and not self._closed:
            self._perform(step)
