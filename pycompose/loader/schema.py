"""Does a document have the shape of a Compose file? In comes a mapping, out comes nothing.

Two readers of one schema, `schemas/compose.schema.json`: functions compiled from it say yes or no
on the nodes themselves; only on a no is jsonschema imported, to find every error, and each one is
worded here and given its place. A test proves that both always agree. Values are shown only where
the schema lists the choices, so no secret is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Final, TypeAlias

from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted
from pycompose.model.values import Json

Check: TypeAlias = Callable[[Node], bool]
Schema: TypeAlias = Mapping[str, Any]

_NAME: Final = "^[a-zA-Z0-9._-]+$"
_ANNOTATIONS: Final = frozenset(("$schema", "$comment", "$defs", "title", "description"))


def validate(document: Map) -> None:
    """Refuse a document that breaks the schema; what is tagged `!reset` is passed over.

    Raises:
        ComposeFileError: every error of the document, in file order.

    Source: compose-spec schema/compose-spec.json
    """
    if _gate()(document):
        return
    problems: dict[tuple[Position, str], Problem] = {}
    for problem in explain(document):  # what aliases share is told of once
        problems.setdefault((problem.at, problem.message), problem)
    raise ComposeFileError(*sorted(problems.values(), key=lambda problem: problem.at))


@cache
def compose_schema() -> Schema:
    """Return the schema of Compose files: the wheel's copy, else the checkout's."""
    here = FilePath(__file__).resolve()
    packaged = here.parent.parent / "schemas" / "compose.schema.json"
    checkout = here.parent.parent.parent / "schemas" / "compose.schema.json"
    text = (packaged if packaged.exists() else checkout).read_text("utf-8")
    loaded: Schema = json.loads(text)
    return loaded


# Yes or no.


@cache
def _gate() -> Check:
    return compile_schema(compose_schema())


def compile_schema(root: Schema) -> Check:
    """Return a function that says whether a node is valid; it knows the keywords our schema uses.

    Raises:
        ValueError: the schema uses another keyword.
    """
    known: dict[str, Check] = {}

    def named(reference: str) -> Check:
        if reference not in known:
            known[reference] = build(_definition(root, reference))
        return known[reference]

    def build(schema: Schema) -> Check:
        checks: list[Check] = []
        for keyword in schema:
            if keyword == "$ref":
                checks.append(named(schema[keyword]))
            elif keyword == "oneOf":
                branches = [(_classes(root, each), build(each)) for each in schema[keyword]]
                checks.append(_one_of(branches))
            elif keyword == "items":
                checks.append(_items(build(schema[keyword])))
            elif keyword == "not" and schema[keyword] == {}:
                return lambda _: False
            elif keyword in _SIMPLE:
                checks.append(_SIMPLE[keyword](schema[keyword]))
            elif not (keyword in _ANNOTATIONS or keyword in _OBJECT or keyword.startswith("x-")):
                raise ValueError(f"the compiler knows no keyword {keyword!r}")
        if any(keyword in schema for keyword in _OBJECT):
            checks.append(_object(schema, build))
        return checks[0] if len(checks) == 1 else _all_of(checks)

    return build(root)


_OBJECT: Final = ("properties", "patternProperties", "additionalProperties")


def _all_of(checks: list[Check]) -> Check:
    def check(node: Node) -> bool:
        for each in checks:  # noqa: SIM110  # a generator costs more
            if not each(node):
                return False
        return True

    return check


def _one_of(branches: list[tuple[frozenset[type], Check]]) -> Check:
    """Return the check that one branch is met; the node's class rules most of them out."""
    of_class = {
        kind: tuple(check for kinds, check in branches if kind in kinds)
        for kind in (Scalar, Seq, Map)
    }

    def check(node: Node) -> bool:
        checks = of_class[type(node)]
        if len(checks) == 1:
            return checks[0](node)
        return [each(node) for each in checks].count(True) == 1

    return check


def _classes(root: Schema, schema: Schema) -> frozenset[type]:
    """Return the classes of the nodes that may meet a schema."""
    if "$ref" in schema:
        return _classes(root, _definition(root, schema["$ref"]))
    if "oneOf" in schema:
        return frozenset().union(*(_classes(root, branch) for branch in schema["oneOf"]))
    classes = {"array": Seq, "object": Map}
    types = schema.get("type", [*classes, "string"])
    return frozenset(
        classes.get(name, Scalar) for name in ([types] if type(types) is str else types)
    )


def _definition(root: Schema, reference: str) -> Schema:
    found: Schema = root["$defs"][reference.removeprefix("#/$defs/")]
    return found


def _items(item: Check) -> Check:
    def check(node: Node) -> bool:
        if type(node) is Seq:
            for each in node.items:
                if not item(each) and each.tag != "!reset":
                    return False
        return True

    return check


def _object(schema: Schema, build: Callable[[Schema], Check]) -> Check:
    """Return the check of a mapping's values; keys are told apart once and remembered."""
    rest = schema.get("additionalProperties", True)
    other: Check = (lambda _: bool(rest)) if isinstance(rest, bool) else build(rest)
    patterns = [
        (re.compile(pattern), build(value))
        for pattern, value in schema.get("patternProperties", {}).items()
    ]
    named = {key: build(value) for key, value in schema.get("properties", {}).items()}

    def of_pattern(key: str) -> Check:
        matching = [check for pattern, check in patterns if pattern.search(key)]
        return _all_of(matching) if len(matching) > 1 else matching[0] if matching else other

    for key, own in named.items():
        if any(pattern.search(key) for pattern, _ in patterns):
            named[key] = _all_of([own, of_pattern(key)])
    find = named.get

    def check(node: Node) -> bool:
        if type(node) is Map:
            for key, value in node.entries.items():
                own = find(key) or (of_pattern(key) if patterns else other)
                if not own(value) and value.tag != "!reset":
                    return False
        return True

    return check


