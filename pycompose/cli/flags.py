"""Flags as pflag reads them, Docker Compose's parser, put into words that typer's parser takes.

What differs from click: `--flag=false`, a value that begins with a dash, and the error messages.
Pure: declared options and arguments in, arguments out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pycompose.errors import UsageError

_TRUE: Final = ("1", "t", "T", "true", "TRUE", "True")
_FALSE: Final = ("0", "f", "F", "false", "FALSE", "False")


class Parameter(Protocol):
    """What is read of a click option; `opts` are spelled as declared, as in `--file` and `-f`."""

    @property
    def name(self) -> str | None:
        """The name its value is stored under."""

    @property
    def opts(self) -> list[str]:
        """All spellings."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One declared flag; `switch` takes no value unless it is written `--flag=value`."""

    name: str
    long: str
    short: str
    switch: bool
    integer: bool

    def __str__(self) -> str:
        return f"-{self.short}, --{self.long}" if self.short else f"--{self.long}"


@dataclass(slots=True)
class Words:
    """A parsed command line: switches by name, the other flags and the positional words.

    `replaced` are the deprecated spellings that were met, as (old, new).
    """

    switches: dict[str, bool] = field(default_factory=dict)
    valued: list[str] = field(default_factory=list)
    positional: list[str] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)

    def click(self) -> list[str]:
        """Return the words for click's parser, without the switches."""
        return [*self.valued, "--", *self.positional] if self.positional else self.valued


# Compat: spellings Docker Compose still takes, with a warning.
DEPRECATED: Final = {"volume": "volumes", "y": "yes"}


class _Parser:
    def __init__(self, flags: Iterable[Flag], words: Sequence[str]) -> None:
        self.long: dict[str, Flag] = {}
        self.short: dict[str, Flag] = {}
        for flag in flags:
            self.long[flag.long] = flag
            if flag.short:
                self.short[flag.short] = flag
        self.rest = list(reversed(words))
        self.found = Words()

    def parse(self, *, interspersed: bool) -> Words:
        while self.rest:
            word = self.rest.pop()
            if word == "--":
                break
            if word.startswith("--"):
                self.read_long(word)
            elif word.startswith("-") and word != "-":
                self.read_short(word)
            else:
                self.found.positional.append(word)
                if not interspersed:
                    break
        self.found.positional += reversed(self.rest)
        return self.found

    def read_long(self, word: str) -> None:
        name, given, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise UsageError(f"bad flag syntax: {word}")
        new = DEPRECATED.get(name, name)
        if name not in self.long and new in self.long:
            self.found.replaced.append((f"--{name}", f"--{new}"))
            name = new
        flag = self.long.get(name)
        if flag is None:
            raise UsageError(f"unknown flag: --{name}")
        if given:
            self.store(flag, value)
        elif flag.switch:
            self.store(flag, "true")
        elif self.rest:
            self.store(flag, self.rest.pop())
        else:
            raise UsageError(f"flag needs an argument: --{name}")

    def read_short(self, word: str) -> None:
        cluster = word[1:]
        while cluster:
            letter, after = cluster[0], cluster[1:]
            flag = self.short.get(letter)
            if flag is None:
                raise UsageError(f"unknown shorthand flag: '{letter}' in -{cluster}")
            if len(cluster) > 2 and after.startswith("="):
                self.store(flag, after[1:])
                return
            if flag.switch:
                self.store(flag, "true")
                cluster = after
                continue
            if not after and not self.rest:
                raise UsageError(f"flag needs an argument: '{letter}' in -{cluster}")
            self.store(flag, after or self.rest.pop())
            return

    def store(self, flag: Flag, value: str) -> None:
        if not flag.switch:
            if flag.integer:
                value = str(_integer(flag, value))
            self.found.valued.append(f"--{flag.long}={value}")
        elif value in _TRUE or value in _FALSE:
            self.found.switches[flag.name] = value in _TRUE
        else:
            raise UsageError(
                f'invalid argument "{value}" for "{flag}" flag: expected true or false'
            )


def _integer(flag: Flag, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise UsageError(
            f'invalid argument "{value}" for "{flag}" flag: expected a whole number'
        ) from None


def parse(flags: Iterable[Flag], words: Sequence[str], *, interspersed: bool = True) -> Words:
    """Return the words of a command line, told apart; not `interspersed` ends at the first word.

    Raises:
        UsageError: a flag is unknown, lacks its value, or has one of the wrong kind.

    Source: github.com/spf13/pflag parseArgs
    """
    return _Parser(flags, words).parse(interspersed=interspersed)
