"""Attributes of the model → fields of the Engine API, where one says what the other does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from operator import attrgetter
from typing import Any, TypeAlias

from pycompose.model.values import Json

# An attribute, the field, and what makes one of the other; without that, they are equal.
Entry: TypeAlias = tuple[str, str] | tuple[str, str, Callable[[Any], Json]]


def entries(*table: Entry) -> Callable[[Any], dict[str, Json]]:
    """Return what converts a value that has all these attributes; two or more of them.

    Empty values are left out: engines take what is not there for the same.
    """
    values = attrgetter(*(entry[0] for entry in table))
    fields = tuple((entry[1], entry[2] if len(entry) > 2 else _same) for entry in table)

    def convert(value: Any) -> dict[str, Json]:
        given = values(value)
        # Most of a service is empty, and a thousand of them are converted at a time.
        rows = compress(zip(fields, given, strict=True), given)
        return {name: make(item) for (name, make), item in rows}

    return convert


def _same(value: Json) -> Json:
    return value
