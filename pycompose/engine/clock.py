"""What time it is on an engine, which its answers tell by whole seconds.

An engine that is asked for events until a moment to come answers when that moment has come: what
is asked for has to be the past by its own clock, which may be another than ours.

Source: RFC 9110 5.6.7 (`Date: Sun, 06 Nov 1994 08:49:37 GMT`)
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

from pycompose.engine.http1 import Head

_MONTHS: Final = tuple(
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
)
_EQUAL: Final = 1.1  # seconds; answers tell no fractions of them, and take a moment


def is_ours(head: Head | None) -> bool:
    """Tell whether who has just answered goes by our clock, as far as whole seconds tell."""
    theirs = sent_at(head)
    return theirs is not None and 0 <= time.time() - theirs <= _EQUAL


def sent_at(head: Head | None) -> float | None:
    """Return when an answer was sent by the clock of its sender, in seconds since 1970.

    None if it does not say, or says it in a way that nobody writes any more.
    """
    match (head.fields.get("date", "") if head else "").split():
        case [_, day, month, year, clock, "GMT"] if month in _MONTHS:
            try:
                hour, minute, second = map(int, clock.split(":"))
                date = (int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second)
                return datetime(*date, tzinfo=UTC).timestamp()
            except ValueError:
                return None
    return None
