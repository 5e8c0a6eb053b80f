"""Moments as users write them (a time, a date, how long ago) to moments as an engine takes them."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Final

from pycompose.errors import UsageError

_PART: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")
_DURATION: Final = re.compile(rf"({_PART.pattern})+")
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_STAMP: Final = re.compile(r"-?\d+(\.\d+)?")
_FRACTION: Final = re.compile(r"(:\d\d)\.(\d+)")


def moment(text: str) -> str:
    """Return the seconds since 1970, with nine decimals where they were given; "" stays "".

    A time without a zone is local, as for Docker.

    Raises:
        UsageError: it is neither a time nor a duration.
    """
    if not text or _STAMP.fullmatch(text):
        return text
    if _DURATION.fullmatch(text):
        ago = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
        return f"{time.time() - ago:.9f}"
    # datetime knows microseconds only; the rest of the fraction is kept beside it.
    fraction = _FRACTION.search(text)
    try:
        whole = datetime.fromisoformat(_FRACTION.sub(r"\1", text)).astimezone()
    except ValueError:
        raise UsageError(f"invalid time {text!r}: expected 2013-01-02T13:23:37Z or 42m") from None
    decimals = fraction[2] if fraction else ""
    return f"{int(whole.timestamp())}.{decimals:0<9.9}"
