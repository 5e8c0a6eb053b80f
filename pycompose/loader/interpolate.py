"""The `${...}` grammar, and its use on every string of a document.

In comes a text or a node and a function that knows the variables, out goes the same with their
values in place. Keys and scalars that are no strings are left alone, and a node without a `$` is
returned as it is. What a text says around a reference is never repeated in a message. What cannot
be substituted is told, not raised: it may belong to a service that nobody uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from pycompose.errors import ComposeFileError, Owner, Position, Problem
from pycompose.loader.tree import SECTIONS, Map, Node, Path, Scalar, Seq, dotted

Lookup: TypeAlias = Callable[[str], str | None]

MAX_NESTING: Final = 100  # operands within operands; hand-written files stay below 5
# Characters that variables may add to one text, and to all of a file: references multiply.
MAX_LENGTH: Final = 2**20
MAX_TOTAL: Final = 2**25

_REFERENCE: Final = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>[_a-zA-Z][_a-zA-Z0-9]*)"
    r"|(?P<open>\{)(?P<braced>[_a-zA-Z][_a-zA-Z0-9]*)?(?P<end>\}|:?[-?+])?)"
)
_BRACE: Final = re.compile(r"[{}]")
_OPERATORS: Final = "an operator is one of ':-', '-', ':?', '?', ':+' and '+'"
_ESCAPE: Final = "write '${NAME}', '${NAME:-default}', or '$$' for a '$' itself"


class TemplateError(ValueError):
    """A text that cannot be substituted: what is wrong and, at `offset`, where."""

    def __init__(self, message: str, hint: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


class Interpolated(NamedTuple):
    """A document with its variables in place, and what was found, by whose it is.

    An attribute that could not be substituted is left out, as `!reset` would leave it out.
    """

    node: Node
    found: Mapping[Owner, tuple[Problem, ...]] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that was found, in file order."""
        return tuple(problem for problems in self.found.values() for problem in problems)


class Reference(NamedTuple):
    """A `${name<operator>operand}` in a text; operator and operand may be empty."""

    name: str
    operator: str = ""
    operand: str = ""


def references(text: str) -> Iterator[Reference]:
    """Yield the variables that a text refers to, each before those of its operand.

    What follows a malformed reference is not looked at, nor is the message of a required variable.
    """
    yield from _references(text, 0) if "$" in text else ()


def _references(text: str, depth: int) -> Iterator[Reference]:
    template, start = _Template(text, lambda name: None, None), 0
    while depth <= MAX_NESTING and (match := _REFERENCE.search(text, start)) is not None:
        start = match.end()
        if match["escaped"]:
            continue
        if name := match["named"] or (match["end"] == "}" and match["braced"]):
            yield Reference(name)
            continue
        try:
            close = template.close(match, len(text))
        except TemplateError:
            return
        operand = text[match.end() : close]
        yield Reference(match["braced"], match["end"], operand)
        if match["end"][-1] != "?":
            yield from _references(operand, depth + 1)
        start = close + 1


def substitute(text: str, lookup: Lookup, unset: Callable[[str], None] | None = None) -> str:
    """Return a text with the variables it refers to in place; an unset one is an empty string.

    `unset` is told the name of each variable that is used, not set and has no default. Operands
    (`${A:-operand}`) are substituted themselves, but only where they are used.

    Raises:
        TemplateError: a reference is malformed, or a required variable is missing.

    Source: compose-spec 12-interpolation.md
    """
    if "$" not in text:
        return text
    return _Template(text, lookup, unset).value(0, len(text), 0)


