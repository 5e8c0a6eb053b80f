"""`links` of a service: `service[:alias]`, in one form already; refused where they are not.

Source: compose-spec 05-services.md#links
"""

from __future__ import annotations

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import string
from pycompose.loader.tree import Node


def link(node: Node) -> Node:
    """Return a link as it is.

    Raises:
        Invalid: it names no service, or has too many parts.
    """
    service, *rest = string(node).split(":")
    if not service or len(rest) > 1:
        message = f"{string(node)!r} is no link, expected 'service' or 'service:alias'"
        raise Invalid(node.at, message, "write 'db' or 'db:database'")
    return node
