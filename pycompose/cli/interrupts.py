"""Signals of the user: how they reach `Cancel`, also while the main thread is blocked."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, get_ident
from time import sleep
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pycompose.cancel import Cancel

# One that asks for nothing, and does no harm where nobody listens; Go's runtime uses it, too.
_NUDGE: Final = getattr(signal, "SIGURG", None)
_NUDGES: Final = (0.02, 0.1, 0.5)  # seconds from one to the next


@contextmanager
def interrupts(cancel: Cancel) -> Iterator[None]:
    """Let interrupts reach `cancel`; a hang-up too, unless nohup asked to ignore it."""

    def interrupted(number: int, frame: Any) -> None:
        del number, frame
        cancel.cancel()

    caught = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        caught.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupted) for number in caught}
    try:
        with _awake():
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _awake() -> Iterator[None]:
    """Have the main thread run its handlers, whatever it waits for.

    Python runs them in the main thread alone. One that is about to block, or blocks while another
    thread was given the signal, would go on waiting: it is nudged out of its wait.
    """
    if _NUDGE is None:
        yield
        return
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    main = get_ident()
    before = signal.signal(_NUDGE, lambda number, frame: None)
    wakeup = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    ended = False

    def nudge() -> None:
        while data := os.read(ours, 4096):
            if set(data) == {_NUDGE}:
                continue
            for seconds in _NUDGES:
                sleep(seconds)
                if not ended:
                    signal.pthread_kill(main, _NUDGE)
        os.close(ours)

    Thread(target=nudge, daemon=True).start()
    try:
        yield
    finally:
        ended = True
        signal.set_wakeup_fd(wakeup)
        os.close(theirs)
        signal.signal(_NUDGE, before)
