"""What a service depends on without saying so: services it links to or shares something with.

Source: compose-go loader/normalize.go; rules 93, 94 and 107
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from pycompose.loader.tree import Map, Path, Scalar, Seq

NAMESPACES: Final = ("network_mode", "ipc", "pid", "uts", "cgroup")
_SERVICE: Final = "service:"
_CONTAINER: Final = "container:"


class Implied(NamedTuple):
    """A dependency: the service, what names it and where that is below the dependent service."""

    service: str
    by: Scalar
    path: Path
    restart: bool


def implied(service: Map) -> Iterator[Implied]:
    """Yield what a canonical service depends on by its other attributes.

    Of several with the same name the first one counts.
    """
    for index, link in _texts(service, "links"):
        yield Implied(_text(link).partition(":")[0], link, ("links", index), restart=True)
    for name in NAMESPACES:
        mode = service.get(name)
        if isinstance(mode, Scalar) and _text(mode).startswith(_SERVICE):
            yield Implied(_text(mode).removeprefix(_SERVICE), mode, (name,), restart=True)
    for index, source in _texts(service, "volumes_from"):
        if not _text(source).startswith(_CONTAINER):
            path = ("volumes_from", index)
            yield Implied(_text(source).partition(":")[0], source, path, restart=False)


def _texts(service: Map, key: str) -> Iterator[tuple[int, Scalar]]:
    listed = service.get(key)
    for index, item in enumerate(listed.items if isinstance(listed, Seq) else ()):
        if isinstance(item, Scalar):
            yield index, item


def _text(node: Scalar) -> str:
    return str(node.value)
