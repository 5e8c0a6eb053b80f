"""Where a value comes from, what it overruled, and by which rule.

In go a project, the trace of its load and a path such as `services.web.ports[0].target`; out comes
an explanation. Nothing is read here: all places are known by then.

Source: https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose.convert.document import yaml_document
from pycompose.errors import Position, UsageError
from pycompose.loader.interpolate import references
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.trace import Overruled, Trace
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted, plain
from pycompose.model.project import Project
from pycompose.model.values import Json

# A Compose file; an env file of a service; an env file of the project (`.env`, `--env-file`); the
# process environment; -p; the name of the project directory; nowhere, as no file gives it.
Kind: TypeAlias = Literal[
    "file", "env_file", "dotenv", "shell", "command line", "directory", "default", "unset"
]

_PART: Final = re.compile(r"""\.?([^.\[\]"']+)|\[(\d+)\]|\[(["'])(.*?)\3\]|\.(?=$)""")
_RULES: Final = {
    "override": "a later file wins over an earlier one",
    "document": "a later document of a file wins over an earlier one",
    "extends": "a service wins over the one that it extends",
    "include": "a file wins over those that it includes",
    "env_file": "a later env_file wins over an earlier one",
    "environment": "environment wins over env_file",
    "shell": "the shell wins over env files",
    "dotenv": "a later env file wins over an earlier one",
}
_INHERITED: Final = "a variable without a value takes that of the project's environment"
_DEFAULT: Final = "no file gives it, it is a default"


class Origin(NamedTuple):
    """Where a value was written; `at` is None where that is no file."""

    kind: Kind
    at: Position | None = None

    @property
    def short(self) -> str:
        """The file and the line, else the kind."""
        return f"{self.at.file}:{self.at.line}" if self.at is not None else self.kind


class Loser(NamedTuple):
    """A value that gave way, and why."""

    value: Json
    origin: Origin
    why: str


class Variable(NamedTuple):
    """A variable that went into a value; `value` is None where it is not set."""

    name: str
    value: str | None
    origin: Origin
    overruled: tuple[Loser, ...] = ()


class Explanation(NamedTuple):
    """One value of the model.

    `text` is what is written at its place, if that holds variables. `overruled` are in order of
    precedence: the last one would count if all others went away.
    """

    path: str
    value: Json
    origin: Origin
    why: str = ""
    text: str = ""
    variables: tuple[Variable, ...] = ()
    overruled: tuple[Loser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """Explains the values of one project.

    `shell` is the process environment, `named` the project's name where the command line gave it.
    """

    project: Project
    trace: Trace
    shell: Mapping[str, str]
    named: str = ""

    def explain(self, text: str) -> Explanation:
        """Return where the value at a path comes from; services may be disabled.

        Raises:
            UsageError: there is no value at this path.
        """
        services = {**self.project.services, **self.project.disabled}
        shown = yaml_document(replace(self.project, services=services, disabled={}))
        path, value = resolve(shown, text)
        if path == ("name",):
            return self.name(value)
        node, written = self.node(path), _find(self.trace.written, path)
        name = str(path[-1])
        if _is_variable(path) and written is None and node is not None:
            origin = Origin("env_file", node.at)
        elif written is None and node is not None:
            origin = Origin("default")
        else:
            origin = Origin("file", self.place(path))
        if node is None:
            return Explanation(dotted(path), value, origin)
        losers = tuple(self.losers(path))
        why = losers[0].why if losers else _DEFAULT if origin.kind == "default" else ""
        if _inherits(path) and value is not None and _is_null(written):
            used = (self.variable(name, self.project.environment),)
            return Explanation(dotted(path), value, origin, _INHERITED, "", used, losers)
        template = self.trace.texts.get(node.at, "") if isinstance(node, Scalar) else ""
        known = self.trace.environments.get(node.at.file, self.project.environment)
        names = dict.fromkeys(each.name for each in references(template))
        variables = tuple(self.variable(each, known) for each in names)
        return Explanation(dotted(path), value, origin, why, template, variables, losers)

    def origin(self, path: Path) -> Origin:
        """Return where the value at a path comes from, without the rest."""
        written = _find(self.trace.written, path)
        node = self.node(path)
        if path == ("name",):
            return self.name("").origin
        if node is None or written is not None:
            if _inherits(path) and _is_null(written) and not _is_null(node):
                return self.variable(str(path[-1]), self.project.environment).origin
            return Origin("file", self.place(path))
        return Origin("env_file", node.at) if _is_variable(path) else Origin("default")

    def node(self, path: Path) -> Node | None:
        """Return the node at a path, None where the model is written in another shape."""
        return _find(self.trace.document, path)

    def place(self, path: Path) -> Position | None:
        """Return where the value at a path is written, or the nearest one around it."""
        node: Node | None = self.trace.document
        found: Position | None = None
        for part in path:
            below = _child(node, part)
            if below is None:
                break
            is_key = isinstance(node, Map) and not isinstance(below, Scalar)
            found = node.key_at(str(part)) if isinstance(node, Map) and is_key else below.at
            node = below
        return found

    def name(self, value: Json) -> Explanation:
        """Return where the project's name comes from."""
        name = "COMPOSE_PROJECT_NAME"
        given = self.trace.written.get("name")
        losers: list[Loser] = []
        if given is not None:
            why = "the name asked for wins over that of the files"
            losers.append(Loser(plain(given), Origin("file", given.at), why))
        assigned = self.trace.assigned.get(name)
        if self.named and self.shell.get(name) == self.named:
            origin = Origin("shell")
        elif self.named and not (assigned and assigned[0].value == self.named):
            origin = Origin("command line")
        elif assigned and assigned[0].value:
            origin = Origin("dotenv", assigned[0].at)
        elif losers:
            origin = losers.pop().origin
        else:
            return Explanation("name", value, Origin("directory"), "the project has no other name")
        why = losers[0].why if losers else ""
        text = self.trace.texts.get(origin.at, "") if origin.at else ""
        names = dict.fromkeys(each.name for each in references(text))
        variables = tuple(self.variable(each, self.project.environment) for each in names)
        return Explanation("name", value, origin, why, text, variables, tuple(losers))

    def variable(self, name: str, environment: Mapping[str, str]) -> Variable:
        """Return where the value of a variable comes from."""
        assigned = list(self.trace.assigned.get(name, ()))
        value = environment.get(name)
        if value is None:
            return Variable(name, None, Origin("unset"))
        if name in self.shell:
            losers = (Loser(it.value, Origin("dotenv", it.at), _RULES["shell"]) for it in assigned)
            return Variable(name, value, Origin("shell"), tuple(losers))
        first = next((it for it in assigned if it.value == value), None)
        if first is None:
            return Variable(name, value, Origin("directory"))
        assigned.remove(first)
        losers = (Loser(it.value, Origin("dotenv", it.at), _RULES["dotenv"]) for it in assigned)
        return Variable(name, value, Origin("dotenv", first.at), tuple(losers))

    def losers(self, path: Path) -> Iterator[Loser]:
        """Yield the values that gave way to the one at a path, or to what it is part of."""
        for length in range(len(path), 1, -1):
            node = self.node(path[:length])
            if node is None:
                continue
            found = list(self.overruled(node.at, path[:length]))
            # Env files are read last, yet all that is written in Compose files wins over them.
            for each in sorted(found, key=lambda it: it.rule in ("environment", "env_file")):
                value = _find(each.loser, path[length:])
                if value is not None:
                    kind: Kind = "env_file" if each.rule in ("env_file", "environment") else "file"
                    yield Loser(plain(value), Origin(kind, value.at), _RULES[_rule(each)])

    def overruled(self, at: Position, path: Path) -> Iterator[Overruled]:
        """Yield what gave way to the value at a place, and what had given way to that before."""
        pending, seen = [at], {at}
        while pending:
            for each in reversed(self.trace.overruled.get(pending.pop(0), ())):
                if _unnamed(each.path) == _unnamed(path) and each.loser.at not in seen:
                    seen.add(each.loser.at)
                    pending.append(each.loser.at)
                    yield each


def resolve(shown: Json, text: str) -> tuple[Path, Json]:
    """Return the path that a text names, and the value there; keys may hold dots.

    Raises:
        UsageError: there is nothing at this path.
    """
    parts, value, start = _parts(text), shown, 0
    path: Path = ()
    while start < len(parts):
        ends = range(len(parts), start, -1)
        keys = ((".".join(map(str, parts[start:end])), end) for end in ends)
        if isinstance(value, dict):
            found = next(((key, end) for key, end in keys if key in value), None)
            if found is None:
                raise _unknown(path, str(parts[start]), value)
            key, start = found
            path, value = (*path, key), value[key]
        elif isinstance(value, list) and str(parts[start]).isdecimal():
            index, start = int(parts[start]), start + 1
            if index >= len(value):
                count = len(value)
                raise UsageError(f"{dotted(path)} has {count} items, the last is [{count - 1}]")
            path, value = (*path, index), value[index]
        else:
            raise _unknown(path, str(parts[start]), {})
    return path, value


def _parts(text: str) -> list[str | int]:
    parts: list[str | int] = []
    end = 0
    for match in _PART.finditer(text):
        if match.start() != end or match[0] == ".":
            break
        end = match.end()
        parts.append(int(match[2]) if match[2] else match[1] or match[4])
    if end != len(text) or not parts:
        raise UsageError(f"{text!r} is no path, write 'services.web.ports[0].target'")
    return parts


def _unknown(path: Path, key: str, known: Mapping[str, Json]) -> UsageError:
    hint = did_you_mean(key, known)
    where = dotted(path) or "the project"
    return UsageError(f"{where} has no {key!r}" + (f" ({hint})" if hint else ""))


def _child(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, Map) and isinstance(part, str):
        return node.get(part)
    if isinstance(node, Seq) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


def _find(node: Node | None, path: Sequence[str | int]) -> Node | None:
    for part in path:
        node = _child(node, part)
    return node


def _is_variable(path: Path) -> bool:
    return len(path) == 4 and (path[0], path[2]) == ("services", "environment")


def _inherits(path: Path) -> bool:
    """Whether a value that is not given is taken from the project's environment."""
    return _is_variable(path) or (path[:1] == ("services",) and path[2:4] == ("build", "args"))


def _is_null(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _unnamed(path: Path) -> Path:
    """Return a path to compare: items move within lists, and services extend others."""
    start = 2 if path[:1] == ("services",) else 0
    return tuple("[]" if isinstance(part, int) else part for part in path[start:])


def _rule(overruled: Overruled) -> str:
    same = overruled.winner.at.file == overruled.loser.at.file
    return "document" if overruled.rule == "override" and same else overruled.rule
