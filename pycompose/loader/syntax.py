"""YAML that is none, in our words.

In comes what PyYAML found and the text, out goes one problem at the place where the reader has to
look, which is often not where the parser stopped. Nothing is raised here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import yaml

from pycompose.errors import Position, Problem
from pycompose.loader.sources import LINE_END, Source
from pycompose.loader.tree import Node, Path, Scalar, dotted
from pycompose.loader.words import show

MAX_DEPTH: Final = 200  # every later stage may recurse; hand-written files stay below 20

_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NO_SPACE: Final = re.compile(r"""\s*(?:- +)*([\w.-]+):(?=[^\s/:])[^:]*(?:\s#.*)?""")


def unprintable(source: Source) -> Problem:
    """Return where a text holds a character that no YAML text can."""
    match = _UNPRINTABLE.search(source.text)
    before = source.text[: match.start()] if match else ""
    lines = LINE_END.split(before)
    at = Position(source.name, len(lines), len(lines[-1]) + 1)
    what = f" {match[0]!a}" if match else "s"
    return Problem(
        at, "", f"control character{what} in a text file", "write it as '\\xNN' in quotes"
    )


class Open(NamedTuple):
    """A collection around the place where a parser stopped, or the last one before it."""

    path: Path
    node: Node


def syntax_problem(
    error: yaml.MarkedYAMLError, source: Source, around: Sequence[Open] = ()
) -> Problem:
    """Return what PyYAML found, at the place where the reader has to look.

    `around` are the collections that are open, and the last ones that closed inside them, from the
    outermost; the innermost may be the scalar before the mistake.
    """
    fault = _Fault(error, source, around)
    for rule in (_conflict, _tab, _quote, _space, _colon, _bracket, _indentation, _known):
        if (problem := rule(fault)) is not None:
            return problem
    return fault.problem(f"this is no valid YAML: {fault.words or error}")


class _Fault:
    """Where the parser stopped, and what it said; lines and columns count from 0."""

    def __init__(self, error: yaml.MarkedYAMLError, source: Source, around: Sequence[Open]) -> None:
        self.lines = LINE_END.split(source.text)
        self.words, self.context = error.problem or "", error.context or ""
        mark, begin = error.problem_mark or error.context_mark, error.context_mark
        self.line, self.column = (mark.line, mark.column) if mark else (0, 0)
        self.opened = (begin.line, begin.column) if begin else (self.line, self.column)
        self.here = self.lines[self.line] if self.line < len(self.lines) else ""
        self.file = source.name
        self.around = around

    def problem(
        self, message: str, hint: str = "", place: tuple[int, int] | None = None
    ) -> Problem:
        """Return the problem, at another place than where the parser stopped if one is given."""
        line, column = place or (self.line, self.column)
        return Problem(Position(self.file, line + 1, column + 1), "", message, hint)

    def parent(self, column: int) -> Open | None:
        """Return the collection whose entries stand nearest to a column; the deeper of two."""
        collections = [one for one in self.around if not isinstance(one.node, Scalar) and one.path]
        if not collections:
            return None
        return min(reversed(collections), key=lambda one: abs(one.node.at.column - 1 - column))

    def likely(self, column: int) -> str:
        """Return the hint that names the likely parent of what stands in a column."""
        parent = self.parent(column)
        if parent is None:
            return "give the keys of one mapping the same number of leading spaces"
        at = parent.node.at
        where = f"column {at.column} as in line {at.line}"
        return f"did you mean it to be under {dotted(parent.path)!r}, at {where}?"

    def before(self) -> Scalar | None:
        """Return the scalar that ended just before the place."""
        last = self.around[-1].node if self.around else None
        return last if isinstance(last, Scalar) else None


def _conflict(fault: _Fault) -> Problem | None:
    for number, line in enumerate(fault.lines):
        if line.startswith("<<<<<<< "):
            message = "a merge conflict is left in the file"
            return fault.problem(message, "keep one of the two versions", (number, 0))
    return None


def _tab(fault: _Fault) -> Problem | None:
    here, column = fault.here, fault.column
    if "\t" in here[column : column + 1] and not here[:column].strip(" \t-"):
        return fault.problem("found a tab where indentation is expected, use spaces")
    return None


def _quote(fault: _Fault) -> Problem | None:
    """Return a quote that is never closed, or closed by the next one that was meant to open."""
    message = "the quote {} opened here is never closed"
    if "quoted scalar" in fault.context and "unexpected" in fault.words:
        line, column = fault.opened
        quote = fault.lines[line][column : column + 1]
        return fault.problem(message.format(quote), _close(quote), fault.opened)
    last = fault.before()
    if fault.context not in _BLOCKS or last is None or not last.quoted:
        return None
    place = (last.at.line - 1, last.at.column - 1)
    quote = fault.lines[place[0]][place[1] : place[1] + 1]
    if quote not in ("'", '"') or not fault.here[: fault.column].strip(" "):
        return None
    if place[0] < fault.line:
        message += f", but by the one in line {fault.line + 1}"
        return fault.problem(message.format(quote), _close(quote), place)
    if fault.here[fault.column - 1 : fault.column] == quote:
        double = "''" if quote == "'" else '\\"'
        message = f"unexpected text after the closing quote {quote}"
        return fault.problem(message, f"write {double} for a quote inside the value")
    return None


def _close(quote: str) -> str:
    return f"end the value with {quote}"


def _space(fault: _Fault) -> Problem | None:
    if "find expected ':'" not in fault.words and "values are not allowed" not in fault.words:
        return None
    first = fault.opened[0] if "simple key" in fault.context else fault.line
    for row in (first, fault.line - 1):
        if 0 <= row < len(fault.lines) and (match := _NO_SPACE.fullmatch(fault.lines[row])):
            message = f"expected a space after '{match[1]}:'"
            return fault.problem(message, f"write '{match[1]}: ...'", (row, match.end(1)))
    return None


def _colon(fault: _Fault) -> Problem | None:
    """Return a text without a colon, a colon too many, or a key below a value."""
    message = "expected 'key: value', found text without a colon"
    if "find expected ':'" in fault.words:
        return fault.problem(message, _COLON, fault.opened)
    if "values are not allowed" not in fault.words:
        return None
    if ": " in fault.here[: fault.column]:
        what = "a value cannot hold ': ' unless quoted"
        return fault.problem(what, "put the whole value in quotes")
    indent = _indent(fault.here)
    above = fault.line - 1
    while above > 0 and not fault.lines[above].strip():
        above -= 1
    before = fault.lines[above] if above >= 0 else ":"
    if _indent(before) == indent and ":" not in before and before.lstrip()[:2] != "- ":
        return fault.problem(message, _COLON, (above, indent))
    what = "wrong indentation: a key cannot stand below a value"
    return fault.problem(what, fault.likely(indent), (fault.line, indent))


def _bracket(fault: _Fault) -> Problem | None:
    if "flow" not in fault.context or "expected ','" not in fault.words:
        return None
    open_, close = ("[", "]") if "sequence" in fault.context else ("{", "}")
    rest = fault.here[fault.column :] + "".join(fault.lines[fault.line + 1 :])
    if not rest.strip() or fault.line > fault.opened[0]:
        message = f"the bracket '{open_}' opened here is never closed"
        return fault.problem(message, f"end it with '{close}'", fault.opened)
    hint = f"end it with '{close}'" if rest[:1] in ("]", "}") else "put a comma between two items"
    return fault.problem(f"expected ',' or '{close}' here", hint)


def _indentation(fault: _Fault) -> Problem | None:
    if fault.context not in _BLOCKS:
        return None
    if fault.here[: fault.column].strip(" "):
        message = "unexpected text after the end of a value"
        return fault.problem(message, "put the whole value in quotes")
    item = fault.here[fault.column : fault.column + 2].rstrip() == "-"
    if fault.column != fault.opened[1]:
        what = "a list item '- '" if item else "a key"
        message = f"wrong indentation: {what} cannot stand in column {fault.column + 1}"
        return fault.problem(message, fault.likely(fault.column))
    since = f"as the lines since line {fault.opened[0] + 1} have"
    if "mapping" in fault.context:
        hint = "remove the '- '" if item else "write 'key: value'"
        return fault.problem(f"expected a key, {since}", hint)
    return fault.problem(f"expected an item '- ', {since}", "begin the line with '- '")


def _known(fault: _Fault) -> Problem | None:
    for found, message, hint in _WORDS:
        if found in fault.words or found in fault.context:
            char = show(fault.here[fault.column : fault.column + 1])
            return fault.problem(message.format(char=char), hint)
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_BLOCKS: Final = ("while parsing a block mapping", "while parsing a block collection")
_COLON: Final = "write a colon and a space after the key"
_IN_QUOTES: Final = "put the value in quotes"
_WORDS: Final = (
    # libyaml's own limit on brackets is higher than ours, but reached before it gives an event.
    ("maximum nesting depth", f"nested more than {MAX_DEPTH} levels deep", ""),
    ("cannot start any token", "no value can begin with {char}", _IN_QUOTES),
    ("violates indentation", "found a tab where indentation is expected, use spaces", ""),
    ("scanning an alias", "expected a name after '*'", "put the value in quotes if it is text"),
    ("scanning an anchor", "expected a name after '&'", "put the value in quotes if it is text"),
    ("unknown escape", "unknown escape in double quotes", "write '\\\\' for a backslash"),
    ("hexadecimal", "expected hexadecimal digits after the escape", "write '\\x1b' or '\\u2192'"),
    ("hexdecimal", "expected hexadecimal digits after the escape", "write '\\x1b' or '\\u2192'"),
    ("Unicode character escape", "the escape names no character", ""),
    (
        "entries are not allowed",
        "a list item '- ' cannot stand here",
        "begin it on a line of its own",
    ),
    ("keys are not allowed", "a key marked by '?' cannot stand here", _IN_QUOTES),
    ("node content", "expected a value, found {char}", ""),
    (
        "<document start>",
        "wrong indentation: expected nothing left of the first line",
        "begin the first line in column 1",
    ),
    (
        "block scalar",
        "only an indentation and a sign may follow '|' or '>' in its line",
        "begin the text on the next line",
    ),
    ("tag handle", "the tag begins with a handle that nothing declares", _IN_QUOTES),
    ("a tag", "the tag is never ended", _IN_QUOTES),
    ("incompatible YAML", "this file asks for a YAML version other than 1.x", "remove the line"),
    ("directive", "a line cannot begin with '%'", _IN_QUOTES),
)
