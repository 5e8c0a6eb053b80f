"""Many containers' output in one stream of events.

A thread reads each container; the caller takes what they read from `lines`, in the order in which
it arrived, and gives it to a sink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Final, Literal, TypeAlias

from pycompose.engine.port import Engine, Frame, Stream
from pycompose.errors import EngineError
from pycompose.events import LogLine
from pycompose.moments import moment

READABLE: Final = ("json-file", "local", "journald", "")  # log drivers that can be read back


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A container's output has ended: by itself (no error), or because it could not be read."""

    container: str
    error: EngineError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A container to follow: which part of its output, and the name before each of its lines.

    `since` and `until` as in the Engine API; `tail` a number of lines or "all". `this_run` leaves
    out what it wrote before it was started last.
    """

    id: str
    name: str
    since: str = ""
    until: str = ""
    tail: str = "all"
    follow: bool = True
    this_run: bool = False
    timestamps: bool = False


Output: TypeAlias = LogLine | Ended


class Follower:
    """Follows containers until each has ended; `put` gets their output, from many threads."""

    def __init__(self, engine: Engine, put: Callable[[Output], None]) -> None:
        self.engine = engine
        self.put = put
        self.streams: dict[str, Stream[Frame]] = {}
        self.closed = False

    def follow(self, target: Target) -> None:
        """Begin to follow a container; an `Ended` comes last."""
        Thread(target=self._run, args=(target,), daemon=True).start()

    def close(self) -> None:
        """Stop following; what was read so far stays in the queue."""
        self.closed = True
        for stream in list(self.streams.values()):
            stream.close()

    def _run(self, target: Target) -> None:
        error: EngineError | None = None
        try:
            for line in self.lines(target):
                self.put(line)
        except EngineError as lost:
            error = None if self.closed else lost
        self.put(Ended(container=target.id, error=error))

    def lines(self, target: Target) -> Iterator[LogLine]:
        """Yield a container's output line by line.

        Raises:
            EngineError: it cannot be read, or the connection was lost.
        """
        document = self.engine.inspect_container(target.id)
        tty = bool(document["Config"]["Tty"])
        driver = document["HostConfig"].get("LogConfig", {}).get("Type", "")
        since = target.since
        if target.this_run:
            # It may have written before the engine noted that it runs: count from its last end.
            since = moment(document["State"]["FinishedAt"])
        stream: Stream[Frame]
        if driver in READABLE or not target.follow:
            stream = self.engine.logs(
                target.id,
                follow=target.follow,
                since=since,
                until=target.until,
                tail=target.tail,
                timestamps=target.timestamps,
                tty=tty,
            )
        else:
            # Compat: what no driver keeps can only be seen while it is written.
            stream = self.engine.attach(target.id, tty=tty)
        self.streams[target.id] = stream
        empty = True
        try:
            for line in split(stream, target.name):
                empty = False
                yield line
        finally:
            stream.close()
            self.streams.pop(target.id, None)
        if empty and target.this_run and driver in READABLE and not self.closed:
            # Engine: following a container that ends at once may miss all that it wrote.
            again = self.engine.logs(target.id, since=since, timestamps=target.timestamps, tty=tty)
            yield from split(again, target.name)


def split(frames: Stream[Frame], name: str) -> Iterator[LogLine]:
    """Yield lines from frames; a line cut into several frames is put together.

    The end of a stream ends its last line.
    """
    rest = {1: b"", 2: b""}
    for stream, data in frames:
        kind: Literal[1, 2] = 2 if stream == 2 else 1
        held = rest[stream]
        if held:
            data = held + data
            rest[stream] = b""
        end = data.find(b"\n")
        if end == len(data) - 1 and end >= 0:
            yield LogLine(name=name, line=data[:-1], stream=kind)
            continue
        *lines, last = data.split(b"\n")
        for line in lines:
            yield LogLine(name=name, line=line, stream=kind)
        rest[stream] = last
    for stream, last in rest.items():
        if last:
            yield LogLine(name=name, line=last, stream=1 if stream == 1 else 2)


def all_lines(engine: Engine, targets: list[Target]) -> Iterator[LogLine | EngineError]:
    """Yield the output of containers until every one has ended, interleaved as it arrives.

    An error is yielded for a container that cannot be read; the others go on.
    """
    inbox: SimpleQueue[Output] = SimpleQueue()
    follower = Follower(engine, inbox.put)
    if len(targets) == 1:
        # No other thread, no queue: a long log is read as fast as it can be.
        try:
            yield from follower.lines(targets[0])
        except EngineError as error:
            yield error
        return
    for target in targets:
        follower.follow(target)
    ended = 0
    while ended < len(targets):
        output = inbox.get()
        if isinstance(output, LogLine):
            yield output
            continue
        ended += 1
        if output.error is not None:
            yield output.error
