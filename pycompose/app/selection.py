"""Which lines of logs are shown: those an expression matches, and those of some seriousness."""

from __future__ import annotations

import json
import re
from typing import Final

from pycompose.errors import UsageError
from pycompose.events import LogLine

LEVELS: Final = ("trace", "debug", "info", "warning", "error", "fatal")
_RANKS: Final = {
    **{name: rank for rank, name in enumerate(LEVELS)},
    "verbose": 0,
    "dbg": 1,
    "inf": 2,
    "information": 2,
    "notice": 2,
    "warn": 3,
    "wrn": 3,
    "err": 4,
    "severe": 4,
    "critical": 5,
    "crit": 5,
    "alert": 5,
    "emerg": 5,
    "panic": 5,
}
_WORDS: Final = "|".join(sorted(_RANKS, key=len, reverse=True))
# `level=warn`, `[WARN]`, `<warn>`, `WARN:`, `WARN ` in upper case, near the beginning.
_NAMED: Final = re.compile(rf"\b(?:level|lvl|severity)\W{{1,4}}({_WORDS})\b", re.IGNORECASE)
_MARKED: Final = re.compile(rf"[\[<(|]\s?({_WORDS})\s?[\]>)|]|\b({_WORDS}):", re.IGNORECASE)
_SHOUTED: Final = re.compile(rf"\b({_WORDS.upper()})\b")
_NEAR: Final = 120  # characters
_KEYS: Final = ("level", "severity", "lvl", "log.level", "levelname", "@level")


class Selection:
    """Chooses lines; a line without a level goes with the one before it of the same stream.

    Raises:
        UsageError: there is no such level, or `grep` is no regular expression.
    """

    def __init__(self, *, grep: str = "", level: str = "") -> None:
        if level and level.lower() not in _RANKS:
            raise UsageError(f"unknown level {level!r}, expected one of {', '.join(LEVELS)}")
        self.least = _RANKS[level.lower()] if level else -1
        try:
            self.pattern = re.compile(grep)
        except re.error as error:
            raise UsageError(f"--grep {grep!r} is no regular expression: {error}") from None
        self.shown: dict[tuple[str, int], bool] = {}
        self.begun: dict[tuple[str, int], bool] = {}  # of the first part of a long line

    def __call__(self, line: LogLine) -> bool:
        """Tell whether a line is to be shown; all parts of a long one go the way of the first."""
        if line.continued:
            return self.begun.get((line.name, line.stream), False)
        found = self._chosen(line)
        if line.partial:
            self.begun[line.name, line.stream] = found
        return found

    def _chosen(self, line: LogLine) -> bool:
        text = line.line.decode(errors="replace")
        if self.least >= 0:
            rank = rank_of(text)
            source = (line.name, line.stream)
            if rank is not None:
                self.shown[source] = rank >= self.least
            if not self.shown.get(source, False):
                return False
        return self.pattern.search(text) is not None


def rank_of(text: str) -> int | None:
    """Return how serious a line says it is, from 0; None where it does not say."""
    if text.lstrip().startswith("{"):
        try:
            document = json.loads(text)
        except ValueError:
            document = {}
        for key in _KEYS:
            found = document.get(key)
            if isinstance(found, str) and found.lower() in _RANKS:
                return _RANKS[found.lower()]
            if isinstance(found, int) and not isinstance(found, bool) and found >= 10:
                return min(found // 10 - 1, len(LEVELS) - 1)  # as pino and bunyan count
    head = text[:_NEAR]
    for pattern in (_NAMED, _MARKED, _SHOUTED):
        if match := pattern.search(head):
            return _RANKS[next(filter(None, match.groups())).lower()]
    return None
