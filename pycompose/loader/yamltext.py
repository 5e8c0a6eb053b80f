"""Plain values → YAML text in the style of go-yaml, byte for byte.

Dicts, lists and scalars go in (keys in the order given); block style with two spaces comes out.
Strings are plain where no reader could take them for something else, literal blocks where they
have several lines, and never folded.

Source: gopkg.in/yaml.v3, observed through `docker compose config`
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

from pycompose.loader.dates import Moment, instant
from pycompose.loader.tree import Path
from pycompose.model.values import Json

Note: TypeAlias = Callable[[Path], str]

_WORDS: Final = (
    frozenset(
        word
        for lower in ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
        for word in (lower, lower.capitalize(), lower.upper())
    )
    | {"", "~", ".nan", ".NaN", ".NAN"}
    | {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}
)
_INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SEXAGESIMAL: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_INDICATORS: Final = frozenset("#,[]{}&*!|>'\"%@`")
_SPACED: Final = re.compile(r"^[-?:](?=[ \t]|$)|:(?=[ \t]|$)|[ \t\n]#")
_BREAK_SPACE: Final = re.compile(r"\n ")
_UNPRINTABLE: Final = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
# Line breaks, of which go-yaml writes those of Unicode as they are, and indents what follows.
_BREAK: Final = re.compile("[\n\r\x85\u2028\u2029]")
_UNICODE_BREAK: Final = re.compile("[\u2028\u2029]")
_AFTER_BREAKS: Final = re.compile("(?<=[\u2028\u2029])(?=[^\u2028\u2029])(?!'$)")
_BREAK_AT_SPACE: Final = re.compile(" [\n\u2028\u2029]|[\u2028\u2029] ")
_ESCAPED: Final = re.compile(f'{_UNPRINTABLE.pattern}|[\n\u2028\u2029"\\\\]')
_ANY: Final = re.compile(".", re.DOTALL)
_ESCAPES: Final = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", "\xa0": "_", '"': '"', "\\": "\\", "\x85": "N", "\u2028": "L", "\u2029": "P",
}  # fmt: skip
_LONGEST_SIMPLE_KEY: Final = 128  # bytes; a longer key is written as `? key`
_MOST_INTEGER: Final = 1 << 64


def write_yaml(value: Json, *, indent: int = 2, note: Note | None = None) -> str:
    """Return the value as a YAML document, ending in a newline.

    `note` returns, for a path, what the line that begins its value is to say in a comment; none
    if empty. Only the first line of a literal block has one.
    """
    writer = _Writer(" " * indent, note)
    if isinstance(value, dict | list) and value:
        writer.block(value, "", "", ())
    else:
        writer.scalar(value, "", " " * indent, ())
    writer.out.append("")
    return "\n".join(writer.out)


class _Writer:
    """Gathers the lines of one document.

    Of what each method writes, the first line begins with `lead`, the others with `margin`.
    """

    def __init__(self, step: str, note: Note | None) -> None:
        self.step = step
        self.note = note
        self.out: list[str] = []

    def block(self, value: Json, lead: str, margin: str, path: Path) -> None:
        """Write a mapping or a list that is not empty."""
        noting = self.note is not None
        if isinstance(value, dict):
            for key, item in value.items():
                self.entry(key, item, lead, margin, (*path, key) if noting else path)
                lead = margin
            return
        for index, item in enumerate(value):
            below = (*path, index) if noting else path
            if isinstance(item, dict | list) and item:
                self.block(item, f"{lead}- ", f"{margin}  ", below)
            else:
                self.scalar(item, f"{lead}- ", f"{margin}  ", below)
            lead = margin

    def entry(self, key: str, value: Json, lead: str, margin: str, path: Path) -> None:
        """Write a key and its value."""
        head = _key(key)
        inner = margin + self.step
        if head is None:
            self.scalar(key, f"{lead}? ", inner, ())
            lead, head = margin, ""
        if isinstance(value, dict | list) and value:
            self.out.append(self.noted(f"{lead}{head}:", path))
            self.block(value, inner, inner, path)
        else:
            self.scalar(value, f"{lead}{head}: ", inner, path)

    def scalar(self, value: Json, lead: str, margin: str, path: Path) -> None:
        """Write a single value, or an empty collection."""
        first, *rest = _scalar(value)
        if isinstance(value, str) and not value.isascii():
            first, *rest = (_AFTER_BREAKS.sub(margin, line) for line in (first, *rest))
        self.out.append(self.noted(lead + first, path))
        self.out.extend(margin + line if line else "" for line in rest)

    def noted(self, line: str, path: Path) -> str:
        """Return a line with what is to be noted of its value."""
        text = self.note(path) if self.note is not None and path else ""
        return f"{line}  # {_UNPRINTABLE.sub('?', text.replace(chr(10), '?'))}" if text else line


@lru_cache(maxsize=1024)
def _key(text: str) -> str | None:
    """Return a key as it is written; None if it is too long or has too many lines for that."""
    long = len(text.encode("utf-8", "replace")) > _LONGEST_SIMPLE_KEY
    return None if long or _BREAK.search(text) else _text(text, key=True)[0]


def _scalar(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value] if isinstance(value, Moment) else _text(value)
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, float):
        return [go_float(value)]
    if isinstance(value, dict | list):
        return ["{}" if isinstance(value, dict) else "[]"]
    return [str(value)]


def _text(text: str, *, key: bool = False) -> list[str]:
    """Return the lines of a string; more than one only for a literal block."""
    if "\n" in text:
        literal = not (
            text[-1] == " "
            or _BREAK_AT_SPACE.search(text)
            or _UNPRINTABLE.search(text.replace("\t", ""))
        )
        return _literal(text) if literal else [_double(text)]
    if _UNPRINTABLE.search(text) or (key and text == "<<") or _BREAK_AT_SPACE.search(text):
        return [_double(text)]
    if ambiguous(text):
        return [f'"{text}"']
    plain = not (
        text[0] in _INDICATORS
        or text[0] == " "
        or text[-1] == " "
        or text.startswith(("---", "..."))
        or _SPACED.search(text)
        or _UNICODE_BREAK.search(text)
    )
    return [text if plain else "'" + text.replace("'", "''") + "'"]


def _literal(text: str) -> list[str]:
    hint = "2" if text[0] in " \n" else ""
    chomp = "-" if text[-1] != "\n" else "+" if text in ("\n",) or text[-2] == "\n" else ""
    return [f"|{hint}{chomp}", *text.removesuffix("\n").split("\n")]


def _double(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        character = match[0]
        if character in _ESCAPES:
            return "\\" + _ESCAPES[character]
        code = ord(character)
        if code <= 0xFF:
            return f"\\x{code:02X}"
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"

    # Compat: go-yaml escapes all that follows a byte order mark.
    pattern = _ANY if text[0] == "\ufeff" else _ESCAPED
    return '"' + pattern.sub(escape, text) + '"'


def ambiguous(text: str) -> bool:
    """Return whether a plain text could be read as something else than a string."""
    if text in _WORDS:
        return True
    if text[0] not in "+-.0123456789":
        return False
    digits = text if text[0] == "." else text.replace("_", "")
    if _FLOAT.fullmatch(digits):
        return digits.isdigit() or abs(float(digits)) != float("inf")
    if _INTEGER.fullmatch(digits):
        return _fits(digits)
    return bool(_SEXAGESIMAL.fullmatch(text)) or instant(text) is not None


def _fits(digits: str) -> bool:
    number = digits.lstrip("+-").lower()
    base = {"x": 16, "b": 2}.get(number[1:2], 8)
    return int(number.lstrip("0").lstrip("xbo") or "0", base) < _MOST_INTEGER


def go_float(value: float, *, widest: int = 6) -> str:
    """Return a float the way Go prints it, with an exponent from 10**`widest` on."""
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    power = len(digits) + int(exponent) - 1
    if not -5 < power < widest:
        first, *rest = map(str, digits)
        mantissa = f"{first}.{''.join(rest)}" if rest else first
        return f"{'-' * sign}{mantissa}e{power:+03d}"
    return f"{Decimal(repr(value)).normalize():f}"
