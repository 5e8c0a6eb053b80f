"""Programs that are killed at a call to an engine in memory, to the last of their threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pycompose.engine.fake import FakeEngine, Killed


@contextmanager
def dying(engine: FakeEngine) -> Iterator[None]:
    """Run what `engine.fail(Killed(), ...)` ends; the engine is there for others afterwards.

    A thread between two calls would go on with the next one, were the engine revived before.
    """
    others = {*threading.enumerate()}
    try:
        with suppress(Killed):
            yield
    finally:
        for thread in {*threading.enumerate()} - others:
            thread.join()
        engine.revive()
