"""`external: {name: x}` of networks, volumes, secrets and configs: the old form of two attributes.

Source: compose-spec 06-networks.md#external
"""

from __future__ import annotations

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import string
from pycompose.loader.tree import Map, Node, Scalar


def resource(node: Node) -> Node:
    """Return a resource whose `external` is a boolean, with the name it held as `name`.

    Raises:
        Invalid: it has two names that differ.
    """
    external = node.entries.get("external") if isinstance(node, Map) else None
    if not isinstance(node, Map) or not isinstance(external, Map) or external.tag == "!reset":
        return node
    entries = {**node.entries, "external": Scalar(True, external.at, "true", tag=external.tag)}
    keys = dict(node.keys)
    name = external.entries.get("name")
    if name is not None:
        given = node.entries.get("name")
        if given is not None and string(given) != string(name):
            message = f"'name' is {string(given)!r}, but 'external.name' is {string(name)!r}"
            raise Invalid(name.at, message, "give 'name', and 'external: true'")
        entries["name"] = name
        keys.setdefault("name", external.key_at("name"))
    return Map(entries, node.at, keys, node.tag)
