"""Output of several containers in the order in which it was written.

The engine notes a time for each line. What has been written is merged by these times exactly; what
is written meanwhile is held back for a moment, so that a line that comes a little later than a
younger one of another container still goes before it.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Queue, SimpleQueue
from threading import Thread
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

from pycompose.engine.port import Engine
from pycompose.errors import EngineError, NotFound
from pycompose.events import LogLine
from pycompose.follow import Ended, Follower, Output, Target

WINDOW: Final = 0.1  # seconds that a line is held back for older ones of other containers
OPENING: Final = 0.5  # seconds that it may take until the first line of a new container is here
LINGER: Final = 3.0  # seconds that a container that is being restarted may take
_MOST_HELD: Final = 50_000  # lines that are held back where more keep coming
_AHEAD: Final = 256  # lines of one container that are read before they are wanted

Lines: TypeAlias = Iterator[LogLine | EngineError]
T = TypeVar("T")


def stored(engine: Engine, targets: list[Target]) -> Lines:
    """Yield what containers have written, all of it in order; each line has its time.

    An error is yielded for a container that cannot be read; the others go on.
    """
    errors: list[EngineError] = []
    streams = [_read(engine, target, errors) for target in targets]
    yield from heapq.merge(*streams, key=_time)
    yield from errors


def _read(engine: Engine, target: Target, errors: list[EngineError]) -> Iterator[LogLine]:
    """Yield the lines of one container, which a thread reads ahead."""
    inbox: Queue[LogLine | BaseException | None] = Queue(_AHEAD)
    stopped = False

    def put(line: LogLine) -> None:
        if stopped:
            raise EngineError("nobody listens")
        inbox.put(line)

    def work() -> None:
        asked = target._replace(follow=False, timestamps=True)
        try:
            for line in Follower(engine, lambda output: None).lines(asked):
                put(line)
            inbox.put(None)
        except BaseException as error:  # carried to whoever reads, who raises it
            if not stopped:
                inbox.put(error)

    Thread(target=work, daemon=True).start()
    try:
        while (found := inbox.get()) is not None:
            if isinstance(found, EngineError):
                errors.append(found)
                return
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        stopped = True
        with suppress(Empty):
            while True:
                inbox.get_nowait()


def _time(line: LogLine) -> bytes:
    return line.time


class Reordered(Generic[T]):
    """Puts lines that come from many threads into the order in which they were written.

    `get` returns them; the end of a container's output comes as soon as nothing older is held
    back, and what is neither (T) at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.inbox: SimpleQueue[Output | T] = SimpleQueue()
        self.clock = clock
        self._held: list[tuple[bytes, int, float, Output]] = []
        self._count = 0
        self._latest = b""
        self._until = 0.0  # nothing is let go of before that

    def put(self, item: Output | T) -> None:
        """Take a line, or what comes in between, from any thread."""
        self.inbox.put(item)

    def hold(self) -> None:
        """Let go of nothing that is here for a while, called from any thread."""
        self._until = self.clock() + OPENING

    def get(self, patience: float | None = None) -> Output | T | None:
        """Return the next one, waiting for it; None if none comes within some seconds."""
        while True:
            wait = patience
            if self._held:
                came = self._held[0][2]
                wait = min(max(came + WINDOW, self._until), came + OPENING) - self.clock()
                if wait <= 0 and len(self._held) > _MOST_HELD:
                    return heapq.heappop(self._held)[3]
            try:
                item = self.inbox.get(timeout=None if wait is None else max(wait, 0.0))
            except Empty:
                return heapq.heappop(self._held)[3] if self._held else None
            if not isinstance(item, LogLine | Ended):
                return item
            moment = (item.time if isinstance(item, LogLine) else b"") or self._latest
            self._latest = max(self._latest, moment)
            self._count += 1
            heapq.heappush(self._held, (moment, self._count, self.clock(), item))

    def rest(self) -> list[Output]:
        """Return what is held back, in order; nothing is waited for."""
        found = [item for _, _, _, item in sorted(self._held, key=lambda held: held[:2])]
        self._held.clear()
        return found


Watch: TypeAlias = "Callable[[Followed], None]"


class _Begun(NamedTuple):
    """A container has started."""

    target: Target


class Followed:
    """Follows containers over restarts, along with those that start meanwhile.

    It ends once none of them has run for a while (`linger`, in seconds).
    """

    def __init__(self, engine: Engine, targets: list[Target], *, linger: float = LINGER) -> None:
        self.engine = engine
        self.targets = targets
        self.linger = linger
        self.order: Reordered[_Begun] = Reordered()
        self.follower = Follower(engine, self.order.put)
        self.last: dict[str, tuple[LogLine, int]] = {}  # container → its last line, how often told
        self.ids = {target.name: target.id for target in targets}

    def lines(self, watch: Watch) -> Lines:
        """Yield what containers have written, and then what they go on to write, in order.

        `watch` runs in a thread and tells of each start of a container from now on: `expect` as
        soon as it is known, `begin` once it is known which. An error is yielded for a container
        that cannot be read; the others go on.
        """
        for line in stored(self.engine, self.targets):
            if isinstance(line, LogLine):
                self._note(line)
            yield line
        going: set[str] = set()
        again: dict[str, Target] = {}
        for target in self.targets:
            self._follow(target)
            going.add(target.id)
        Thread(target=watch, args=(self,), daemon=True).start()
        while True:
            output = self.order.get(None if going else self.linger)
            if output is None:
                return
            if isinstance(output, _Begun):
                self.ids[output.target.name] = output.target.id
                if output.target.id in going:
                    again[output.target.id] = output.target  # its end is still to be told
                else:
                    self._follow(output.target)
                    going.add(output.target.id)
            elif isinstance(output, Ended):
                if output.container in again:
                    self._follow(again.pop(output.container))
                else:
                    going.discard(output.container)
                if output.error is not None and not isinstance(output.error, NotFound):
                    yield output.error
            else:
                self._note(output)
                yield output

    def close(self) -> None:
        """Stop following."""
        self.follower.close()

    def expect(self) -> None:
        """Hold back what comes: lines of a container that has just started may go before it."""
        self.order.hold()

    def begin(self, target: Target) -> None:
        """Follow a container that has started."""
        self.order.put(_Begun(target))

    def _follow(self, target: Target) -> None:
        seen, told = self.last.get(target.id, (None, 0))
        self.follower.follow(target._replace(last=seen, told=told))

    def _note(self, line: LogLine) -> None:
        id = self.ids[line.name]
        before, told = self.last.get(id, (None, 0))
        self.last[id] = (line, told + 1 if before == line else 1)
