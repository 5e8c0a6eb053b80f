"""`extra_hosts`: a list of `host=address` or a mapping; a mapping of host to addresses comes out.

Source: compose-spec 05-services.md#extra_hosts
"""

from __future__ import annotations

from pycompose.errors import Position
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Seq


def hosts(node: Node) -> Node:
    """Return a mapping of each host to the list of its addresses, IPv6 without brackets.

    Raises:
        Invalid: an item has no address.
    """
    entries: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    if isinstance(node, Map):
        for host, value in node.entries.items():
            entries[host] = value if value.tag == "!reset" else _addresses(value)
        return Map(entries, node.at, node.keys, node.tag)
    for index, item in enumerate(node.items if isinstance(node, Seq) else ()):
        written = string(item)
        separator = "=" if "=" in written else ":"
        host, found, addresses = written.partition(separator)
        if not found:
            message = f"{written!r} has no address, expected 'host=address'"
            raise Invalid(item.at, message, f"write '{written}=10.0.0.1'", below=(index,))
        more = tuple([text(_bare(part), item.at) for part in addresses.split(",")])
        known = entries.get(host)
        entries[host] = Seq((*(known.items if isinstance(known, Seq) else ()), *more), item.at)
        keys.setdefault(host, item.at)
    return Map(entries, node.at, keys)


def _addresses(node: Node) -> Seq:
    """Return the addresses of one host of a mapping."""
    # Compat: only the list form takes several addresses in one string.
    items = node.items if isinstance(node, Seq) else (node,)
    return Seq(tuple([text(_bare(string(item)), item.at) for item in items]), node.at, node.tag)


def _bare(address: str) -> str:
    return address[1:-1] if address.startswith("[") and address.endswith("]") else address
