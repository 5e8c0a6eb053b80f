"""Moments as people write them (a time, a date, how long ago) to those an engine takes."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import datetime
from typing import Final

from pycompose.errors import UsageError
from pycompose.model.values import nanoseconds

NEVER: Final = "0001-01-01T00:00:00Z"  # what an engine writes where nothing has happened yet
_STAMP: Final = re.compile(r"-?\d+(\.\d+)?")
_FRACTION: Final = re.compile(r"(:\d\d)\.(\d+)")


def moment(text: str) -> str:
    """Return the seconds since 1970, with nine decimals where they were given.

    A time without a zone is local. "" and the moment that never was are "".

    Raises:
        UsageError: it is neither a time nor a duration.

    Source: the `since` of GET /containers/{id}/logs
    """
    if not text or text == NEVER:
        return ""
    if _STAMP.fullmatch(text):
        return text
    with suppress(ValueError):
        return f"{time.time() - nanoseconds(text) / 1e9:.9f}"
    # datetime knows microseconds only; the rest of the fraction is kept beside it.
    fraction = _FRACTION.search(text)
    try:
        whole = datetime.fromisoformat(_FRACTION.sub(r"\1", text)).astimezone()
    except ValueError:
        raise UsageError(f"invalid time {text!r}: expected 2013-01-02T13:23:37Z or 42m") from None
    decimals = fraction[2] if fraction else ""
    return f"{int(whole.timestamp())}.{decimals:0<9.9}"
