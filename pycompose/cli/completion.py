"""What a shell offers for the word that is being typed, from what the commands declare.

Words before and at the cursor come in, candidates go out. Files and the engine are looked at only
for names that stand there; whatever is wrong with them, or with the line, offers nothing.

Source: the `__complete` of spf13/cobra, which the docker command asks of its plug-ins
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pycompose.cli import flags
from pycompose.cli.declared import Argument, Kind, Option, Parameter, parameters
from pycompose.cli.invocation import GlobalFlags
from pycompose.errors import PycomposeError

if TYPE_CHECKING:
    from pycompose.app.session import Session

# The directives of the last line, which are added up.
NO_SPACE: Final = 2  # the word goes on
NO_FILES: Final = 4  # where nothing is offered, files are not offered either
EXTENSIONS: Final = 8  # what is offered are extensions of files
FOLDERS: Final = 16  # folders are to be offered

PATIENCE: Final = 2.0  # seconds after which nobody wants to know any more


class Offer(NamedTuple):
    """Candidates, each with what is said of it or "", and the directive for the shell."""

    candidates: tuple[tuple[str, str], ...] = ()
    directive: int = NO_FILES

    def text(self, *, descriptions: bool) -> str:
        """Return the lines a shell's script reads: candidates, then the directive."""
        lines = [
            f"{value}\t{said}" if descriptions and said else value
            for value, said in self.candidates
        ]
        return "".join(f"{line}\n" for line in [*lines, f":{self.directive}"])


NOTHING: Final = Offer()


class _Enough(BaseException):
    """It takes too long; no error of a connection, after which another is tried."""


class Line(NamedTuple):
    """The line as far as it is understood: the global flags, the current word, and more.

    `taken` are words of the command that stand already, `declared` what it declares.
    """

    flags: GlobalFlags
    current: str
    declared: tuple[Parameter, ...]
    taken: tuple[str, ...] = ()


def complete(
    root: Callable[..., Any],
    commands: Mapping[str, str],
    module_of: Callable[[str], str],
    words: Sequence[str],
) -> Offer:
    """Return what is offered for the last of the words after the program's name.

    `commands` maps names to one line each; `module_of` finds the module of one.
    """
    try:
        with _patience():
            return _complete(root, commands, module_of, words)
    except (PycomposeError, OSError, _Enough):
        return NOTHING


def _complete(
    root: Callable[..., Any],
    commands: Mapping[str, str],
    module_of: Callable[[str], str],
    words: Sequence[str],
) -> Offer:
    *before, current = map(_home, words or [""])
    declared = parameters(root)
    at = flags.unfinished(declared, before, interspersed=False)
    line = Line(GlobalFlags.of(flags.arguments(declared, at.found)), current, declared)
    if not at.found.positional:
        if found := _flags(line, at):
            return found
        first = {name.partition(" ")[0]: "" for name in commands}
        return _offer(current, ((name, commands.get(name, "")) for name in first))
    name, *rest = at.found.positional
    if rest and f"{name} {rest[0]}" in commands:
        name = f"{name} {rest.pop(0)}"
    inside = f"{name} "
    below = [
        (each.removeprefix(inside), said)
        for each, said in commands.items()
        if each.startswith(inside)
    ]
    if name not in commands:
        return NOTHING if rest else _offer(current, below)
    command = import_module(module_of(name))
    declared = parameters(command.main)
    at = flags.unfinished(declared, rest, interspersed=getattr(command, "INTERSPERSED", True))
    line = line._replace(declared=declared, taken=tuple(at.found.positional))
    if found := _flags(line, at):
        return found
    offered = _words(line)
    if line.taken or at.ended:
        return offered
    inner = _offer(current, below).candidates
    return offered._replace(candidates=(*inner, *offered.candidates))


def _home(word: str) -> str:
    """Return a word with the user's folder in place of `~`, which no shell has replaced yet."""
    return os.path.expanduser(word) if word.startswith("~/") else word