class _Template:
    """One text under substitution; works on ranges of it, so that nesting copies nothing."""

    def __init__(self, text: str, lookup: Lookup, unset: Callable[[str], None] | None) -> None:
        self.text = text
        self.lookup = lookup
        self.unset = unset
        self.closing: dict[int, int] | None = None
        self.added = 0

    def value(self, start: int, end: int, depth: int) -> str:
        """Return the range `start:end` with its references replaced."""
        if depth > MAX_NESTING:
            raise TemplateError(
                f"variables are nested more than {MAX_NESTING} levels deep", _ESCAPE, start
            )
        text, out = self.text, []
        while (match := _REFERENCE.search(text, start, end)) is not None:
            at = match.start()
            out.append(text[start:at])
            start = match.end()
            if match["escaped"]:
                out.append("$")
            elif name := match["named"] or (match["end"] == "}" and match["braced"]):
                out.append(self.within(self.plain(name), at))
            else:
                close = self.close(match, end)
                out.append(self.operate(match, close, depth))
                start = close + 1
        out.append(text[start:end])
        return "".join(out)

    def within(self, value: str, at: int) -> str:
        """Return a value; what was put in place so far must not be too long."""
        self.added += len(value)
        if self.added > MAX_LENGTH:
            message = f"variables make this text longer than {MAX_LENGTH} characters"
            raise TemplateError(message, "use shorter values", at)
        return value

    def plain(self, name: str) -> str:
        """Return the value of a variable that has neither default nor demand."""
        value = self.lookup(name)
        if value is None and self.unset is not None:
            self.unset(name)
        return value or ""

    def close(self, match: re.Match[str], end: int) -> int:
        """Return where the brace opened by a reference closes; its text must not be malformed."""
        name, at = match["braced"], match.start()
        if name is None:
            raise TemplateError("'${' is not followed by the name of a variable", _ESCAPE, at)
        if self.closing is None:
            self.closing = _closing_braces(self.text)
        close = self.closing.get(match.start("open"), end)
        if close >= end:  # braces of the operand may be unbalanced: the last one counts
            close = self.text.rfind("}", match.end(), end)
        if close < 0:
            raise TemplateError(
                f"the brace of '${{{name}' is not closed", f"write '${{{name}}}'", at
            )
        if match["end"] is None:
            expected = f"expected '}}' or an operator after '${{{name}'"
            raise TemplateError(expected, _OPERATORS, at)
        return close

    def operate(self, match: re.Match[str], close: int, depth: int) -> str:
        """Return the value of a reference with an operator."""
        name, operator = match["braced"], match["end"]
        value = self.lookup(name)
        given = value is not None and (value != "" or operator[0] != ":")
        if operator[-1] == "+":
            return self.value(match.end(), close, depth + 1) if given else ""
        if given and value is not None:
            return self.within(value, match.start())
        operand = self.value(match.end(), close, depth + 1)
        if operator[-1] == "-":
            return operand
        says = f": {_printable(operand)}" if operand else ""
        raise TemplateError(
            f"required variable '{name}' is missing a value{says}",
            f"set {name} in the environment or in an env file",
            match.start(),
        )


