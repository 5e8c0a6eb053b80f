"""Words of a command line, told apart as pflag does, Docker Compose's parser.

What differs from the usual parsers of Python: `--flag=false`, a value that begins with a dash, and
the error messages. Pure: declared parameters and words in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from pycompose.cli.declared import Argument, Option, Parameter
from pycompose.errors import UsageError

_TRUE: Final = ("1", "t", "T", "true", "TRUE", "True")
_FALSE: Final = ("0", "f", "F", "false", "FALSE", "False")


class Words:
    """A parsed command line: values of the flags that were given, and the positional words.

    `values` are by parameter: bool of a switch, int, str, or a list of str of a repeated flag.
    `replaced` are the deprecated spellings that were met, as (old, new).
    """

    __slots__ = ("positional", "replaced", "values")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.positional: list[str] = []
        self.replaced: list[tuple[str, str]] = []


# Compat: spellings Docker Compose still takes, with a warning.
DEPRECATED: Final = {"volume": "volumes", "y": "yes"}
# Other spellings that Docker Compose takes without a word.
ALIASES: Final = {"no-TTY": "no-tty", "labels": "label", "volumes": "volume"}


# What every command has; its value says that help is asked for.
HELP: Final = Parameter("help", Option("-h", "--help", help="Show this message"), (bool,), False)


class _Parser:
    def __init__(self, parameters: Iterable[Parameter], words: Sequence[str]) -> None:
        self.long: dict[str, Parameter] = {}
        self.short: dict[str, Parameter] = {}
        for parameter in (HELP, *parameters):
            if isinstance(parameter.declaration, Option):
                self.long[parameter.declaration.long] = parameter
                if parameter.declaration.short:
                    self.short[parameter.declaration.short] = parameter
        self.rest = list(reversed(words))
        self.found = Words()
        self.lacking: tuple[Parameter, str] | None = None  # a flag without its value, and its text
        self.ended = False  # what follows are no flags any more

    def parse(self, *, interspersed: bool) -> Words:
        while self.rest:
            word = self.rest.pop()
            if word == "--":
                self.ended = True
                break
            if word.startswith("--"):
                self.read_long(word)
            elif word.startswith("-") and word != "-":
                self.read_short(word)
            else:
                self.found.positional.append(word)
                if not interspersed:
                    self.ended = True
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
        elif name not in self.long:
            name = ALIASES.get(name, name)
        flag = self.long.get(name)
        if flag is None:
            raise UsageError(f"unknown flag: --{name}")
        if given:
            self.store(flag, value)
        elif (bare := _bare(flag)) is not None:
            self.store(flag, bare)
        elif self.rest:
            self.store(flag, self.rest.pop())
        else:
            self.lacking = flag, f"--{name}"

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
            if (bare := _bare(flag)) is not None:
                self.store(flag, bare)
                cluster = after
                continue
            if not after and not self.rest:
                self.lacking = flag, f"'{letter}' in -{cluster}"
                return
            self.store(flag, after or self.rest.pop())
            return

    def store(self, flag: Parameter, value: str) -> None:
        values = self.found.values
        if flag.switch:
            values[flag.name] = _true(flag, value)
        elif flag.integer:
            values[flag.name] = _integer(flag, value)
        elif flag.repeated:
            values.setdefault(flag.name, []).append(value)
        else:
            values[flag.name] = value


def _bare(flag: Parameter) -> str | None:
    """Return the value of a flag that is given without one, None where it needs one."""
    assert isinstance(flag.declaration, Option)
    return "true" if flag.switch else flag.declaration.bare


def _true(flag: Parameter, value: str) -> bool:
    if value not in _TRUE and value not in _FALSE:
        raise _wrong(flag, value, "true or false")
    return value in _TRUE


def _integer(flag: Parameter, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise _wrong(flag, value, "a whole number") from None


def _wrong(flag: Parameter, value: str, expected: str) -> UsageError:
    assert isinstance(flag.declaration, Option)
    spelling = ", ".join(flag.declaration.spellings)
    return UsageError(f'invalid argument "{value}" for "{spelling}" flag: expected {expected}')


def parse(
    parameters: Iterable[Parameter], words: Sequence[str], *, interspersed: bool = True
) -> Words:
    """Return the words of a command line, told apart; not `interspersed` ends at the first word.

    Raises:
        UsageError: a flag is unknown, lacks its value, or has one of the wrong kind.

    Source: github.com/spf13/pflag parseArgs
    """
    parser = _Parser(parameters, words)
    found = parser.parse(interspersed=interspersed)
    if parser.lacking:
        raise UsageError(f"flag needs an argument: {parser.lacking[1]}")
    return found


class Unfinished(NamedTuple):
    """A command line that goes on: `flag` is the one whose value comes next, if one does.

    `ended` says that no flag can follow.
    """

    found: Words
    flag: Parameter | None
    ended: bool


def unfinished(
    parameters: Iterable[Parameter], words: Sequence[str], *, interspersed: bool = True
) -> Unfinished:
    """Return the words of a command line that is still being typed, told apart.

    Raises:
        UsageError: a flag is unknown, or has a value of the wrong kind.
    """
    parser = _Parser(parameters, words)
    found = parser.parse(interspersed=interspersed)
    return Unfinished(found, parser.lacking[0] if parser.lacking else None, parser.ended)


def arguments(parameters: Iterable[Parameter], found: Words) -> dict[str, Any]:
    """Return a value for every parameter: what was given, else its default."""
    return {
        parameter.name: found.values.get(parameter.name, parameter.default)
        if isinstance(parameter.declaration, Option)
        else found.positional or parameter.default
        for parameter in parameters
    }


def check_words(parameters: Iterable[Parameter], words: Sequence[str], command: str) -> None:
    """Check that a command gets the words it takes: none, any, or at least some.

    Raises:
        UsageError: it gets others.
    """
    for parameter in parameters:
        if isinstance(parameter.declaration, Argument):
            least = parameter.declaration.least
            if len(words) < least:
                some = "argument" if least == 1 else "arguments"
                raise UsageError(f"'{command}' requires at least {least} {some}")
            return
    if words:
        raise UsageError(f'unknown command "{words[0]}" for "{command}"')
