"""Signals that reach a main thread in whatever it waits for."""

from __future__ import annotations

import os
import signal
import threading
from queue import SimpleQueue

import pytest

from pycompose.cancel import Cancel
from pycompose.cli.interrupts import interrupts
from pycompose.errors import Cancelled

PATIENCE = 30.0  # seconds; a deadline, not a wait


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_another_thread_got_ends_the_wait_of_this_one(number) -> None:
    waiting: SimpleQueue[None] = SimpleQueue()

    def interrupt() -> None:
        # Python's own handler notes it in the thread that got it, and waits for the main thread.
        signal.pthread_kill(threading.get_ident(), number)

    with interrupts(Cancel()):
        threading.Timer(0.1, interrupt).start()
        with pytest.raises(Cancelled):
            waiting.get(timeout=PATIENCE)


def test_everything_is_left_as_it_was() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGURG)
    before = [signal.getsignal(number) for number in numbers]
    files = set(os.listdir("/proc/self/fd"))
    with interrupts(Cancel()):
        assert [signal.getsignal(number) for number in numbers] != before
        opened = set(os.listdir("/proc/self/fd")) - files
    for thread in threading.enumerate():
        if "nudge" in thread.name:
            thread.join(PATIENCE)
            assert not thread.is_alive()
    assert [signal.getsignal(number) for number in numbers] == before
    assert not any(os.path.exists(f"/proc/self/fd/{number}") for number in opened)
