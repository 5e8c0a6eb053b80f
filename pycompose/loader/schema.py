"""Does a document have the shape of a Compose file? In comes a mapping, out comes nothing.

Two readers of one schema, `schemas/compose.schema.json`: `gate` says yes or no; only on a no is
`explain` imported, which finds every error, words it and gives it its place.
"""

from __future__ import annotations

import json
from functools import cache

import pycompose
from pycompose.errors import MOST_PROBLEMS, ComposeFileError, Position, Problem
from pycompose.loader.gate import Check, Schema, compile_schema
from pycompose.loader.narrow import narrow
from pycompose.loader.tree import Map
from pycompose.model.values import Json


def validate(document: Map, *, part: bool = False) -> None:
    """Refuse a document that breaks the schema; what is tagged `!reset` is passed over.

    A `part` of a document need not have what the whole must have.

    Raises:
        ComposeFileError: every error of the document, in file order.

    Source: compose-spec schema/compose-spec.json
    """
    gate = _gate(part=part)
    if gate(document):
        return
    from pycompose.loader.explain import explain

    problems: dict[tuple[Position, str], Problem] = {}
    schema = _schema_of_parts() if part else compose_schema()
    for problem in explain(document, narrow(document, gate), schema):
        problems.setdefault((problem.at, problem.message), problem)  # aliases share mistakes
        if len(problems) == MOST_PROBLEMS:
            break
    raise ComposeFileError(*sorted(problems.values(), key=lambda problem: problem.at))


@cache
def compose_schema() -> Schema:
    """Return the schema of Compose files: the wheel's copy, else the checkout's."""
    name = "schemas/compose.schema.json"
    try:
        text = _text(f"{pycompose.__path__[0]}/{name}")
    except FileNotFoundError:
        text = _text(f"{pycompose.__path__[0]}/../{name}")
    loaded: Schema = json.loads(text)
    return loaded


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


@cache
def _gate(*, part: bool) -> Check:
    return compile_schema(_schema_of_parts() if part else compose_schema())


@cache
def _schema_of_parts() -> Schema:
    """Return the schema without what it requires: the rest may stand in another document."""
    parts: Schema = _without_required(compose_schema())
    return parts


def _without_required(schema: Json) -> Json:
    if isinstance(schema, list):
        return [_without_required(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    # An attribute may be called `required` too; its schema is a mapping.
    return {
        key: _without_required(value)
        for key, value in schema.items()
        if key != "required" or isinstance(value, dict)
    }
