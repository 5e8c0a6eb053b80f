"""`devices` and `gpus` of a service: `source[:target[:permissions]]` and `all` to mappings.

The requests of `gpus` stand in `deploy` sections, too.

Source: compose-spec 05-services.md#devices, #gpus, deploy.md#devices; rules 24, 32 and 38
"""

from __future__ import annotations

import re
from typing import Final

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.lists import member
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Scalar, Seq

_ALL: Final = -1
_COUNT: Final = re.compile(r"[+-]?[0-9]{1,9}")


def device(node: Node) -> Node:
    """Return an entry of `devices` in long form.

    Raises:
        Invalid: it has too many parts, or is a mapping without a target.
    """
    if isinstance(node, Map):
        if "target" not in node.entries:
            hint = "write '{source: /dev/ttyUSB0, target: /dev/ttyUSB0}'"
            raise Invalid(node.at, "'target' is missing", hint)
        return node
    fields = string(node).split(":")
    if len(fields) > 3:
        message = f"{string(node)!r} has too many colons, expected 'source:target:permissions'"
        raise Invalid(node.at, message, "write '/dev/ttyUSB0:/dev/ttyUSB0:rwm', or a mapping")
    source, target, permissions = (*fields, *("", "", "rwm")[len(fields) :])
    parts = {"source": source, "target": target or source, "permissions": permissions}
    return Map({key: text(part, node.at) for key, part in parts.items()}, node.at)


def device_key(node: Node) -> str:
    """Return what makes a device the same as another one: where the container has it."""
    return member(node, "target")


def gpus(node: Node) -> Node:
    """Return `all` as the request of every GPU, a list as it is."""
    if isinstance(node, Seq):
        return node
    return Seq((Map({"count": text("all", node.at)}, node.at),), node.at)


def request(node: Node) -> Node:
    """Return the request of a driver's devices with its `count` as a number.

    Raises:
        Invalid: the count is neither a number nor `all`, or stands beside the devices' ids.
    """
    count = node.entries.get("count") if isinstance(node, Map) else None
    if not isinstance(node, Map) or not isinstance(count, Scalar) or count.tag == "!reset":
        return node
    if "device_ids" in node.entries:
        message = "'count' and 'device_ids' exclude each other"
        raise Invalid(node.key_at("count"), message, "name the devices, or say how many")
    if isinstance(count.value, int):
        return node
    written = string(count)
    if written.lower() != "all" and not _COUNT.fullmatch(written):
        message = f"expected a whole number or 'all', not {written[:80]!r}"
        raise Invalid(count.at, message, "write 'count: 1'", below=("count",))
    number = _ALL if written.lower() == "all" else int(written)
    entries = {**node.entries, "count": Scalar(number, count.at, written)}
    return Map(entries, node.at, node.keys, node.tag)


def every(node: Node) -> Node:
    """Return the request of a driver's devices, of all of them where it names none."""
    if not isinstance(node, Map) or "count" in node.entries or "device_ids" in node.entries:
        return node
    return Map({**node.entries, "count": Scalar(_ALL, node.at, "all")}, node.at, node.keys)
