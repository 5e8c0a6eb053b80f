"""Rows as a table, as JSON, as YAML, or through a template; pure.

Whatever is printed this way has one row a line, each a mapping from the names that templates use
to values, and a table with some of them as columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pycompose.model.values import Json
from pycompose.ui.template import Template
from pycompose.ui.text import cells, printable

_GO_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Columns(NamedTuple):
    """How a table looks: its headers by the names of fields, and which it has unasked.

    A cell takes `gap` columns more than its text, and at least `narrowest`, as Go's tabwriter has
    it.
    """

    headers: Mapping[str, str]
    shown: tuple[str, ...]
    gap: int = 3
    narrowest: int = 10


def listing(rows: Sequence[Json], columns: Columns, format: str = "table") -> str:
    """Return rows as text, each line ended.

    `format` is `table`, `json` (a row a line), `json-array`, `yaml`, `table TEMPLATE` or
    `TEMPLATE`.

    Raises:
        UsageError: the template cannot be read.
    """
    if format in ("", "table"):
        cells = [[_cell(row.get(name)) for name in columns.shown] for row in rows]
        return aligned([columns.headers[name] for name in columns.shown], cells, columns)
    if format == "json":
        return "".join(f"{compact(row)}\n" for row in rows)
    if format == "json-array":
        return f"{compact(list(rows))}\n"
    if format == "yaml":
        from pycompose.loader.yamltext import write_yaml

        return write_yaml(list(rows)) if rows else "[]\n"
    in_table = format.startswith("table ")
    template = Template(format.removeprefix("table ").strip() if in_table else format)
    template.check(columns.headers)
    lines = [template.render(row) for row in rows]
    if not in_table:
        return "".join(f"{line}\n" for line in lines)
    header = template.render(columns.headers, header=True)
    return aligned(header.split("\t"), [line.split("\t") for line in lines], columns)


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], columns: Columns) -> str:
    """Return cells lined up in columns, under a header; the last one is not padded."""
    lines = [header, *rows]
    count = max(map(len, lines))
    widths = [
        max(
            columns.narrowest,
            columns.gap + max(cells(line[index]) for line in lines if index < len(line)),
        )
        for index in range(count)
    ]
    return "".join(f"{_line(line, widths)}\n" for line in lines)


def _line(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell + " " * (width - cells(cell)) for cell, width in zip(line[:-1], widths, strict=False)
    ]
    return "".join([*padded, *line[-1:]])


def _cell(value: Json) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value))


def compact(value: Json) -> str:
    """Return a JSON document on one line, as Go's encoder writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char, escape in _GO_ESCAPES.items():
        text = text.replace(char, escape)
    return text
