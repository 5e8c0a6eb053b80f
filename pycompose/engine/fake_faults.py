"""What a test knows and decides about the calls to the engine in memory: a record, and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class Killed(BaseException):
    """The program was killed (SIGKILL) at a call: nothing of it runs on, nothing catches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that reached the engine; `args` are its words, without bodies and data."""

    method: str
    args: tuple[str, ...] = ()
    mutating: bool = False

    def __str__(self) -> str:
        return f"{self.method}({', '.join(self.args)})"


@dataclass(slots=True, kw_only=True)
class Fault:
    """An error to raise at the n-th of the calls it is for, before or after it is carried out."""

    error: BaseException
    call: str
    at: int
    mutating: bool
    after: bool
    lasting: bool

    def due(self, call: Call) -> bool:
        """Count a call; whether this is the one."""
        if (self.call and self.call != call.method) or (self.mutating and not call.mutating):
            return False
        self.at -= 1
        return self.at == 0 or (self.lasting and self.at < 0)


def summary(args: tuple[object, ...], kwargs: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a person wants to know of the arguments of a call."""
    words = [_word(value) for value in args]
    words += [f"{name}={_word(value)}" for name, value in kwargs.items() if value]
    return tuple(word for word in words if word)


def _word(value: object) -> str:
    match value:
        case str() | int():
            return str(value)
        case {"Name": str() as name} | {"Container": str() as name}:
            return name
        case {"Image": _}:
            return ""  # the body of a container, whose name is an argument of its own
        case {"Cmd": list() as words}:
            return " ".join(map(str, words))
        case Mapping():
            return ",".join(f"{key}:{'|'.join(map(str, one))}" for key, one in value.items())
        case _:
            return ""
