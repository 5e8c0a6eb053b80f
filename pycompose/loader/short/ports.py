"""`ports`: `[address:][published:]target[/protocol]`, ranges included, to mappings.

Source: compose-spec 05-services.md#ports; rules 95-97
"""

from __future__ import annotations

import re
from typing import Final

from pycompose.errors import Position
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.lists import member
from pycompose.loader.short.scalars import string, text
from pycompose.loader.tree import Map, Node, Scalar

_HINT: Final = "write '8080:80', '127.0.0.1:8080:80' or '8000-8005:9000-9005/udp'"
_PROTOCOLS: Final = ("tcp", "udp", "sctp")
_LAST: Final = 65535
_RANGE: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_WIDEST: Final = 2**32 - 1  # what Docker Compose holds of a container port in long form
_BYTE: Final = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4: Final = re.compile(rf"{_BYTE}(\.{_BYTE}){{3}}")
_IPV6_GROUP: Final = re.compile(r"[0-9a-fA-F]{1,4}")


def port(node: Node) -> tuple[Node, ...]:
    """Return an entry of `ports` in long form, one for each port of a range.

    Raises:
        Invalid: it is no port.
    """
    if isinstance(node, Map):
        return (_checked(node),)
    if isinstance(node, Scalar) and isinstance(node.value, int) and node.value is not True:
        _in_range(str(node.value), node.value, "container", node.at)
        return (_long(node.at, target=node.value, protocol="tcp"),)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        raise Invalid(node.at, f"{string(node)!r} is no port", _HINT)
    return _expanded(node.value, node.at)


def port_key(node: Node) -> str:
    """Return what makes an entry of `ports` the same as another one.

    Source: compose-spec 13-merge.md#unique-resources
    """
    if isinstance(node, Scalar):  # a short form that holds variables
        return string(node)
    address = member(node, "host_ip") or "0.0.0.0"
    protocol = member(node, "protocol") or "tcp"
    return f"{address}:{member(node, 'published')}:{member(node, 'target')}/{protocol}"


def exposed(node: Node) -> Node:
    """Return an entry of `expose` as text.

    Raises:
        Invalid: it is neither text nor a whole number.
    """
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        return node
    if not isinstance(value, int) or isinstance(value, bool):
        message = f"{string(node)!r} is no port"
        raise Invalid(node.at, message, "write '80', '80/udp' or '8000-8005'")
    return text(str(value), node.at)


def _expanded(written: str, at: Position) -> tuple[Node, ...]:
    rest, colon, last = written.rpartition(":")
    address, _, published = rest.rpartition(":") if colon else ("", "", "")
    target, _, protocol = last.partition("/")
    protocol = protocol.lower() or "tcp"
    if not target:
        raise Invalid(at, f"{written!r} has no container port", _HINT)
    if address and not _is_address(address := _unbracketed(address)):
        raise Invalid(at, f"{address!r} is no IP address", "write '127.0.0.1:8080:80'")
    first, final = _range(target, "container", at)
    if protocol not in _PROTOCOLS:
        message = f"unknown protocol {protocol!r}, expected 'tcp', 'udp' or 'sctp'"
        raise Invalid(at, message, f"write '{target}/udp'")
    if not published:
        return _ports(at, [("", number) for number in range(first, final + 1)], address, protocol)
    low, high = _range(published, "host", at)
    if first == final:
        span = str(low) if low == high else f"{low}-{high}"
        return _ports(at, [(span, first)], address, protocol)
    if high - low != final - first:
        raise Invalid(
            at,
            f"host ports '{published}' and container ports '{target}' are of different number",
            "write ranges of one length such as '8000-8002:80-82', or a single container port",
        )
    pairs = [(str(low + number - first), number) for number in range(first, final + 1)]
    return _ports(at, pairs, address, protocol)


def _ports(
    at: Position, pairs: list[tuple[str, int]], address: str, protocol: str
) -> tuple[Node, ...]:
    if len(pairs) > 1:
        # Compat: the order of Docker Compose, that of the digits: 10, 8, 9.
        pairs = sorted(pairs, key=lambda pair: f"{pair[1]}/")
    return tuple(
        [
            _long(at, host_ip=address, target=target, published=published, protocol=protocol)
            for published, target in pairs
        ]
    )


def _long(
    at: Position, *, target: int, protocol: str, published: str = "", host_ip: str = ""
) -> Map:
    entries: dict[str, Node] = {"target": Scalar(target, at, str(target))}
    if published:
        entries["published"] = text(published, at)
    if host_ip:
        entries["host_ip"] = text(host_ip, at)
    entries["protocol"] = text(protocol, at)
    return Map(entries, at)


def _checked(node: Map) -> Map:
    """Return a long form; `published` as text, be it one that no engine takes."""
    target = node.entries.get("target")
    if target is None:
        raise Invalid(node.at, "'target' is missing", "write '{target: 80, published: \"8080\"}'")
    number = string(target)
    # What is no number the cast tells of.
    if _NUMBER.fullmatch(number) and not 1 <= int(number) <= _WIDEST:
        message = f"container port {number!r} is out of range, expected 1 to {_LAST}"
        raise Invalid(target.at, message, _HINT, below=("target",))
    address = node.entries.get("host_ip")
    if address is not None and not _is_address(string(address)):
        message = f"{string(address)!r} is no IP address"
        raise Invalid(address.at, message, "write '127.0.0.1'", below=("host_ip",))
    published = node.entries.get("published")
    if published is None or string(published) == "":
        return node
    if isinstance(published, Scalar) and isinstance(published.value, str):
        return node
    entries = {**node.entries, "published": text(string(published), published.at)}
    return Map(entries, node.at, node.keys, node.tag)


def _range(written: str, side: str, at: Position) -> tuple[int, int]:
    match = _RANGE.fullmatch(written)
    if match is None:
        raise Invalid(at, f"{side} port {written!r} is no port or range", _HINT)
    first, second = match.groups()
    if second is None:
        _in_range(written, number := int(first), side, at)
        return number, number
    low, high = int(first), int(second)
    _in_range(written, low, side, at)
    _in_range(written, high, side, at)
    if high < low:
        hint = f"write '{second}-{first}'"
        raise Invalid(at, f"{side} port range {written!r} runs backwards", hint)
    return low, high


def _in_range(written: str, number: int, side: str, at: Position) -> None:
    # A published port 0 asks the engine for a free one.
    least = 0 if side == "host" else 1
    if not least <= number <= _LAST:
        message = f"{side} port {written!r} is out of range, expected {least or 1} to {_LAST}"
        raise Invalid(at, message, _HINT)


def _unbracketed(address: str) -> str:
    return address[1:-1] if address.startswith("[") and address.endswith("]") else address


def _is_address(address: str) -> bool:
    """Whether this is an IPv4 or IPv6 address; zones are none."""
    if ":" not in address:
        return _IPV4.fullmatch(address) is not None
    head, gap, tail = address.partition("::")
    groups = [*head.split(":")] if head else []
    groups += tail.split(":") if tail else []
    if groups and _IPV4.fullmatch(groups[-1]):
        groups[-1:] = ["0", "0"]
    if not all(_IPV6_GROUP.fullmatch(group) for group in groups):
        return False
    return len(groups) < 8 if gap else len(groups) == 8
