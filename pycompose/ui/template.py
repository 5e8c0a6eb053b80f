"""The part of Go's templates that `--format` is used with; pure.

`{{.Name}}`, `{{.Label "a.b"}}`, `{{json .}}`, `{{upper .Name}}`, `{{.Name | lower}}`, literals,
and `\\t` and `\\n` in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pycompose.errors import UsageError
from pycompose.ui.text import printable

_ACTION: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_WORD: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\||[^\s|"`]+)')
_FUNCTIONS: Final[Mapping[str, Callable[[Any], str]]] = {
    "json": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    "lower": lambda value: str(value).lower(),
    "upper": lambda value: str(value).upper(),
    "title": lambda value: str(value).title(),
    "len": lambda value: str(len(value)),
    "print": str,
    "println": lambda value: f"{value}\n",
}


class Template:
    """A template, ready to be filled in with the fields of each row.

    Raises:
        UsageError: it holds something that is not supported.
    """

    def __init__(self, text: str) -> None:
        text = text.replace("\\t", "\t").replace("\\n", "\n")
        if text.count("{{") != text.count("}}"):
            raise UsageError(f"template parsing error: unclosed action in '{printable(text)}'")
        parts = _ACTION.split(text)
        self.literals = parts[0::2]
        self.actions = [_pipeline(action) for action in parts[1::2]]

    def check(self, names: Mapping[str, Any]) -> None:
        """Check that every field is one of `names`.

        Raises:
            UsageError: one is not.
        """
        for pipeline in self.actions:
            for command in pipeline:
                for word in command:
                    name = word[1:]
                    if word.startswith(".") and name and name not in names and name != "Label":
                        known = ", ".join(sorted(names))
                        raise UsageError(
                            f"template parsing error: no field '{name}', expected one of {known}"
                        )

    def render(self, row: Mapping[str, Any], *, header: bool = False) -> str:
        """Return the text for one row; for the `header`, functions are left out."""
        filled = [self.literals[0]]
        for pipeline, literal in zip(self.actions, self.literals[1:], strict=True):
            value: Any = _MISSING
            for command in pipeline:
                value = _header(command, row) if header else _value(command, row, value)
                if header:
                    break
            filled += [printable(_text(value), lines=True), literal]
        return "".join(filled)


_MISSING: Final = object()


def _pipeline(action: str) -> list[list[str]]:
    """Return an action's commands, each one a list of words."""
    commands: list[list[str]] = [[]]
    for word in _WORD.findall(action):
        if word == "|":
            commands.append([])
        else:
            commands[-1].append(word)
    for command in commands:
        supported = command and (
            command[0][0] in '."`' or (command[0] in _FUNCTIONS and len(command) <= 2)
        )
        if not supported:
            raise UsageError(
                f"template parsing error: '{printable(action)}' is not supported, expected a"
                f" field such as '.Name' or one of {', '.join(_FUNCTIONS)}"
            )
    return commands


def _value(command: list[str], row: Mapping[str, Any], piped: Any) -> Any:
    head, *words = command
    if head in _FUNCTIONS:
        return _FUNCTIONS[head](_operand(words[0], row) if words else piped)
    if head == ".Label" and words:
        labels = dict(entry.partition("=")[::2] for entry in row["Labels"].split(","))
        return labels.get(_operand(words[0], row), "")
    return _operand(head, row)


def _operand(word: str, row: Mapping[str, Any]) -> Any:
    if word.startswith("`"):
        return word[1:-1]
    if word.startswith('"'):
        return json.loads(word)
    return row if word == "." else row[word[1:]]


def _header(command: list[str], row: Mapping[str, Any]) -> str:
    if command[0] == ".Label" and len(command) > 1:
        return str(_operand(command[1], row)).rpartition(".")[2]
    named = next((word for word in command if word.startswith(".") and word != "."), "")
    return str(row[named[1:]]) if named else ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' '.join(_text(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{' '.join(_text(item) for item in value.values())}}}"
    return str(value)
