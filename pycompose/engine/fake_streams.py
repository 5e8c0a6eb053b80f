"""Streams of the engine in memory: what is put in on one side comes out of the iteration.

All streams of one engine share its condition, so that a test never waits for a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from threading import Condition
from typing import Generic, TypeVar

from pycompose.engine.port import Frame
from pycompose.model.values import Json

T = TypeVar("T")


class FakeStream(Generic[T]):
    """An endless answer, fed by the engine (`put`, `end`, `fail`) and read by one thread."""

    def __init__(self, changed: Condition) -> None:
        self._changed = changed
        self._items: deque[T] = deque()
        self._error: BaseException | None = None
        self.over = False

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self.over)
                if not self._items:
                    if self._error is not None:
                        raise self._error
                    return
                item = self._items.popleft()
            yield item

    def put(self, item: T) -> None:
        """Send one more item, unless the stream is over."""
        with self._changed:
            if not self.over:
                self._items.append(item)
                self._changed.notify_all()

    def end(self) -> None:
        """End the stream after what has been sent."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """Cut the stream after what has been sent: the iteration raises `error`."""
        with self._changed:
            if not self.over:
                self._error = error
                self.end()

    def close(self) -> None:
        """Let go of the stream; what has not been read is lost."""
        with self._changed:
            self._items.clear()
            self._error = None
            self.end()


class FakeAttachment(FakeStream[Frame]):
    """The standard streams of a container; what is written goes to `stdin`, None at its end."""

    def __init__(self, changed: Condition, stdin: Callable[[bytes | None], None]) -> None:
        super().__init__(changed)
        self._stdin = stdin

    def write(self, data: bytes) -> None:
        """Send bytes to standard input."""
        with self._changed:
            self._stdin(data)
            self._changed.notify_all()

    def close_stdin(self) -> None:
        """End standard input; output goes on."""
        with self._changed:
            self._stdin(None)
            self._changed.notify_all()


class FakeFiles(FakeStream[bytes]):
    """A tar that is sent; `stat` is what it is of."""

    def __init__(self, changed: Condition, tar: bytes, stat: Json) -> None:
        super().__init__(changed)
        self.stat = stat
        self.put(tar)
        self.end()
