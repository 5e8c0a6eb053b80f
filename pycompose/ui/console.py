"""Where the user of a command is: a terminal with keys, a size and signals, or pipes.

Bytes go through as they are. A terminal in raw mode is put back as it was whenever `raw` is left,
and at the end of the program if that is not reached.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

_PIECE: Final = 65536
_INPUT, _OUTPUT = 0, 1
# What a program is told of by a terminal or by other programs; the rest tells pycompose itself.
_FORWARDED: Final = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGCONT")


class Console:
    """Standard input, output and errors of this process."""

    @property
    def keyboard(self) -> bool:
        """Whether what is read is typed on a terminal."""
        return os.isatty(_INPUT)

    @property
    def screen(self) -> bool:
        """Whether what is written appears on a terminal."""
        return os.isatty(_OUTPUT)

    def size(self) -> tuple[int, int]:
        """Return the rows and columns of the terminal; (0, 0) where there is none."""
        for descriptor in (_OUTPUT, _INPUT):
            with suppress(OSError):
                columns, rows = os.get_terminal_size(descriptor)
                return rows, columns
        return 0, 0

    def read(self) -> bytes:
        """Return what was typed or piped in, once there is some; none at the end."""
        try:
            return os.read(_INPUT, _PIECE)
        except OSError:  # a terminal that is gone
            return b""

    def write(self, stream: int, data: bytes) -> None:
        """Write all of it at once: 1 is standard output, 2 standard error.

        Raises:
            OSError: it cannot be written.
        """
        descriptor = (sys.stderr if stream == 2 else sys.stdout).fileno()
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    @contextmanager
    def raw(self) -> Iterator[None]:
        """Let every key come through as it is typed, Ctrl-C as a byte; nothing without a keyboard.

        Raises:
            OSError: the terminal is gone.
        """
        if not self.keyboard:
            yield
            return
        before = termios.tcgetattr(_INPUT)

        def restore() -> None:
            with suppress(termios.error):
                termios.tcsetattr(_INPUT, termios.TCSADRAIN, before)

        atexit.register(restore)
        try:
            tty.setraw(_INPUT, termios.TCSADRAIN)  # what was typed ahead counts
            yield
        finally:
            restore()
            atexit.unregister(restore)

    @contextmanager
    def resizes(self, tell: Callable[[int, int], None]) -> Iterator[None]:
        """Have `tell` called in a thread with rows and columns: now, and when they change."""
        with _heard(("SIGWINCH",), lambda _: tell(*self.size()), first="SIGWINCH"):
            yield

    @contextmanager
    def signals(self, tell: Callable[[str], None]) -> Iterator[None]:
        """Have `tell` called in a thread with the name of each signal, which does nothing else."""
        with _heard(_FORWARDED, tell):
            yield


@contextmanager
def _heard(
    names: tuple[str, ...], tell: Callable[[str], None], *, first: str = ""
) -> Iterator[None]:
    """Pass signals on to a thread: a handler interrupts whatever the main thread holds."""
    queue: SimpleQueue[str | None] = SimpleQueue()

    def caught(number: int, frame: Any) -> None:
        del frame
        queue.put(signal.Signals(number).name)

    def listen() -> None:
        while (name := queue.get()) is not None:
            tell(name)

    before = {
        number: signal.signal(number, caught) for number in (getattr(signal, n) for n in names)
    }
    thread = Thread(target=listen, daemon=True)
    thread.start()
    if first:
        queue.put(first)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        queue.put(None)
