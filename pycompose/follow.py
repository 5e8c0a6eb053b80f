"""Many containers' output in one stream of events.

A thread reads each container; the caller takes what they read from `lines`, in the order in which
it arrived, and gives it to a sink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Final, NamedTuple, TypeAlias

from pycompose.engine.port import Engine, Frame, Stream
from pycompose.errors import EngineError, EngineUnavailable
from pycompose.events import LogLine
from pycompose.lines import Times, split
from pycompose.moments import moment

MOST_BREAKS: Final = 3  # of connections in a row that brought no line
READABLE: Final = ("json-file", "local", "journald", "")  # log drivers that can be read back


class Ended(NamedTuple):
    """A container's output has ended: by itself (no error), or because it could not be read."""

    container: str
    error: EngineError | None = None


class Target(NamedTuple):
    """A container to follow: which part of its output, and the name before each of its lines.

    `since` and `until` as in the Engine API; `tail` a number of lines or "all". `whole` makes
    sure that no line since `since` is missed, which matters while a container starts. Of what was
    told already, `last` is the last line, and `told` how often it was told. With `timestamps`, each
    line has its time.
    """

    id: str
    name: str
    since: str = ""
    until: str = ""
    tail: str = "all"
    follow: bool = True
    whole: bool = False
    timestamps: bool = False
    last: LogLine | None = None
    told: int = 0


Output: TypeAlias = LogLine | Ended


class Follower:
    """Follows containers until each has ended; `put` gets their output, from many threads."""

    def __init__(self, engine: Engine, put: Callable[[Output], None]) -> None:
        self.engine = engine
        self.put = put
        self.streams: dict[str, Stream[Frame]] = {}
        self.reached: dict[str, tuple[LogLine, int]] = {}  # container → last line, how often told
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
        if not target.follow:
            yield from self._opened(target, tty)
        elif driver in READABLE:
            yield from self._followed(target, tty)
        else:
            # Compat: what no driver keeps can only be seen while it is written.
            yield from self._read(target, self.engine.attach(target.id, tty=tty))

    def _followed(self, target: Target, tty: bool) -> Iterator[LogLine]:
        """Yield lines as they are written; where a connection breaks off, go on in another one.

        Raises:
            EngineError: nobody answers any more, or connections break off without a line between.
        """
        last, told = target.last, target.told
        asked = _after(target._replace(timestamps=True), last)
        breaks: list[EngineUnavailable] = []  # without a line between
        while True:
            again = told  # what there is since a time begins with the lines of that time
            try:
                for line in self._whole(asked, tty) if asked.whole else self._opened(asked, tty):
                    if again and last is not None and line.time <= last.time:
                        again -= line == last
                        continue
                    last, told = line, told + 1 if line == last else 1
                    again = 0
                    breaks.clear()
                    self.reached[target.id] = last, told
                    yield line
            except EngineUnavailable as lost:
                breaks.append(lost)
                if self.closed or len(breaks) > MOST_BREAKS:
                    raise breaks[0] from None
                asked = _after(asked, last)
            else:
                if last is not None and not self.closed:
                    yield from self._left(target, tty, last, told)
                return

    def _left(self, target: Target, tty: bool, last: LogLine, told: int) -> Iterator[LogLine]:
        """Yield what was written after a line that is the last one of a stream that has ended.

        Engine: the stream of a container that writes up to its end may leave out what came last
        (Docker 20.10: 6 of 24 followed by its own command while three ran at once).
        """
        asked = _after(target._replace(follow=False, timestamps=True), last)
        again = told
        for line in self._opened(asked, tty):
            if again and line.time <= last.time:
                again -= line == last
                continue
            again, last, told = 0, line, told + 1 if line == last else 1
            self.reached[target.id] = last, told
            yield line

    def _opened(self, target: Target, tty: bool) -> Iterator[LogLine]:
        stream = self.engine.logs(
            target.id,
            follow=target.follow,
            since=target.since,
            until=target.until,
            tail=target.tail,
            timestamps=target.timestamps,
            tty=tty,
        )
        yield from self._read(target, stream, _times(tty) if target.timestamps else "")

    def _read(self, target: Target, stream: Stream[Frame], times: Times = "") -> Iterator[LogLine]:
        self.streams[target.id] = stream
        try:
            yield from split(stream, target.name, times)
        finally:
            stream.close()
            self.streams.pop(target.id, None)

    def _whole(self, target: Target, tty: bool) -> Iterator[LogLine]:
        """Yield every line since `target.since`, with its time.

        Engine: following a container that writes while the stream is opened may miss what it
        wrote first, or all if it has ended by then; reading without following does not.
        """
        first = True
        for line in self._opened(target, tty):
            if first:
                yield from self._before(target, tty, line.time)
                first = False
            yield line
        if first and not self.closed:
            yield from self._before(target, tty, None)

    def _before(self, target: Target, tty: bool, end: bytes | None) -> Iterator[LogLine]:
        stream = self.engine.logs(target.id, since=target.since, timestamps=True, tty=tty)
        try:
            for line in split(stream, target.name, _times(tty)):
                if end is not None and line.time >= end:
                    return
                yield line
        finally:
            stream.close()


def stamped(line: LogLine) -> LogLine:
    """Return a line with its time before it; as it is where nobody knows it, or it was told."""
    if not line.time or line.continued:
        return line
    return line._replace(line=b"%b %b" % (line.time, line.line))


def _times(tty: bool) -> Times:
    return "lines" if tty else "frames"


def _after(target: Target, last: LogLine | None) -> Target:
    """Return what is still to be read of a container after a line."""
    if last is None:
        return target
    since = moment(last.time.decode())
    return target._replace(since=since, tail="all", whole=True)


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
