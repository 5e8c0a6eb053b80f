"""Text made safe and fitted for a terminal; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# C0, DEL and C1, the marks that reorder what follows them, and the one that nobody sees.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_UNSAFE_BUT_LINES: Final = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
# Control characters, but for tabs; colours come first, so that they match as a whole.
_COLOR_OR_CONTROL: Final = re.compile("\x1b\\[[0-9;:]*m|[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_PLAIN: Final = "\x1b[0m"
_ESCAPES: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1b": "\\e"}


def printable(text: str, *, lines: bool = False) -> str:
    """Return text with its control characters escaped; with `lines`, line ends are kept."""
    return (_UNSAFE_BUT_LINES if lines else _UNSAFE).sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _ESCAPES.get(char) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def shown(line: bytes) -> bytes:
    """Return a line of a program as a terminal may be shown it.

    Colours are kept, and end with the line. Of a row that was written over again and again (a
    progress bar) the last state is left. All else that a terminal would obey is escaped.
    """
    text = line.decode(errors="replace")
    if text.isprintable():
        return text.encode()
    text = text.rstrip("\r").rpartition("\r")[2]
    safe = _COLOR_OR_CONTROL.sub(_color_or_escape, text)
    return (safe + _PLAIN if "\x1b" in safe else safe).encode()


def _color_or_escape(match: re.Match[str]) -> str:
    return match.group() if len(match.group()) > 1 else _escape(match)


def cells(text: str) -> int:
    """Return how many columns of a terminal a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def fit(text: str, width: int) -> str:
    """Return a printable text cut to a number of columns; an ellipsis shows the cut."""
    if cells(text) <= width:
        return text
    kept, used = [], 1
    for char in text:
        used += _cells(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept) + "…" if width > 0 else ""
