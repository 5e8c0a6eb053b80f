"""How an interrupt reaches whoever can act on it; no signal is touched here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pycompose.errors import Cancelled


class Cancel:
    """What a signal handler calls; raises Cancelled in the main thread where nobody listens."""

    def __init__(self) -> None:
        self.count = 0
        self._listeners: list[Callable[[int], None]] = []

    def cancel(self) -> None:
        """Ask to stop, for the first or the n-th time.

        Raises:
            Cancelled: nobody listens.
        """
        self.count += 1
        if not self._listeners:
            raise Cancelled
        self._listeners[-1](self.count)

    @contextmanager
    def listening(self, listener: Callable[[int], None]) -> Iterator[None]:
        """Have `listener` called with the count, from within a signal handler."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
