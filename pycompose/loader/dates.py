"""Plain YAML scalars that are dates or times, as go-yaml tells them from texts.

Text in, text out. Compose has no attribute that takes one; extensions keep them.

Source: https://yaml.org/type/timestamp.html; gopkg.in/yaml.v3 resolve.go, for what it takes of it
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_DATE: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt](?P<zoned>\d{1,2}:\d{1,2}:\d{1,2})(?P<part>\.\d+)?(?P<zone>Z|[-+]\d\d:\d\d)"
    r"| (?P<bare>\d{1,2}:\d{1,2}:\d{1,2})(?P<rest>\.\d+)?)?",
    re.ASCII,
)
_NANOSECONDS: Final = 9  # digits


class Moment(str):
    """A date or time written without quotes, in Go's form; written without quotes again."""

    __slots__ = ()


def instant(text: str) -> str | None:
    """Return a date or time as Go writes it (RFC 3339), None where the text is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    clock = match["zoned"] or match["bare"] or "0:0:0"
    hour, minute, second = map(int, clock.split(":"))
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    try:
        datetime(year or 1, month, day, hour, minute, second)  # noqa: DTZ001 - only its bounds count
    except ValueError:
        return None
    fraction = (match["part"] or match["rest"] or "")[: _NANOSECONDS + 1].rstrip("0").rstrip(".")
    moment = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    return f"{moment}{fraction}{match['zone'] or 'Z'}"
