"""What is wrong with a document that breaks the schema: every error, worded and at its place.

In come the document and the schema, out go problems. jsonschema finds the errors and is imported
only here, once there is one. Values are shown only where the schema lists the choices, so that no
secret is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from pycompose.errors import Position, Problem
from pycompose.loader.gate import Schema, definition, repeated
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted
from pycompose.loader.words import kind_of, listed, show
from pycompose.model.values import Json

_NAME: Final = "^[a-zA-Z0-9._-]+$"


def explain(document: Map, root: Schema) -> Iterator[Problem]:
    """Yield every error of a document that breaks the schema, worded and at its place."""
    for error in Draft202012Validator(root).iter_errors(_plain(document)):
        for leaf in _leaves(error):
            yield from _word(leaf, document, root)


def _plain(node: Node) -> Json:
    """Return a node as plain values, without what is tagged `!reset`."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Seq):
        return [_plain(item) for item in node.items if item.tag != "!reset"]
    items = node.entries.items()
    return {key: _plain(value) for key, value in items if value.tag != "!reset"}


def _leaves(error: Any) -> Iterator[Any]:
    """Yield the errors that explain one: those of the alternative whose type was chosen."""
    branches: dict[int, list[Any]] = {}
    if error.validator == "oneOf":
        for inner in error.context:
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    for inner in branches.values():
        if not any(_is_of_other_type(each) for each in inner):
            for each in inner:
                yield from _leaves(each)
            return
    yield error


def _is_of_other_type(error: Any) -> bool:
    if error.relative_path:
        return False
    if error.validator == "oneOf" and error.context:
        return not any(leaf.validator != "type" or leaf.relative_path for leaf in error.context)
    return bool(error.validator == "type")


def _word(error: Any, document: Map, root: Schema) -> Iterator[Problem]:
    node, path, key_at = _locate(document, error.absolute_path)
    words = _WORDS.get(error.validator)
    if error.schema.get("x-pending"):
        yield Problem(key_at, dotted(path), "not supported by pycompose yet")
    elif error.validator == "additionalProperties" and isinstance(node, Map):
        yield from _unknown(error, node, path)
    elif error.validator == "required" and isinstance(node, Map):
        for key in error.validator_value:
            if key not in error.instance:
                yield Problem(node.at, dotted(path), f"attribute '{key}' is missing")
    elif error.validator == "uniqueItems" and isinstance(node, Seq):
        for index, first in repeated(node):
            message = f"the same item stands at {first.at} already"
            yield Problem(node.items[index].at, dotted((*path, index)), message)
    else:
        message = (
            words(error, root) if words else f"breaks the rule '{error.validator}' of the schema"
        )
        is_blank = isinstance(node, Scalar) and node.value is None and not node.text
        yield Problem(key_at if is_blank else node.at, dotted(path), message)


def _locate(document: Map, parts: Any) -> tuple[Node, Path, Position]:
    """Return the node an error is about, its path, and where its key stands."""
    node: Node = document
    path: Path = ()
    key_at = node.at
    for part in parts:
        if isinstance(node, Map):
            key_at = node.key_at(part)
            node = node.entries[part]
        elif isinstance(node, Seq):
            kept = [i for i, item in enumerate(node.items) if item.tag != "!reset"]
            part = kept[part]
            node = node.items[part]
            key_at = node.at
        path = (*path, part)
    return node, path, key_at


def _unknown(error: Any, node: Map, path: Path) -> Iterator[Problem]:
    known = error.schema.get("properties", {})
    patterns = list(error.schema.get("patternProperties", {}))
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        shown = show(key)
        if patterns == [_NAME]:
            message = f"{shown} is no name, expected letters, digits, '.', '_' and '-'"
            yield Problem(node.key_at(key), dotted(path), message)
        else:
            message, hint = f"unknown attribute {shown}", did_you_mean(key[:60], known)
            yield Problem(node.key_at(key), dotted(path), message, hint)


_KINDS: Final = {
    "string": "a string",
    "boolean": "true or false",
    "null": "nothing",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
}


def _types(schema: Schema, root: Schema) -> list[str]:
    """Return the types a schema allows, in its order."""
    if "$ref" in schema:
        return _types(definition(root, schema["$ref"]), root)
    if "enum" in schema:
        return ["string"]
    types = schema.get("type", [])
    found = [types] if isinstance(types, str) else list(types)
    return found + [name for branch in schema.get("oneOf", ()) for name in _types(branch, root)]


def _word_type(error: Any, root: Schema) -> str:
    types = dict.fromkeys(_types(error.schema, root))
    kinds = [_KINDS[name] for name in types if name != "null"]
    return f"expected {listed(kinds)}, found {kind_of(error.instance)}"


def _word_enum(error: Any, _: Schema) -> str:
    choices = listed([repr(choice) for choice in error.validator_value])
    value = error.instance
    return f"expected {choices}, found {show(value) if isinstance(value, str) else kind_of(value)}"


def _word_pattern(error: Any, _: Schema) -> str:
    return (
        f"expected {error.schema.get('x-expected', 'another form')}, found {show(error.instance)}"
    )


def _word_minimum(error: Any, _: Schema) -> str:
    return f"expected {error.validator_value} or more, found {error.instance}"


def _word_maximum(error: Any, _: Schema) -> str:
    return f"expected {error.validator_value} or less, found {error.instance}"


_WORDS: Final[Mapping[str, Callable[[Any, Schema], str]]] = {
    "type": _word_type,
    "oneOf": _word_type,
    "enum": _word_enum,
    "pattern": _word_pattern,
    "minimum": _word_minimum,
    "maximum": _word_maximum,
}
