"""The comments of a YAML text, which parsing drops.

In comes the text of one file that `parse` takes, out go its real comments: a `#` inside a value,
be it plain, quoted or a block, begins none.

Source: https://yaml.org/spec/1.2.2, section 6.6
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import yaml

from pycompose.errors import Position
from pycompose.loader.sources import Source

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # of events only
_BEGIN: Final = re.compile(r"(?:^|(?<=[ \t]))#")


class Comment(NamedTuple):
    """One comment: `text` without the `#`; `alone` where its line holds nothing else."""

    at: Position
    text: str
    alone: bool


def comments(source: Source) -> tuple[Comment, ...]:
    """Return the comments of a text, in order.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    if "#" not in source.text:
        return ()
    taken = _taken(source.text)
    found: list[Comment] = []
    for row, line in enumerate(source.text.splitlines()):
        for match in _BEGIN.finditer(line):
            column = match.start()
            if not any(start <= column < end for start, end in taken.get(row, ())):
                at = Position(source.name, row + 1, column + 1)
                alone = not line[:column].strip()
                found.append(Comment(at, line[column + 1 :].strip(), alone))
                break
    return tuple(found)


def _taken(text: str) -> dict[int, list[tuple[int, float]]]:
    """Return the columns that values take, by line; both count from 0."""
    taken: dict[int, list[tuple[int, float]]] = {}
    for event in yaml.parse(text, Loader=_LOADER):
        if not isinstance(event, yaml.ScalarEvent) or "#" not in event.value:
            continue
        start: Any = event.start_mark  # each event of a text has both marks
        end: Any = event.end_mark
        block = event.style in ("|", ">")  # a comment may follow the sign in its line
        for row in range(start.line + block, end.line + 1):
            first = start.column if row == start.line else 0
            last = end.column if row == end.line else float("inf")
            taken.setdefault(row, []).append((first, last))
    return taken
