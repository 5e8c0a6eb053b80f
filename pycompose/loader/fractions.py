"""Numbers with a fraction where whole ones belong: read as Docker Compose reads them, and told of.

Source: docker/compose 2.40.3, by what `config` prints
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pycompose.errors import Owner, Problem
from pycompose.loader.tree import Map, Node, Path, Scalar, dotted
from pycompose.loader.words import show

_SIZES: Final = ("mem_limit", "memswap_limit", "shm_size")  # where the schema allows fractions


def fractions(document: Map) -> dict[Owner, tuple[Problem, ...]]:
    """Return warnings of numbers with a fraction that are not taken for what they say."""
    found: dict[Owner, tuple[Problem, ...]] = {}
    services = document.get("services")
    for name, service in services.entries.items() if isinstance(services, Map) else ():
        if told := tuple(_fractions(service, ("services", name))):
            found["services", name] = told
    return found


def _fractions(service: Node, path: Path) -> Iterator[Problem]:
    entries = service.entries if isinstance(service, Map) else {}
    for key in _SIZES:
        size = entries.get(key)
        if isinstance(size, Scalar) and isinstance(size.value, float):
            message = f"{show(size.text)} is no whole number of bytes, it is ignored"
            hint = "write whole bytes, or a unit as in '64m'"
            yield Problem(size.at, dotted((*path, key)), message, hint, "warning")
    check = entries.get("healthcheck")
    retries = check.get("retries") if isinstance(check, Map) else None
    if isinstance(retries, Scalar) and isinstance(retries.value, float):
        number = retries.value
        if number >= 0 and not number.is_integer():
            where = dotted((*path, "healthcheck", "retries"))
            message = f"{show(retries.text)} is no whole number, it counts as {int(number)}"
            yield Problem(retries.at, where, message, f"write '{int(number)}'", "warning")
