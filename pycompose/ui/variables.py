"""The variables of a model as `config --variables` prints them: a table, JSON or YAML; pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from pycompose.errors import UsageError
from pycompose.loader.variables import Variable
from pycompose.loader.yamltext import write_yaml

_HEADERS: Final = ("NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE")
_GAP: Final = 3  # columns between two cells
_NARROWEST: Final = 20  # columns of a cell and its gap


def listed(variables: Sequence[Variable], format: str = "") -> str:
    """Return variables as text; `format` is `table`, `json` or `yaml`.

    Raises:
        UsageError: there is no such format.

    Source: docker/compose cmd/formatter Print
    """
    if format == "yaml":
        keys = ("name", "defaultvalue", "presencevalue", "required")
        return write_yaml({it.name: _row(it, keys) for it in variables}, indent=4)
    match format.lower():
        case "" | "table" | "pretty":
            return _table(variables)
        case "json":
            keys = ("Name", "DefaultValue", "PresenceValue", "Required")
            rows = {it.name: _row(it, keys) for it in variables}
            return json.dumps(rows, ensure_ascii=False, indent=4) + "\n\n"
    raise UsageError(f'format value "{format}" could not be parsed: parsing failed')


def _row(variable: Variable, keys: Sequence[str]) -> dict[str, str | bool]:
    values = (variable.name, variable.default, variable.alternate, variable.required)
    return dict(zip(keys, values, strict=True))


def _table(variables: Sequence[Variable]) -> str:
    rows = [_HEADERS, *map(_cells, variables)]
    columns = list(zip(*rows, strict=True))[:-1]
    widths = [max(_NARROWEST, *(len(cell) + _GAP for cell in column)) for column in columns]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True)) + "\n"
        for row in rows
    )


def _cells(variable: Variable) -> tuple[str, ...]:
    required = "true" if variable.required else "false"
    return (variable.name, required, variable.default, variable.alternate)
