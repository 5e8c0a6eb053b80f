"""Connect a process in a container with the user's console: keys one way, output the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from threading import Event, Thread
from typing import Final, NamedTuple, Protocol

from pycompose.engine.port import Attachment
from pycompose.errors import EngineError, UsageError

DETACH_KEYS: Final = "ctrl-p,ctrl-q"
RESIZE_AGAIN: Final = 0.05  # seconds: a process that has not begun has no terminal yet
RESIZE_TRIES: Final = 10
_CONTROLS: Final = {"@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31}


class Console(Protocol):
    """The terminal or the pipes of the user; `ui.console.Console`."""

    @property
    def keyboard(self) -> bool:
        """Whether what is read is typed on a terminal."""
        ...

    @property
    def screen(self) -> bool:
        """Whether what is written appears on a terminal."""
        ...

    def read(self) -> bytes:
        """Return what was typed or piped in, once there is some; none at the end."""
        ...

    def write(self, stream: int, data: bytes) -> None:
        """Write to standard output (1) or standard error (2)."""
        ...

    def raw(self) -> AbstractContextManager[None]:
        """Let every key come through as it is typed."""
        ...

    def resizes(self, tell: Callable[[int, int], None]) -> AbstractContextManager[None]:
        """Have `tell` called with rows and columns: now, and when they change."""
        ...

    def signals(self, tell: Callable[[str], None]) -> AbstractContextManager[None]:
        """Have `tell` called with the name of each signal, which does nothing else."""
        ...


class Manner(NamedTuple):
    """How a conversation goes: with a terminal, with input, and by which keys it is left."""

    tty: bool = False
    stdin: bool = True
    detach_keys: bytes = b""


def converse(
    attachment: Attachment,
    console: Console,
    manner: Manner,
    resize: Callable[[int, int], None],
) -> bool:
    """Carry bytes until the output ends; return whether the user detached from it instead.

    Raises:
        EngineError: the connection was lost.
        OSError: the output cannot be written.
    """
    detached = Event()
    with ExitStack() as stack:
        stack.enter_context(closing(attachment))
        if manner.tty:
            if manner.stdin:
                stack.enter_context(console.raw())
            stack.enter_context(console.resizes(lambda *size: _resize(resize, *size)))
        if manner.stdin:
            sender = Thread(target=_send, args=(attachment, console, manner, detached), daemon=True)
            sender.start()
        for stream, data in attachment:
            console.write(stream, data)
    return detached.is_set()


def _resize(resize: Callable[[int, int], None], rows: int, columns: int) -> None:
    pause = Event()
    for _ in range(RESIZE_TRIES if rows else 0):
        with suppress(EngineError):
            resize(rows, columns)
            return
        pause.wait(RESIZE_AGAIN)


def _send(attachment: Attachment, console: Console, manner: Manner, detached: Event) -> None:
    """Send what is typed until its end, or until the keys to detach by are."""
    keys = Escape(manner.detach_keys if manner.tty else b"")
    with suppress(EngineError):  # who reads the output tells of a lost connection
        while data := console.read():
            rest = keys.passed(data)
            if rest:
                attachment.write(rest)
            if keys.complete:
                detached.set()
                attachment.close()
                return
        attachment.close_stdin()


class Escape:
    """Looks for a sequence of keys in what is typed, and holds back what may be its beginning."""

    def __init__(self, keys: bytes) -> None:
        self.keys = keys
        self.complete = False
        self._held = 0  # how many of the keys came last

    def passed(self, data: bytes) -> bytes:
        """Return what of some typed bytes is to be sent on."""
        if not self.keys:
            return data
        sent = bytearray()
        for byte in data:
            if byte == self.keys[self._held]:
                self._held += 1
                if self._held == len(self.keys):
                    self.complete = True
                    break
                continue
            sent += self.keys[: self._held]
            self._held = 0
            if byte == self.keys[0]:
                self._held = 1
            else:
                sent.append(byte)
        return bytes(sent)


def detach_keys(text: str) -> bytes:
    """Return the bytes of keys such as `ctrl-p,ctrl-q` or `a,b`; "" is the default.

    Raises:
        UsageError: there are no such keys.

    Source: https://docs.docker.com/reference/cli/docker/container/attach/#detach-keys
    """
    return bytes(_key(name, text) for name in _names(text or DETACH_KEYS))


def _names(text: str) -> Sequence[str]:
    return text.split(",")


def _key(name: str, text: str) -> int:
    if len(name) == 1 and name.isascii():
        return ord(name)
    start, _, key = name.partition("-")
    if start == "ctrl" and len(key) == 1:
        if "a" <= key <= "z":
            return ord(key) - ord("a") + 1
        if key in _CONTROLS:
            return _CONTROLS[key]
    raise UsageError(f"invalid detach keys {text!r}: {name!r} is none, write 'ctrl-p,ctrl-q'")
