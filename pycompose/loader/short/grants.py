"""`secrets` and `configs` of a service: names to mappings.

Source: compose-spec 05-services.md#secrets, #configs
"""

from __future__ import annotations

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.lists import member
from pycompose.loader.short.scalars import text
from pycompose.loader.tree import Map, Node, Scalar

SECRETS_DIRECTORY = "/run/secrets/"


def grant(node: Node) -> Node:
    """Return the use of a secret or a config in long form.

    Raises:
        Invalid: it is neither a name nor a mapping with a `source`.
    """
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return Map({"source": node}, node.at)
    if not isinstance(node, Map):
        raise Invalid(node.at, "expected a name or a mapping")
    if "source" not in node.entries:
        raise Invalid(node.at, "'source' is missing", "write '{source: name, target: file}'")
    return node


def secret_key(node: Node) -> str:
    """Return what makes the use of a secret the same as another one: the file it becomes."""
    return member(node, "target") or SECRETS_DIRECTORY + member(node, "source")


def config_key(node: Node) -> str:
    """Return what makes the use of a config the same as another one: the file it becomes."""
    return member(node, "target") or "/" + member(node, "source")


def with_target(node: Node) -> Node:
    """Return the use of a secret with the file that it becomes."""
    if not isinstance(node, Map) or member(node, "target"):
        return node
    source = node.entries.get("source")
    at = source.at if source is not None else node.at
    target = text(SECRETS_DIRECTORY + member(node, "source"), at)
    return Map({**node.entries, "target": target}, node.at, node.keys)
