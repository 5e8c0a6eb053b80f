"""Flags and arguments as commands declare them: in the annotations of their functions.

A parameter is declared as `name: Annotated[bool, Option("-q", "--quiet", help="…")] = False`. The
parser (`flags`) reads these declarations as they are; typer is told of them where a help text is
asked for (`help`), and only there is it imported. What a shell offers for a word is in the `values`
of a flag and the `kinds` of arguments (`completion`).
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any, Literal, NamedTuple, TypeAlias, get_args, get_type_hints

# What a word names. With `=` or `:` something of the user's own follows the name; "" is that alone.
Kind: TypeAlias = Literal[
    "",
    "compose file",
    "file",
    "folder",
    "profile",
    "project",
    "service",
    "service:",
    "service=",
    "volume",
]


class Option:
    """A flag: its spellings as typed, `-q` before `--quiet`, and what help says of it.

    `values` are those it may have, or what its value names. Where there is a `bare` value, it is
    the one without another, and another needs a `=`.
    """

    __slots__ = ("bare", "help", "hidden", "metavar", "spellings", "values")

    def __init__(
        self,
        *spellings: str,
        help: str = "",
        metavar: str | None = None,
        hidden: bool = False,
        values: tuple[str, ...] | Kind = "",
        bare: str | None = None,
    ) -> None:
        self.spellings = spellings
        self.help = help
        self.metavar = metavar
        self.hidden = hidden
        self.values = values
        self.bare = bare

    @property
    def long(self) -> str:
        """The long spelling, without its dashes."""
        return next(each[2:] for each in self.spellings if each.startswith("--"))

    @property
    def short(self) -> str:
        """The one-letter spelling without its dash, "" where there is none."""
        return next((each[1:] for each in self.spellings if not each.startswith("--")), "")


class Argument:
    """The words of a command that are no flags; `metavar` is how help calls them.

    Fewer than `least` of them are refused. `kinds` are what they name, in their order; where
    `metavar` ends in `...`, the last one stands for all that follow, too. Services are those with a
    container in one of `states`; where there are none, those of the files.
    """

    __slots__ = ("kinds", "least", "metavar", "states")

    def __init__(
        self,
        metavar: str,
        *,
        least: int = 0,
        kinds: tuple[Kind | tuple[str, ...], ...] = ("service",),
        states: tuple[str, ...] = (),
    ) -> None:
        self.metavar = metavar
        self.least = least
        self.kinds = kinds
        self.states = states

    def kind(self, index: int) -> Kind | tuple[str, ...]:
        """What the word at an index, from 0, names; "" where none is expected."""
        if index < len(self.kinds):
            return self.kinds[index]
        return self.kinds[-1] if self.metavar.rstrip("]").endswith("...") else ""


class Parameter(NamedTuple):
    """One parameter of a command's function, with its declaration and the types it may have."""

    name: str
    declaration: Option | Argument
    types: tuple[Any, ...]
    default: Any

    @property
    def switch(self) -> bool:
        """Whether it takes no value unless it is written `--flag=value`."""
        return bool in self.types

    @property
    def integer(self) -> bool:
        """Whether its value is a whole number."""
        return int in self.types

    @property
    def repeated(self) -> bool:
        """Whether it may be given several times."""
        return list[str] in self.types


def parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return what a command's function declares, in its order."""
    hints = get_type_hints(function, include_extras=True)
    defaults = _defaults(function)
    return tuple(
        Parameter(name, declaration, _types(hint.__origin__), defaults[name])
        for name, hint in hints.items()
        for declaration in getattr(hint, "__metadata__", ())
    )


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the defaults of a function's parameters, without `inspect`, which costs 5 ms."""
    code: CodeType = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    given: tuple[Any, ...] = function.__defaults__ or ()
    first = len(positional) - len(given)
    named: dict[str, Any] = function.__kwdefaults__ or {}
    return {**dict(zip(positional[first:], given, strict=True)), **named}


def _types(hint: Any) -> tuple[Any, ...]:
    """Return the alternatives of a type: `int | None` is both, `list[str]` one."""
    return (hint,) if hint == list[str] else get_args(hint) or (hint,)
