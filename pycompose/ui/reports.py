"""Errors and warnings for programs: JSON lines, GitHub's workflow commands, the form of compilers.

In comes an error, or one problem, out comes text, a line for each problem and note. Errors that
are not about a file have the same shape without a place. No control character comes through.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from pycompose.errors import ApplyError, ComposeFileError, ErrorFormat, Problem, Severity
from pycompose.ui.problems import describe, in_order
from pycompose.ui.text import printable

_PROGRAM: Final = "pycompose"  # stands where compilers name the file


def report(error: Exception, form: ErrorFormat) -> str:
    """Return an error in a format, each of its problems on lines of its own."""
    if isinstance(error, ComposeFileError):
        return "\n".join(problem(item, form) for item in in_order(error.problems))
    if isinstance(error, ApplyError):
        causes = (f"{resource}: {cause.message}" for resource, cause in error.failures)
        return "\n".join(message(cause, form) for cause in causes)
    return message(describe(error), form)


def docker_json(error: Exception) -> str:
    """Return an error as Docker Compose puts it with `--progress json`: one object for all of it.

    Source: docker/compose v5 cmd/compose/compose.go
    """
    return _object(error=True, message=describe(error))


def problem(item: Problem, form: ErrorFormat) -> str:
    """Return one problem of a file in a format."""
    return _PROBLEM[form](item)


def message(text: str, form: ErrorFormat, severity: Severity = "error") -> str:
    """Return what is about no file in a format."""
    return _MESSAGE[form](text, severity)


def _text(item: Problem) -> str:
    label = "warning: " if item.severity == "warning" else ""
    return printable(f"{label}{item}", lines=True)


def _text_message(text: str, severity: Severity) -> str:
    label = "warning: " if severity == "warning" else ""
    return printable(f"{label}{text}", lines=True)


# Source: schemas/problem.schema.json


def _json(item: Problem) -> str:
    file, line, column = item.at
    chain = [
        {"how": link.how, "file": link.at.file, "line": link.at.line, "column": link.at.column}
        for link in item.chain
    ]
    return _object(
        severity=item.severity,
        file=file,
        line=line,
        column=column,
        path=item.path,
        message=item.message,
        hint=item.hint,
        chain=chain,
    )


def _json_message(text: str, severity: Severity) -> str:
    return _object(
        severity=severity,
        file=None,
        line=None,
        column=None,
        path="",
        message=text,
        hint="",
        chain=[],
    )


def _object(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))


# Source: https://github.com/actions/toolkit packages/core/src/command.ts


def workflow_command(severity: Severity, text: str, **properties: str | int) -> str:
    """Return the command by which a GitHub workflow shows a text; properties tell where."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{severity}{' ' if listed else ''}{listed}::{_data(text)}"


def _github(item: Problem) -> str:
    file, line, column = item.at
    text = _sentence(item, chain=True)
    return workflow_command(item.severity, text, file=file, line=line, col=column)


def _github_message(text: str, severity: Severity) -> str:
    return workflow_command(severity, text)


def _data(text: str) -> str:
    text = printable(text, lines=True)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# Source: https://www.gnu.org/prep/standards/html_node/Errors.html


def _gcc(item: Problem) -> str:
    lines = [f"{item.at}: {item.severity}: {_sentence(item)}"]
    lines += [f"{link.at}: note: {link.how} here" for link in item.chain]
    return "\n".join(_line(line) for line in lines)


def _gcc_message(text: str, severity: Severity) -> str:
    return _line(f"{_PROGRAM}: {severity}: {text}")


def _line(text: str) -> str:
    return printable(" ".join(text.splitlines()))


def _sentence(item: Problem, *, chain: bool = False) -> str:
    """Return a problem without its place."""
    kept = item if chain else item._replace(chain=())
    return str(kept).removeprefix(f"{item.at}:").lstrip()


_PROBLEM: Final[Mapping[ErrorFormat, Callable[[Problem], str]]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "gcc": _gcc,
}
_MESSAGE: Final[Mapping[ErrorFormat, Callable[[str, Severity], str]]] = {
    "text": _text_message,
    "json": _json_message,
    "github": _github_message,
    "gcc": _gcc_message,
}
