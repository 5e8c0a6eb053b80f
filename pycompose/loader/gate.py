"""Is a document valid? Functions compiled from a JSON schema say yes or no.

They work on the nodes themselves, know the keywords that our schema uses and read it as jsonschema
does; a test proves that both always agree. What is wrong they do not say, that is `explain`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from pycompose.loader.tree import Map, Node, Scalar, Seq

Check: TypeAlias = Callable[[Node], bool]
Schema: TypeAlias = Mapping[str, Any]

_ANNOTATIONS: Final = frozenset(("$schema", "$comment", "$defs", "title", "description"))


def compile_schema(root: Schema) -> Check:
    """Return a function that says whether a node is valid; it knows the keywords our schema uses.

    Raises:
        ValueError: the schema uses another keyword.
    """
    known: dict[str, Check] = {}

    def named(reference: str) -> Check:
        if reference not in known:
            known[reference] = build(definition(root, reference))
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
        return _classes(root, definition(root, schema["$ref"]))
    if "oneOf" in schema:
        return frozenset().union(*(_classes(root, branch) for branch in schema["oneOf"]))
    classes = {"array": Seq, "object": Map}
    types = schema.get("type", [*classes, "string"])
    return frozenset(
        classes.get(name, Scalar) for name in ([types] if type(types) is str else types)
    )


def definition(root: Schema, reference: str) -> Schema:
    """Return what a `$ref` of a schema refers to."""
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


# In these two the first half has made sure of a number, which mypy cannot see.
def _minimum(least: float) -> Check:
    return lambda node: (
        not (type(node) is Scalar and type(node.value) in (int, float)) or not node.value < least  # type: ignore[operator]
    )


def _maximum(most: float) -> Check:
    return lambda node: (
        not (type(node) is Scalar and type(node.value) in (int, float)) or not node.value > most  # type: ignore[operator]
    )


def _unique(wanted: bool) -> Check:
    def check(node: Node) -> bool:
        return not (wanted and type(node) is Seq) or next(repeated(node), None) is None

    return check


def repeated(node: Seq) -> Iterator[tuple[int, Scalar]]:
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
    "maximum": _maximum,
    "uniqueItems": _unique,
}
