"""YAML that is none, in our words.

In comes what PyYAML found and the text, out goes one problem at the place where the reader has to
look, which is often not where the parser stopped. Nothing is raised here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import yaml

from pycompose.errors import Position, Problem
from pycompose.loader.sources import Source
from pycompose.loader.words import show

MAX_DEPTH: Final = 200  # every later stage may recurse; hand-written files stay below 20

_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NO_SPACE: Final = re.compile(r"""\s*(?:- +)*([\w.-]+):(?=[^\s/:])[^:]*(?:\s#.*)?""")
_LINE_END: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def unprintable(source: Source) -> Problem:
    """Return where a text holds a character that no YAML text can."""
    match = _UNPRINTABLE.search(source.text)
    before = source.text[: match.start()] if match else ""
    lines = _LINE_END.split(before)
    at = Position(source.name, len(lines), len(lines[-1]) + 1)
    what = f" {match[0]!a}" if match else "s"
    return Problem(
        at, "", f"control character{what} in a text file", "write it as '\\xNN' in quotes"
    )


def syntax_problem(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    """Return what PyYAML found, at the place where the reader has to look."""
    lines = _LINE_END.split(source.text)
    words, context = error.problem or "", error.context or ""
    mark, begin = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    here = lines[line] if line < len(lines) else ""
    ended = not here[column:].strip() and not "".join(lines[line + 1 :]).strip()
    opened = (begin.line, begin.column) if begin else (line, column)

    def problem(message: str, hint: str = "", place: tuple[int, int] = (line, column)) -> Problem:
        return Problem(Position(source.name, place[0] + 1, place[1] + 1), "", message, hint)

    if "\t" in here[column : column + 1] and not here[:column].strip(" \t-"):
        return problem("found a tab where indentation is expected, use spaces")
    if "quoted scalar" in context and "unexpected" in words:
        quote = lines[opened[0]][opened[1] : opened[1] + 1]
        return problem(f"the quote {quote} opened here is never closed", "", opened)
    missing = _missing_space(lines, line, opened[0] if "simple key" in context else line)
    if missing is not None and ("find expected ':'" in words or "values are not allowed" in words):
        row, match = missing
        message = f"expected a space after '{match[1]}:'"
        return problem(message, f"write '{match[1]}: ...'", (row, match.end(1)))
    if "find expected ':'" in words:
        return problem("expected 'key: value', found text without a colon", "", opened)
    if "values are not allowed" in words:
        return _unexpected_colon(problem, here, column)
    if "flow" in context and "expected ','" in words:
        return _unclosed(problem, context, len(lines) if ended else line, opened)
    if context in ("while parsing a block mapping", "while parsing a block collection"):
        return _unexpected_text(problem, context, here, column, opened)
    for found, message in _WORDS:
        if found in words or found in context:
            return problem(message.format(char=show(here[column : column + 1])))
    return problem(f"this is no valid YAML: {words or error}")


def _missing_space(lines: list[str], line: int, first: int) -> tuple[int, re.Match[str]] | None:
    for row in (first, line - 1):
        if 0 <= row < len(lines) and (match := _NO_SPACE.fullmatch(lines[row])):
            return row, match
    return None


def _unexpected_colon(problem: Callable[..., Problem], here: str, column: int) -> Problem:
    if ": " in here[:column]:
        return problem("a value cannot hold ': ' unless quoted", "put the whole value in quotes")
    return problem(
        "wrong indentation: a key cannot stand below a value",
        "give the keys of one mapping the same number of leading spaces",
    )


def _unclosed(
    problem: Callable[..., Problem], context: str, line: int, opened: tuple[int, int]
) -> Problem:
    open_, close = ("[", "]") if "sequence" in context else ("{", "}")
    if line > opened[0]:
        return problem(f"the bracket '{open_}' opened here is never closed", "", opened)
    return problem(f"expected ',' or '{close}' here")


def _unexpected_text(
    problem: Callable[..., Problem],
    context: str,
    here: str,
    column: int,
    opened: tuple[int, int],
) -> Problem:
    if here[:column].strip(" "):
        return problem("unexpected text after the end of a value", "put the whole value in quotes")
    what = "a key" if "mapping" in context else "an item '- '"
    where = f"column {opened[1] + 1} as in line {opened[0] + 1}"
    if column != opened[1]:
        return problem(f"wrong indentation: expected {what} at {where}")
    return problem(f"expected {what}, as the lines since line {opened[0] + 1} have")


_WORDS: Final = (
    # libyaml's own limit on brackets is higher than ours, but reached before it gives an event.
    ("maximum nesting depth", f"nested more than {MAX_DEPTH} levels deep"),
    ("cannot start any token", "no value can begin with {char}, put it in quotes"),
    ("violates indentation", "found a tab where indentation is expected, use spaces"),
    ("scanning an alias", "expected a name after '*', or quotes around the value"),
    ("scanning an anchor", "expected a name after '&', or quotes around the value"),
    ("unknown escape", "unknown escape in double quotes; write '\\\\' for a backslash"),
    ("hexadecimal", "expected hexadecimal digits after the escape"),
    ("hexdecimal", "expected hexadecimal digits after the escape"),
    ("Unicode character escape", "the escape names no character"),
    (
        "entries are not allowed",
        "a list item '- ' cannot stand here, begin it on a line of its own",
    ),
    ("keys are not allowed", "a key marked by '?' cannot stand here"),
    ("node content", "expected a value, found {char}"),
    ("<document start>", "wrong indentation: expected nothing left of the first line"),
    ("block scalar", "only an indentation and a sign may follow '|' or '>' in its line"),
    ("tag handle", "the tag begins with a handle that nothing declares"),
    ("a tag", "the tag is never ended"),
    ("incompatible YAML", "this file asks for a YAML version other than 1.x"),
    ("directive", "a line cannot begin with '%'"),
)