def _type(names: str | list[str]) -> Check:
    wanted = frozenset([names] if isinstance(names, str) else names)
    scalars: set[type] = {_SCALARS[name] for name in wanted if name in _SCALARS}
    if wanted & {"integer", "number"}:
        scalars.add(int)
    if "number" in wanted:
        scalars.add(float)
    whole, array, mapping = "integer" in wanted, "array" in wanted, "object" in wanted

    def check(node: Node) -> bool:
        if type(node) is Scalar:
            value = node.value
            return type(value) in scalars or (
                whole and isinstance(value, float) and value.is_integer()
            )
        return array if type(node) is Seq else mapping

    return check


_SCALARS: Final[Mapping[str, type]] = {"string": str, "boolean": bool, "null": type(None)}


def _required(keys: list[str]) -> Check:
    def check(node: Node) -> bool:
        if type(node) is not Map:
            return True
        found = (node.entries.get(key) for key in keys)
        return all(value is not None and value.tag != "!reset" for value in found)

    return check


def _enum(choices: list[str]) -> Check:
    return lambda node: type(node) is Scalar and node.value in choices


def _pattern(pattern: str) -> Check:
    search = re.compile(pattern).search
    return lambda node: (
        not (type(node) is Scalar and isinstance(node.value, str)) or search(node.value) is not None
    )


def _minimum(least: float) -> Check:
    return lambda node: (
        not (type(node) is Scalar and type(node.value) in (int, float)) or not node.value < least  # type: ignore[operator]
    )


def _unique(wanted: bool) -> Check:
    def check(node: Node) -> bool:
        return not (wanted and type(node) is Seq) or next(_repeated(node), None) is None

    return check


def _repeated(node: Seq) -> Iterator[tuple[int, Scalar]]:
    """Yield each scalar that equals an earlier one, with its index, the earlier one's place."""
    seen: dict[tuple[bool, Any], Scalar] = {}
    for index, item in enumerate(node.items):
        if isinstance(item, Scalar) and item.tag != "!reset":
            key = (isinstance(item.value, bool), item.value)
            if key in seen:
                yield index, seen[key]
            seen.setdefault(key, item)


_SIMPLE: Final[Mapping[str, Callable[[Any], Check]]] = {
    "type": _type,
    "required": _required,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "uniqueItems": _unique,
}


# What is wrong, in words.


def explain(document: Map) -> Iterator[Problem]:
    """Yield every error of a document that breaks the schema, worded and at its place."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(compose_schema()).iter_errors(_plain(document)):
        for leaf in _leaves(error):
            yield from _word(leaf, document)


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


def _word(error: Any, document: Map) -> Iterator[Problem]:
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
        for index, first in _repeated(node):
            message = f"the same item stands at {first.at} already"
            yield Problem(node.items[index].at, dotted((*path, index)), message)
    else:
        message = words(error) if words else f"breaks the rule '{error.validator}' of the schema"
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
        shown = _show(key)
        if patterns == [_NAME]:
            message = f"{shown} is no name, expected letters, digits, '.', '_' and '-'"
            yield Problem(node.key_at(key), dotted(path), message)
        else:
            message, hint = f"unknown attribute {shown}", did_you_mean(key[:60], known)
            yield Problem(node.key_at(key), dotted(path), message, hint)


def _show(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, float) and not value.is_integer():
        return "a fraction"
    if isinstance(value, str):
        return "a string"
    return (
        "a list"
        if isinstance(value, list)
        else "a mapping"
        if isinstance(value, dict)
        else "a number"
    )


_KINDS: Final = {
    "string": "a string",
    "boolean": "true or false",
    "null": "nothing",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
}


def _types(schema: Schema) -> list[str]:
    """Return the types a schema allows, in its order."""
    if "$ref" in schema:
        return _types(_definition(compose_schema(), schema["$ref"]))
    if "enum" in schema:
        return ["string"]
    types = schema.get("type", [])
    found = [types] if isinstance(types, str) else list(types)
    return found + [name for branch in schema.get("oneOf", ()) for name in _types(branch)]


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _word_type(error: Any) -> str:
    types = dict.fromkeys(_types(error.schema))
    kinds = [_KINDS[name] for name in types if name != "null"]
    return f"expected {_listed(kinds)}, found {_found(error.instance)}"


def _word_enum(error: Any) -> str:
    choices = _listed([repr(choice) for choice in error.validator_value])
    value = error.instance
    return f"expected {choices}, found {_show(value) if isinstance(value, str) else _found(value)}"


def _word_pattern(error: Any) -> str:
    return (
        f"expected {error.schema.get('x-expected', 'another form')}, found {_show(error.instance)}"
    )


def _word_minimum(error: Any) -> str:
    return f"expected {error.validator_value} or more, found {error.instance}"


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "type": _word_type,
    "oneOf": _word_type,
    "enum": _word_enum,
    "pattern": _word_pattern,
    "minimum": _word_minimum,
}
