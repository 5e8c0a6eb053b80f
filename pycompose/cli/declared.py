"""Flags and arguments as commands declare them: in the annotations of their functions.

A parameter is declared as `name: Annotated[bool, Option("-q", "--quiet", help="…")] = False`. The
parser (`flags`) reads these declarations as they are; typer is told of them where a help text is
asked for (`help`), and only there is it imported.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple, get_args, get_type_hints


class Option:
    """A flag: its spellings as typed, `-q` before `--quiet`, and what help says of it."""

    __slots__ = ("help", "hidden", "metavar", "spellings")

    def __init__(
        self, *spellings: str, help: str = "", metavar: str | None = None, hidden: bool = False
    ) -> None:
        self.spellings = spellings
        self.help = help
        self.metavar = metavar
        self.hidden = hidden

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

    Fewer than `least` of them are refused.
    """

    __slots__ = ("least", "metavar")

    def __init__(self, metavar: str, *, least: int = 0) -> None:
        self.metavar = metavar
        self.least = least


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