def _offer(current: str, candidates: Iterable[tuple[str, str]], directive: int = NO_FILES) -> Offer:
    return Offer(tuple(each for each in candidates if each[0].startswith(current)), directive)


def _flags(line: Line, at: flags.Unfinished) -> Offer | None:
    """Return what is offered for a flag or its value, None where the word is neither."""
    if at.flag is not None:
        assert isinstance(at.flag.declaration, Option)
        return _named(line, at.flag.declaration.values)
    if at.ended or not line.current.startswith("-"):
        return None
    spelling, given, value = line.current.partition("=")
    options = [(each, each.declaration) for each in (flags.HELP, *line.declared)]
    if given:
        for parameter, option in options:
            if isinstance(option, Option) and spelling in option.spellings:
                values = ("true", "false") if parameter.switch else option.values
                found = _named(line._replace(current=value), values)
                return found._replace(
                    candidates=tuple((f"{spelling}={each}", said) for each, said in found[0])
                    if not found.directive & (EXTENSIONS | FOLDERS)
                    else found.candidates
                )
        return NOTHING
    return _offer(
        line.current,
        (
            (spelling, option.help)
            for parameter, option in options
            if isinstance(option, Option) and not option.hidden
            if parameter.repeated or parameter.name not in at.found.values
            for spelling in option.spellings
        ),
    )


def _words(line: Line) -> Offer:
    """Return what is offered for a word that is no flag."""
    for parameter in line.declared:
        if isinstance(parameter.declaration, Argument):
            kind = parameter.declaration.kind(len(line.taken))
            return _named(line, kind, parameter.declaration.states)
    return NOTHING


def _named(line: Line, kind: Kind | tuple[str, ...], states: tuple[str, ...] = ()) -> Offer:
    """Return what is offered where a word is one of some values, or names something."""
    if isinstance(kind, tuple):
        space = NO_SPACE if any(value.endswith("=") for value in kind) else 0
        return _offer(line.current, ((value, "") for value in kind), NO_FILES | space)
    match kind:
        case "":
            return NOTHING
        case "file":
            return Offer((), 0)
        case "folder":
            return Offer((), FOLDERS)
        case "compose file":
            return Offer((("yaml", ""), ("yml", "")), EXTENSIONS)
    end = kind[-1] if kind[-1] in "=:" else ""
    found = (f"{name}{end}" for name in _names(line, kind, states))
    directive = (0 if kind == "service:" else NO_FILES) | (NO_SPACE if end else 0)
    fresh = ((name, "") for name in found if name not in line.taken)
    return _offer(line.current, fresh, directive)


def _names(line: Line, kind: Kind, states: tuple[str, ...]) -> tuple[str, ...]:
    from pycompose.app import names

    with _session(line.flags) as session:
        match kind:
            case "profile":
                return names.profiles(session)
            case "project":
                return names.projects(session)
            case "volume":
                return names.volumes(session)
            case _ if states:
                return names.in_states(session, states)
            case _:
                return names.services(session)


@contextmanager
def _session(given: GlobalFlags) -> Iterator[Session]:
    """Open a session that tells nothing, asks nothing and reads from nowhere but this machine."""
    from contextlib import closing

    from pycompose.app.session import Session
    from pycompose.cancel import Cancel
    from pycompose.cli.settings import read

    settings = read(given)._replace(allow_remote=False)
    if "-" in settings.files:
        raise PycomposeError("standard input is the terminal's")
    session = Session(
        settings, emit=lambda _: None, confirm=lambda _: False, cancel=Cancel(), command="complete"
    )
    with closing(session):
        yield session


@contextmanager
def _patience() -> Iterator[None]:
    """Raise _Enough in what takes too long; an engine or a disk may not answer at all."""

    def enough(number: int, frame: Any) -> None:
        del number, frame
        raise _Enough

    before = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
