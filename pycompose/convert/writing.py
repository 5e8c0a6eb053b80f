"""How a section of the model becomes a section of a document: rows, one for each attribute.

Model values go in, fresh plain dicts, lists and scalars come out. Keys stand in the order of the
rows, which is that of Docker Compose; mappings by name are sorted. The two forms of a document
differ in what they leave out, see `Form`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from pycompose.model.values import Json

Document: TypeAlias = dict[str, Json]
Convert: TypeAlias = Callable[[Any], Json]
# "json" shows some attributes even where they are empty, and no extensions but the project's;
# "yaml" is the other way round.
Form: TypeAlias = Literal["json", "yaml"]


# One attribute: its name, its converter (None: it stays as it is), and whether an empty value of it
# is written as well; "json" is that form alone. A plain tuple, as it is taken apart a hundred times
# for each service.
Row: TypeAlias = tuple[str, Convert | None, bool | Literal["json"]]
Rows: TypeAlias = tuple[Row, ...]


def rows(names: str, counting: str = "", shown: str = "", **converters: Convert) -> Rows:
    """Return the rows of attributes, in this order; those without a converter stay as they are.

    An empty value of what is `counting` is written if it is not None; what is `shown` has a place
    in the "json" form whatever its value.
    """
    given, always = counting.split(), shown.split()
    return tuple(
        (name, converters.get(name), "json" if name in always else name in given)
        for name in names.split()
    )


def write(value: Any, table: Rows, form: Form = "json") -> Document:
    """Return a section; `value` has its attributes and, for "yaml", its extensions."""
    out: Document = {}
    for name, convert, counts in table:
        item = getattr(value, name)
        if not item and not counts:
            continue
        if counts == "json":
            written = item if convert is None else convert(item)
            if form == "json" or not (written is None or written == {}):
                out[name] = written
        elif item is not None:
            out[name] = item if convert is None else convert(item)
    if form == "yaml" and value.extensions:
        out.update(deep(value.extensions))
    return out


def section(table: Rows, form: Form = "json") -> Convert:
    """Return a converter of sections."""
    return lambda value: write(value, table, form)


def keyed(convert: Convert) -> Convert:
    """Return a converter of mappings by name."""
    return lambda value: {key: convert(value[key]) for key in sorted(value)}


def each(convert: Convert) -> Convert:
    """Return a converter of lists."""
    return lambda value: [convert(item) for item in value]


def optional(convert: Convert) -> Convert:
    """Return a converter that leaves None as it is."""
    return lambda value: None if value is None else convert(value)


def mapping(value: Mapping[str, Json]) -> Json:
    """Return a mapping sorted by key."""
    return {key: value[key] for key in sorted(value)}


def deep(value: Json) -> Json:
    """Return a value with all mappings in it sorted by key."""
    if isinstance(value, Mapping):
        return {key: deep(value[key]) for key in sorted(value)}
    return [deep(item) for item in value] if isinstance(value, list | tuple) else value


def number(value: float) -> Json:
    """Return a fraction as Go writes it, a whole one without a point."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value
