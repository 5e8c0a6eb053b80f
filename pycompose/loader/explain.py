"""What is wrong with a document that breaks the schema: every error, worded and at its place.

In come the document and the schema, out go problems. jsonschema finds the errors and is imported
only here, once there is one. Values are shown only where the schema lists the choices, so that no
secret is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from jsonschema import Draft202012Validator

from pycompose.errors import MOST_PROBLEMS, Position, Problem
from pycompose.loader.advice import Advice
from pycompose.loader.gate import Schema, repeated
from pycompose.loader.outline import alternatives, types
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted
from pycompose.loader.words import kind_of, listed, show
from pycompose.model.values import Json

_NAME: Final = "^[a-zA-Z0-9._-]+$"


def explain(document: Map, part: Map, root: Schema) -> Iterator[Problem]:
    """Yield the errors of the part of a document that breaks the schema, worded, with places."""
    advice = Advice(document, root)
    errors = (
        told
        for error in Draft202012Validator(root).iter_errors(_plain(part))
        for leaf in _leaves(error)
        for told in _word(leaf, part, advice)
    )
    found = list(islice(errors, 2 * MOST_PROBLEMS))  # half of them may be left out below
    unknown = {told.path for told in found if told.rule == "additionalProperties"}
    for told in found:
        # One mistake, one problem: what is indented too little leaves its parent empty, and an
        # attribute that is misspelt is missing.
        empty = told.rule in ("type", "oneOf") and told.path in advice.parents
        if not empty and not (told.rule == "required" and told.path in unknown):
            yield told.problem


class _Told(NamedTuple):
    """A problem, and the rule that the value at `path` breaks."""

    path: Path
    rule: str
    problem: Problem


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


def _word(error: Any, document: Map, advice: Advice) -> Iterator[_Told]:
    node, path, key_at = _locate(document, error.absolute_path)
    rule = error.validator
    for at, below, message, hint in _worded(error, node, path, key_at, advice):
        yield _Told(path, rule, Problem(at, dotted((*path, *below)), message, hint))


def _worded(
    error: Any, node: Node, path: Path, key_at: Position, advice: Advice
) -> Iterator[tuple[Position, Path, str, str]]:
    """Yield the place, the rest of the path, the message and the hint of each mistake."""
    words = _WORDS.get(error.validator)
    if error.validator == "additionalProperties" and isinstance(node, Map):
        for key, message, hint in _unknown(error, path, advice):
            yield node.key_at(key), (), message, hint
    elif error.validator == "required" and isinstance(node, Map):
        for key in error.validator_value:
            if key not in error.instance:
                yield node.at, (), f"attribute '{key}' is missing", advice.missing(path, key)
    elif error.validator == "uniqueItems" and isinstance(node, Seq):
        for index, first in repeated(node):
            message = f"the same item stands at {first.at} already"
            yield node.items[index].at, (index,), message, "remove one of them"
    else:
        message, hint = f"breaks the rule '{error.validator}' of the schema", ""
        if words is not None:
            message, hint = words(error, path, advice)
        is_blank = isinstance(node, Scalar) and node.value is None and not node.text
        yield key_at if is_blank else node.at, (), message, hint


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


def _unknown(error: Any, path: Path, advice: Advice) -> Iterator[tuple[str, str, str]]:
    known = error.schema.get("properties", {})
    patterns = list(error.schema.get("patternProperties", {}))
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        if patterns == [_NAME]:
            yield key, f"{show(key)} is no name, expected letters, digits, '.', '_' and '-'", ""
        else:
            yield key, f"unknown attribute {show(key)}", advice.unknown(path, key, known)


_KINDS: Final = {
    "string": "a string",
    "boolean": "true or false",
    "null": "nothing",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
}


Words: TypeAlias = tuple[str, str]


def _types(schema: Schema, root: Schema) -> list[str]:
    """Return the types a schema allows, in its order."""
    return [name for each in alternatives(schema, root) for name in types(each)]


def _word_type(error: Any, path: Path, advice: Advice) -> Words:
    found = list(dict.fromkeys(_types(error.schema, advice.root)))
    kinds = [_KINDS[name] for name in found if name != "null"]
    message = f"expected {listed(kinds)}, found {kind_of(error.instance)}"
    return message, advice.kind(path, found)


def _word_enum(error: Any, path: Path, advice: Advice) -> Words:
    choices = [str(choice) for choice in error.validator_value]
    value = error.instance
    found = show(value) if isinstance(value, str) else kind_of(value)
    hint = did_you_mean(value, choices) if isinstance(value, str) else ""
    return f"expected {listed([repr(choice) for choice in choices])}, found {found}", hint


def _word_pattern(error: Any, path: Path, advice: Advice) -> Words:
    expected = error.schema.get("x-expected", "another form")
    return f"expected {expected}, found {show(error.instance)}", ""


def _word_minimum(error: Any, path: Path, advice: Advice) -> Words:
    return f"expected {error.validator_value} or more, found {error.instance}", ""


def _word_maximum(error: Any, path: Path, advice: Advice) -> Words:
    return f"expected {error.validator_value} or less, found {error.instance}", ""


_WORDS: Final[Mapping[str, Callable[[Any, Path, Advice], Words]]] = {
    "type": _word_type,
    "oneOf": _word_type,
    "enum": _word_enum,
    "pattern": _word_pattern,
    "minimum": _word_minimum,
    "maximum": _word_maximum,
}
