"""What programs read, against the schema of it in `schemas/`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).parents[1] / "schemas"


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema)


def valid(name: str, document: Any) -> Any:
    """Return a document that follows a schema."""
    _validator(name).validate(document)
    return document


def valid_lines(name: str, text: str) -> list[Any]:
    """Return the documents of a text of which each line follows a schema."""
    return [valid(name, json.loads(line)) for line in text.splitlines()]
