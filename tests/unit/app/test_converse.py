"""Bytes between a console and a process in a container."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread

import pytest
from projects import IMAGE

from pycompose.app.converse import Escape, Manner, converse, detach_keys
from pycompose.engine.fake import Behaviour, FakeEngine
from pycompose.errors import EngineError, UsageError


class FakeConsole:
    """A console whose user types what a test says; `done` is what has been switched on, and off."""

    keyboard = screen = True

    def __init__(self, *typed: bytes) -> None:
        self.typed: SimpleQueue[bytes] = SimpleQueue()
        for keys in typed:
            self.typed.put(keys)
        self.written: list[tuple[int, bytes]] = []
        self.done: list[str] = []
        self.size = (24, 80)

    def read(self) -> bytes:
        return self.typed.get()

    def write(self, stream: int, data: bytes) -> None:
        self.written.append((stream, data))

    @contextmanager
    def raw(self) -> Iterator[None]:
        self.done.append("raw")
        try:
            yield
        finally:
            self.done.append("restored")

    @contextmanager
    def resizes(self, tell: Callable[[int, int], None]) -> Iterator[None]:
        tell(*self.size)
        yield

    @contextmanager
    def signals(self, tell: Callable[[str], None]) -> Iterator[None]:
        tell("SIGUSR1")
        yield


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    engine.behave("web", Behaviour())
    engine.create_container("web", {"Image": IMAGE, "Cmd": ["x"], "OpenStdin": True})
    engine.start_container("web")
    return engine


def nothing(rows: int, columns: int) -> None:
    del rows, columns


def test_what_is_typed_arrives_and_the_end_of_input_too(engine: FakeEngine) -> None:
    console = FakeConsole(b"hello\n", b"")
    attachment = engine.attach("web", stdin=True)
    engine.write("web", b"one")
    engine.write("web", b"two", stream=2)

    def stop() -> None:
        engine.until(lambda: engine.container("web").stdin_closed)
        engine.exit("web", 0)

    Thread(target=stop, daemon=True).start()
    assert converse(attachment, console, Manner(), nothing) is False
    assert engine.container("web").stdin == b"hello\n"
    assert console.written == [(1, b"one"), (2, b"two")]
    assert console.done == []  # no terminal, nothing to switch


def test_a_terminal_is_raw_and_has_a_size_until_its_keys_leave_it(engine: FakeEngine) -> None:
    console = FakeConsole(b"ls\x10", b"\x11rest")
    sizes: list[tuple[int, int]] = []
    manner = Manner(tty=True, detach_keys=detach_keys(""))
    attachment = engine.attach("web", tty=True, stdin=True)
    assert converse(attachment, console, manner, lambda *size: sizes.append(size)) is True
    assert engine.container("web").stdin == b"ls"
    assert not engine.container("web").stdin_closed
    assert sizes == [(24, 80)]
    assert console.done == ["raw", "restored"]


def test_a_terminal_that_is_not_there_yet_is_resized_again(engine: FakeEngine) -> None:
    tries: list[int] = []

    def resize(rows: int, columns: int) -> None:
        tries.append(rows)
        if len(tries) < 3:
            raise EngineError("no running process")

    engine.write("web", b"x")
    engine.exit("web", 0)
    attachment = engine.attach("web", tty=True, logs=True)
    assert converse(attachment, FakeConsole(b""), Manner(tty=True), resize) is False
    assert tries == [24, 24, 24]


def test_the_terminal_is_restored_when_the_output_cannot_be_written(engine: FakeEngine) -> None:
    class Broken(FakeConsole):
        def write(self, stream: int, data: bytes) -> None:
            raise BrokenPipeError

    console = Broken()
    attachment = engine.attach("web", tty=True, stdin=True)
    engine.write("web", b"x")
    with pytest.raises(BrokenPipeError):
        converse(attachment, console, Manner(tty=True), nothing)
    assert console.done == ["raw", "restored"]


@pytest.mark.parametrize(
    ("typed", "sent", "complete"),
    [
        ([b"abc"], b"abc", False),
        ([b"a\x10b"], b"a\x10b", False),
        ([b"a\x10", b"b"], b"a\x10b", False),
        ([b"\x10\x10\x11"], b"\x10", True),
        ([b"a\x10\x11b"], b"a", True),
        ([b"a\x10", b"\x11"], b"a", True),
        ([b"\x11\x10"], b"\x11", False),
    ],
)
def test_keys_to_leave_by_are_found_wherever_they_come(
    typed: list[bytes], sent: bytes, complete: bool
) -> None:
    escape = Escape(detach_keys(""))
    assert b"".join(map(escape.passed, typed)) == sent
    assert escape.complete is complete


def test_without_such_keys_everything_is_sent_on() -> None:
    assert Escape(b"").passed(b"\x10\x11") == b"\x10\x11"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", b"\x10\x11"),
        ("ctrl-a", b"\x01"),
        ("ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_", bytes([0, 27, 28, 29, 30, 31])),
        ("a,Z,~", b"aZ~"),
    ],
)
def test_names_of_keys(text: str, keys: bytes) -> None:
    assert detach_keys(text) == keys


@pytest.mark.parametrize("text", ["ctrl-A", "ctrl-", "ab", "a,", "ä", "alt-a"])
def test_names_that_no_key_has_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="invalid detach keys"):
        detach_keys(text)
