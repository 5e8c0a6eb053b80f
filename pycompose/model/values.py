"""Units and names, and their parsers: durations, sizes, image references. Pure text in, value out.

A parser raises ValueError with a message that says what was expected; the caller knows the place.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

Json: TypeAlias = Any  # a decoded JSON document: dict, list, str, int, float, bool or None
EMPTY: Final[Mapping[str, Json]] = MappingProxyType({})  # the default of named tuples

_DURATION_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 24 * 3600 * 10**9,
    "w": 7 * 24 * 3600 * 10**9,
}
_DURATION_PART: Final = re.compile(r"(?:(\d+)(?:\.(\d*))?|\.(\d+))(ns|us|µs|μs|ms|[smhdw])")
_SIZE: Final = re.compile(
    r"\+?(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?) ?(?:b|(?P<unit>[kmgtp])(?:i?b)?)?",
    re.IGNORECASE | re.ASCII,
)
_SIZE_POWERS: Final = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_LARGEST: Final = 2**63 - 1  # what an engine can hold
_DIGITS: Final = 18  # of a number that fits: more are never converted


def nanoseconds(text: str) -> int:
    """Return a duration such as `1h5m30s20ms` in nanoseconds (units ns us ms s m h d w).

    Raises:
        ValueError: it is no duration.

    Source: compose-spec 11-extension.md#specifying-durations
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, end = 0, 0
    for part in _DURATION_PART.finditer(rest):
        if part.start() != end:
            break
        end = part.end()
        whole, fraction, tail, unit = part.groups()
        digits = (fraction or tail or "")[:_DIGITS]
        factor = _DURATION_UNITS[unit]
        if whole and len(whole) > _DIGITS:
            total = _LARGEST + 1
            continue
        total += int(whole or 0) * factor
        # Compat: Go multiplies the fraction as a float, and so do we, to the last digit.
        total += int(int(digits) * (factor / 10 ** len(digits))) if digits else 0
    if not rest or end != len(rest):
        raise ValueError(f"{text!r} is no duration, expected one such as '1m30s' or '500ms'")
    if total > _LARGEST:
        raise ValueError(f"{text!r} is too long, expected less than 292 years")
    return sign * total


def go_duration(nanos: int) -> str:
    """Return nanoseconds the way Go prints a duration: `1m30s`, `408h0m0s`, `1.5s`, `200ms`."""
    if nanos == 0:
        return "0s"
    sign = "-" if nanos < 0 else ""
    rest = abs(nanos)
    if rest < 10**9:
        for unit, size in (("ms", 10**6), ("µs", 10**3), ("ns", 1)):
            if rest >= size:
                return f"{sign}{_fraction(rest, size)}{unit}"
    seconds = _fraction(rest % (60 * 10**9), 10**9)
    minutes = rest // (60 * 10**9)
    if minutes >= 60:
        return f"{sign}{minutes // 60}h{minutes % 60}m{seconds}s"
    return f"{sign}{minutes}m{seconds}s" if minutes else f"{sign}{seconds}s"


def _fraction(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    if not rest:
        return str(whole)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}"


def size(text: str) -> int:
    """Return a size such as `64m`, `1.5gb` or `1024` in bytes (powers of 1024, any case).

    Raises:
        ValueError: it is no size.

    Source: compose-spec 11-extension.md#specifying-byte-values
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no size, expected one such as '64m' or '1.5gb'")
    number, unit = match["number"], match["unit"]
    factor = 1024 ** _SIZE_POWERS[unit.lower()] if unit else 1
    exact = number.isdigit() and len(number) <= _DIGITS
    found = int(number) * factor if exact else float(number) * factor
    if found > _LARGEST:
        raise ValueError(f"{text!r} is too large, expected less than 8192 PiB")
    return int(found)


def go_float(value: float) -> str:
    """Return a float the way Go prints it: `1.1`, `1e+21`, `+Inf`."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return f"{sign}0"
    power = len(digits) - len(fraction) - 1 + int(exponent or 0)
    digits = digits.rstrip("0")
    if not -5 < power < 6:  # where Go changes to an exponent
        head = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
        return f"{sign}{head}e{power:+03d}"
    if power < 0:
        return f"{sign}0.{digits.rjust(len(digits) - power - 1, '0')}"
    whole, fraction = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def single(value: float) -> float:
    """Return a number as Go's `float32` holds it: the shortest text of that names it.

    Raises:
        ValueError: it is too large for one.
    """
    try:
        held = struct.pack("<f", value)
    except OverflowError:
        raise ValueError(f"{value!r} is too large, expected a number below 3.4e38") from None
    (near,) = struct.unpack("<f", held)
    texts = (f"{near:.{digits}g}" for digits in range(1, 10))
    return next((float(text) for text in texts if struct.pack("<f", float(text)) == held), near)


_REPOSITORY: Final = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*")


class ImageRef(NamedTuple):
    """An image reference in its parts; `registry` is "" for Docker Hub."""

    registry: str
    name: str
    tag: str
    digest: str


def image_ref(text: str) -> ImageRef:
    """Split an image reference; `tag` and `digest` are "" where not given.

    Source: https://github.com/distribution/reference grammar
    """
    rest, _, digest = text.partition("@")
    head, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    path = f"{head}{slash}{last}"
    first, slash, remainder = path.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return ImageRef(first, remainder, tag, digest)
    return ImageRef("", path, tag, digest)


def qualified(text: str) -> str:
    """Return a reference in full, as a registry takes it, with a tag or else a digest.

    `redis` becomes `docker.io/library/redis:latest`.

    Raises:
        ValueError: its name has characters that no repository has.

    Source: github.com/distribution/reference ParseDockerRef
    """
    ref = image_ref(text)
    registry, name = ref.registry, ref.name
    if registry in ("", "index.docker.io", "docker.io"):
        registry, name = "docker.io", name if "/" in name else f"library/{name}"
    if not _REPOSITORY.fullmatch(name):
        raise ValueError(f"{text!r} is no image: expected lower case letters, digits and '._-/'")
    return f"{registry}/{name}" + (f"@{ref.digest}" if ref.digest else f":{ref.tag or 'latest'}")


def familiar(text: str) -> str:
    """Return a reference the way engines list it: `redis` becomes `redis:latest`.

    `docker.io/library/redis` becomes `redis:latest` too; a digest is kept and takes no tag.
    """
    ref = image_ref(text)
    registry, name = ref.registry, ref.name
    if registry in ("docker.io", "index.docker.io"):
        registry = ""
    if not registry:
        name = name.removeprefix("library/")
    path = f"{registry}/{name}" if registry else name
    if ref.digest:
        return f"{path}:{ref.tag}@{ref.digest}" if ref.tag else f"{path}@{ref.digest}"
    return f"{path}:{ref.tag or 'latest'}"
