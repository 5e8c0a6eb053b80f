"""Sizes as docker tells them; pure.

Source: docker/go-units size.go
"""

from __future__ import annotations

from typing import Final

_DECIMAL: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_BINARY: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")


def decimal(size: float, digits: int = 3) -> str:
    """Return a size in powers of 1,000, such as `1.98MB`, with some significant digits."""
    return _sized(size, 1000, _DECIMAL, digits)


def binary(size: float) -> str:
    """Return a size in powers of 1,024, such as `23.54GiB`."""
    return _sized(size, 1024, _BINARY, 4)


def _sized(size: float, base: int, units: tuple[str, ...], digits: int) -> str:
    last = len(units) - 1
    power = 0
    while size >= base and power < last:
        size /= base
        power += 1
    return f"{size:.{digits}g}{units[power]}"
