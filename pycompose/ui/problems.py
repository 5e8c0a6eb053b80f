"""An error as text: every problem with its place, on a terminal with the line it is about."""

from __future__ import annotations

from typing import Final

from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.ui.text import cells, fit, printable

_WIDEST: Final = 160  # columns of a source line that are shown


def describe(error: Exception, *, source: bool = False) -> str:
    """Return an error as the user sees it; with `source`, the lines it is about stand below.

    Control characters never reach the terminal.
    """
    if isinstance(error, ComposeFileError):
        return "\n".join(problem(item, source=source) for item in in_order(error.problems))
    if isinstance(error, OSError) and error.strerror:
        name = f"{error.filename}: " if error.filename else ""
        return printable(f"{name}{error.strerror.lower()}")
    return printable(str(error), lines=True)


def in_order(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return problems in file order; the files stay in the order in which they were read."""
    files = list(dict.fromkeys(item.at.file for item in problems))
    return sorted(problems, key=lambda p: (files.index(p.at.file), p.at.line, p.at.column))


def problem(item: Problem, *, source: bool = False) -> str:
    """Return one problem as text; with `source`, what led to its file stands below the line."""
    label = "warning: " if item.severity == "warning" else ""
    if not source:
        return printable(f"{label}{item}")
    text = printable(f"{label}{item._replace(chain=())}")
    chain = [printable(f"   {link}") for link in item.chain]
    return "\n".join(filter(None, (text, _source(item), *chain)))


def _source(item: Problem) -> str:
    """Return the line a problem is about, and a caret under its column; "" where it is gone."""
    return excerpt(item.at, _line(item.at.file, item.at.line))


def excerpt(at: Position, line: str) -> str:
    """Return a line of a file with its number, and a caret under a place; "" for an empty line."""
    line = line.rstrip().replace("\t", " ")
    if not line:
        return ""
    before = printable(line[: at.column - 1])
    text = fit(printable(line), _WIDEST)
    caret = f"\n{' ' * (len(str(at.line)) + 3 + cells(before) + 1)}^"
    return f" {at.line} | {text}" + (caret if cells(before) < _WIDEST else "")


def _line(path: str, number: int) -> str:
    from pycompose.files.disk import DiskSources
    from pycompose.loader.sources import LINE_END

    try:
        text = DiskSources("").read(path).text
    except (OSError, ComposeFileError):
        return ""
    lines = LINE_END.split(text)
    return lines[number - 1] if number <= len(lines) else ""
