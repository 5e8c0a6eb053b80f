"""What a schema says of a path: the schemas a value there may meet, and where attributes live.

Pure; a path is that of a document, a pattern the same with `*` for names and `[]` for items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pycompose.loader.gate import Schema, definition
from pycompose.loader.tree import Path, dotted

_DEEPEST: Final = 5  # levels of the schema that are looked through for an attribute


def alternatives(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Yield the schemas that one stands for, references followed, alternatives apart."""
    if "$ref" in schema:
        yield from alternatives(definition(root, schema["$ref"]), root)
    elif "oneOf" in schema:
        for branch in schema["oneOf"]:
            yield from alternatives(branch, root)
    else:
        yield schema


def schemas(path: Path, root: Schema) -> list[Schema]:
    """Return every schema, alternatives apart, that the value at a path may meet."""
    found = list(alternatives(root, root))
    for part in path:
        below = (inner for schema in found for inner in _below(schema, part))
        found = [each for schema in below for each in alternatives(schema, root)]
    return found


def mappings(path: Path, root: Schema) -> list[Schema]:
    """Return the schemas of mappings that the value at a path may be."""
    return [schema for schema in schemas(path, root) if "object" in types(schema)]


def types(schema: Schema) -> list[str]:
    """Return the types that a schema, one without alternatives, allows."""
    if "enum" in schema:
        return ["string"]
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def homes(root: Schema) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every attribute of the schema: the pattern of the mapping that has it, and its name."""
    pending: list[tuple[tuple[str, ...], Schema]] = [((), root)]
    while pending:
        path, schema = pending.pop()
        if len(path) > _DEEPEST:
            continue
        for each in alternatives(schema, root):
            for name, value in each.get("properties", {}).items():
                yield path, name
                pending.append(((*path, name), value))
            for expression, value in each.get("patternProperties", {}).items():
                if expression != "^x-":
                    pending.append(((*path, "*"), value))
            if isinstance(each.get("additionalProperties"), dict):
                pending.append(((*path, "*"), each["additionalProperties"]))
            if "items" in each:
                pending.append(((*path, "[]"), each["items"]))


def pattern(path: Path, root: Schema) -> tuple[str, ...]:
    """Return a path as the schema knows it."""
    parts: list[str] = []
    for index, part in enumerate(path):
        if isinstance(part, int):
            parts.append("[]")
        else:
            around = schemas(path[:index], root)
            named = any(part in schema.get("properties", {}) for schema in around)
            parts.append(part if named else "*")
    return tuple(parts)


def written(parts: tuple[str, ...]) -> str:
    """Return a pattern as people write it: `services.NAME.build`."""
    return dotted(tuple("NAME" if part == "*" else part for part in parts if part != "[]"))


def _below(schema: Schema, part: str | int) -> Iterator[Schema]:
    if isinstance(part, int):
        if "items" in schema:
            yield schema["items"]
        return
    if part in schema.get("properties", {}):
        yield schema["properties"][part]
        return
    for expression, value in schema.get("patternProperties", {}).items():
        if re.search(expression, part):
            yield value
    if isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]
