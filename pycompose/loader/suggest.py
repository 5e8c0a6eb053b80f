"""What a misspelt name was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable

_CUTOFF = 0.6  # of difflib: below, people see no likeness
_LONGEST = 60  # characters that are compared: the cost grows with their square


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the known name closest to a word; "" if none is close."""
    close = closest(word, known)
    return f"did you mean {close!r}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known name closest to a word; case and the sign between words do not count."""
    from difflib import get_close_matches  # noqa: PLC0415  # not for a good file

    names = [name for name in known if len(name) <= _LONGEST]
    plain = _plain(word[:_LONGEST])
    same = [name for name in names if _plain(name) == plain]
    same += [name for name in names if sorted(name) == sorted(word)]  # letters in another order
    return (same or get_close_matches(word[:_LONGEST], names, n=1, cutoff=_CUTOFF) or [""])[0]


def closeness(word: str, known: Iterable[str]) -> float:
    """Return how close the closest known name is, 1 for the same one, 0 for none."""
    close = closest(word, known)
    if not close:
        return 0.0
    if _plain(close) == _plain(word[:_LONGEST]):
        return 1.0
    from difflib import SequenceMatcher  # noqa: PLC0415

    return SequenceMatcher(None, word[:_LONGEST], close).ratio()


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")
