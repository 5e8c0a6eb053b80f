"""The functions compiled from the schema and jsonschema say yes and no to the same documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pycompose.errors import ComposeFileError, Position
from pycompose.loader.schema import compose_schema, validate
from pycompose.loader.tree import Map, Node, Scalar, Seq

AT = Position("f", 1, 1)
VALIDATOR = Draft202012Validator(compose_schema())

_KEYS = sorted(
    {"a", "x-a", "a b", "foo"}
    | {key for part in compose_schema()["$defs"].values() for key in part.get("properties", {})}
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**40),
    st.floats(allow_nan=False),
    st.sampled_from(["", "a", "ab", "a b", "host", "bind", "z", "every_1d", "service_started"]),
)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3),
    ),
    max_leaves=6,
)


def node(value: Any) -> Node:
    if isinstance(value, dict):
        return Map({key: node(item) for key, item in value.items()}, AT)
    if isinstance(value, list):
        return Seq(tuple(map(node, value)), AT)
    return Scalar(value, AT)


def agree(document: dict[str, Any]) -> None:
    if VALIDATOR.is_valid(document):
        validate(node(document))
    else:
        with pytest.raises(ComposeFileError) as caught:
            validate(node(document))
        assert caught.value.problems


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = enumerate(value) if isinstance(value, list) else ()
    inner = value.items() if isinstance(value, dict) else inner
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


def _replace(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _replace(value[path[0]], path[1:], new)
    return copy


def valid(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values that the schema accepts, made from the keywords that ours uses."""
    if "$ref" in schema:
        return valid(compose_schema()["$defs"][schema["$ref"].removeprefix("#/$defs/")], depth)
    if "oneOf" in schema:
        return st.one_of([valid(branch, depth) for branch in schema["oneOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema.get("type", [])
    kinds = [_typed(kind, schema, depth) for kind in ([types] if isinstance(types, str) else types)]
    return st.one_of(kinds) if kinds else _ANY


def _typed(kind: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    match kind:
        case "array":
            items = valid(schema["items"], depth + 1)
            return st.lists(items, max_size=3, unique_by=repr if "uniqueItems" in schema else None)
        case "object":
            return st.deferred(lambda: _object(schema, depth + 1))
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"])
        case "integer":
            return st.integers(schema.get("minimum", -2), schema.get("maximum", 2**40))
        case "number":
            return st.one_of(st.integers(-2, 99), st.floats(allow_nan=False))
    return {"string": st.text(max_size=5), "boolean": st.booleans(), "null": st.none()}[kind]


def _object(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    required = schema.get("required", [])
    named = {key: valid(value, depth) for key, value in schema.get("properties", {}).items()}
    kept = {key: value for key, value in named.items() if key in required}
    optional = {key: value for key, value in named.items() if key not in required}
    others = [valid(value, depth) for value in schema.get("patternProperties", {}).values()]
    rest = schema.get("additionalProperties", {})
    others += [valid(rest, depth)] if rest else []
    keys = st.sampled_from(
        ["x-a", "x-b"] if "^x-" in schema.get("patternProperties", {}) else ["a"]
    )
    extra = st.dictionaries(keys, st.one_of(others), max_size=2) if others else st.just({})
    return st.tuples(st.fixed_dictionaries(kept, optional=optional), extra).map(
        lambda parts: {**parts[1], **parts[0]}
    )


VALID = valid(compose_schema())


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid document, half of the time with one of its values replaced by any other."""
    document: dict[str, Any] = draw(VALID)
    if draw(st.booleans()):
        place = draw(st.sampled_from(_places(document)))
        replaced = _replace(document, place, draw(_ANY))
        return replaced if isinstance(replaced, dict) else document
    assert VALIDATOR.is_valid(document), "the strategy makes valid documents"
    return document


_SERVICE = compose_schema()["$defs"]["service"]["properties"]
_SUPPORTED = sorted(_SERVICE)

_settings = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@_settings
@given(documents())
def test_the_gate_agrees_with_jsonschema_on_nearly_valid_documents(document):
    agree(document)


@_settings
@given(st.dictionaries(st.sampled_from([*_KEYS, "services", "name"]), _ANY, max_size=3))
def test_the_gate_agrees_with_jsonschema_on_any_document(document):
    agree(document)


@_settings
@given(st.sampled_from(_SUPPORTED), _ANY)
def test_the_gate_agrees_with_jsonschema_on_any_value_of_an_attribute(key, value):
    agree({"services": {"a": {key: value}}})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2.0, 10**400, -0.0])
def test_the_gate_agrees_with_jsonschema_on_odd_numbers(value):
    for key in ("scale", "pids_limit", "group_add", "shm_size"):
        agree({"services": {"a": {key: value}}})
        agree({"services": {"a": {key: [value, value]}}})


def test_the_schema_is_one():
    Draft202012Validator.check_schema(compose_schema())