def _closing_braces(text: str) -> dict[int, int]:
    """Return where each brace of a text that closes does so."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif opened:
            closing[opened.pop()] = brace.start()
    return closing


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:500])


def unset_notice(name: str, at: Position, path: str = "") -> Problem:
    """Return the warning that a variable is not set."""
    message = f"variable '{name}' is not set, an empty string is used"
    hint = f"set it, or give a default: ${{{name}:-default}}"
    return Problem(at, path, message, hint, "warning")


def interpolate(node: Node, lookup: Lookup, path: Path = ()) -> Interpolated:
    """Return a document with the variables of its strings in place.

    A changed scalar is a string, whatever it looks like; the table of fields casts it later. Nodes
    tagged `!reset` are left alone. A string that is malformed or lacks a required variable is a
    problem of its owner only, an unset variable a warning of each owner. Nobody uses what stands
    in an extension (`x-`): there it stays as it is. `path` is where `node` is in its document.

    Source: compose-spec 12-interpolation.md
    """
    walk = _Walk(lookup)
    node = walk.node(node, path)
    for lost in walk.lost:
        node = _without(node, lost[len(path) :])
    return Interpolated(node, {key: tuple(each.values()) for key, each in walk.found.items()})


def owner_of(path: Path) -> Owner:
    """Return whose a value is: a service's, a resource's, else that of the section it is in."""
    length = 2 if len(path) > 2 and path[0] in SECTIONS else 1
    return tuple(map(str, path[:length]))


def _is_fixed(node: Node) -> bool:
    return type(node) is Scalar and (type(node.value) is not str or "$" not in node.value)


def _without(node: Node, path: Path) -> Node:
    """Return a document in which the value at a path of keys is tagged `!reset`."""
    if not path:
        return Scalar(None, node.at, tag="!reset")
    if not isinstance(node, Map):
        return node
    key = str(path[0])
    entries = {**node.entries, key: _without(node.entries[key], path[1:])}
    return Map(entries, node.at, node.keys, node.tag)


class _Walk:
    """Interpolates a tree; what aliases share stays shared, unless something is to be told of it.

    `lost` are the paths of the attributes that could not be substituted.
    """

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.found: dict[Owner, dict[object, Problem]] = {}
        self.lost: dict[Path, None] = {}
        self.told = 0
        self.total = 0
        self.done: dict[int, Node] = {}

    def node(self, node: Node, path: Path) -> Node:
        """Return `node` with its strings interpolated, itself where nothing changed."""
        if isinstance(node, Scalar):
            value = node.value
            if type(value) is str and "$" in value and node.tag != "!reset":
                return self.scalar(node, value, path)
            return node
        if node.tag == "!reset":
            return node
        known = self.done.get(id(node))
        if known is None:
            before = self.told
            known = self.entries(node, path) if isinstance(node, Map) else self.items(node, path)
            if self.told == before:
                self.done[id(node)] = known
        return known

    def entries(self, node: Map, path: Path) -> Map:
        """Return a mapping with its values interpolated."""
        changed: dict[str, Node] = {}
        for key, value in node.entries.items():
            if not _is_fixed(value):
                new = self.node(value, (*path, key))
                if new is not value:
                    changed[key] = new
        return Map({**node.entries, **changed}, node.at, node.keys, node.tag) if changed else node

    def items(self, node: Seq, path: Path) -> Seq:
        """Return a list with its items interpolated."""
        changed = False
        items: list[Node] = []
        for index, item in enumerate(node.items):
            new = item if _is_fixed(item) else self.node(item, (*path, index))
            changed = changed or new is not item
            items.append(new)
        return Seq(tuple(items), node.at, node.tag) if changed else node

    def scalar(self, node: Scalar, text: str, path: Path) -> Scalar:
        """Return a string interpolated; note what is wrong with it."""

        def unset(name: str) -> None:
            self.tell(path, name, unset_notice(name, node.at, dotted(path)))

        try:
            value = substitute(text, self.lookup, unset)
        except TemplateError as error:
            problem = Problem(node.at, dotted(path), error.message, error.hint)
            if str(path[0] if path else "").startswith("x-"):
                problem = problem._replace(severity="warning")
            else:
                self.lost[_attribute(path)] = None
            self.tell(path, (node.at, error.message), problem)
            return node
        self.total += len(value)
        if self.total > MAX_TOTAL:
            message = f"variables make the texts of this file longer than {MAX_TOTAL} characters"
            raise ComposeFileError(Problem(node.at, dotted(path), message, "use shorter values"))
        return Scalar(value, node.at, node.text, True, node.tag)

    def tell(self, path: Path, key: object, problem: Problem) -> None:
        """Note a problem, once for each owner."""
        self.told += 1
        self.found.setdefault(owner_of(path), {}).setdefault(key, problem)


def _attribute(path: Path) -> Path:
    """Return the path of the attribute that a value is part of: keys only, three at most."""
    keys = (index for index, part in enumerate(path[:3]) if isinstance(part, int))
    return path[: next(keys, 3)]
