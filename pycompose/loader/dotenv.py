"""The texts of `.env` files and of a service's `env_file`, in Docker Compose's dialect.

In comes a text and a function that knows the variables set elsewhere, out go the variables of the
text in file order, each with its place. No message repeats a value: these files hold secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from pycompose.errors import MOST_PROBLEMS, ComposeFileError, Position, Problem
from pycompose.loader.interpolate import Lookup, TemplateError, substitute, unset_notice

MAX_STATEMENTS: Final = 200_000  # of one file; a second of work
MAX_TOTAL: Final = 2**24  # characters of all values: references multiply

# What Go calls space; the blanks end no line.
_BLANK: Final = " \t\v\f\r\x85\xa0"
_SPACE: Final = f"{_BLANK}\n\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TRIMMED: Final = _SPACE.replace("\u2000-\u200a", "".join(map(chr, range(0x2000, 0x200B))))

_GAP: Final = re.compile(f"(?:[{_SPACE}]+|#[^\n]*)*")
_EXPORT: Final = re.compile(f"export[{_SPACE}]+")
_NAME: Final = re.compile(rf"[\w.\-\[\]{_BLANK}]*")
_BLANKS: Final = re.compile(f"[{_BLANK}]*")
_QUOTED: Final = {
    "'": re.compile(r"'((?:[^'\\]|\\.)*+)'", re.DOTALL),
    '"': re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL),
}
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(?:([abfnrtv$"\\])|0([0-9]{0,3}))')
_ESCAPES: Final = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    '"': '"',
    "$": "$$",
}


class EnvFile(NamedTuple):
    """The variables of an env file in file order, where each stands, and warnings."""

    values: Mapping[str, str]
    places: Mapping[str, Position]
    notices: tuple[Problem, ...] = ()


def parse_env(
    text: str,
    name: str,
    lookup: Lookup,
    *,
    earlier: Mapping[str, str] | None = None,
    raw: bool = False,
) -> EnvFile:
    """Return the variables of an env file's text; `name` is what messages call the file.

    A value may refer to what `lookup` knows, which comes first, to variables above it, and to those
    of `earlier` files. A name alone takes its value from `lookup` or those files, and is left out
    where they have none. The `raw` format knows
    neither quotes nor references nor comments behind a value.

    Raises:
        ComposeFileError: the text breaks the dialect, each time at its place.

    Source: compose-spec 05-services.md#env_file-format
    """
    reader = _Reader(text.removeprefix("\ufeff"), name, lookup, earlier or {})
    (reader.raw if raw else reader.read)()
    if reader.problems:
        raise ComposeFileError(*reader.problems)
    return EnvFile(reader.values, reader.places, tuple(reader.notices.values()))


class _Reader:
    """Reads one text from its start to its end."""

    def __init__(self, text: str, name: str, lookup: Lookup, earlier: Mapping[str, str]) -> None:
        self.text = text
        self.name = name
        self.lookup = lookup
        self.earlier = earlier
        self.values: dict[str, str] = {}
        self.places: dict[str, Position] = {}
        self.notices: dict[str, Problem] = {}
        self.problems: list[Problem] = []
        self.line = 1  # of `counted`, an offset up to which lines were counted
        self.counted = 0
        self.statements = 0
        self.total = 0

    def at(self, offset: int) -> Position:
        """Return the place of an offset, which is never left of an earlier one's line."""
        self.line += self.text.count("\n", self.counted, offset)
        self.counted = offset
        return Position(self.name, self.line, offset - self.text.rfind("\n", 0, offset))

    def problem(self, at: Position, message: str, hint: str = "") -> None:
        """Note what is wrong."""
        self.problems.append(Problem(at, "", message, hint))
        if len(self.problems) == MOST_PROBLEMS:
            raise ComposeFileError(*self.problems)

    def end_of_line(self, offset: int) -> int:
        """Return where the line of an offset ends."""
        end = self.text.find("\n", offset)
        return end if end >= 0 else len(self.text)

    def read(self) -> None:
        """Read statements until nothing is left."""
        text = self.text
        offset = _skip(_GAP, text, 0)
        while offset < len(text):
            offset = _skip(_GAP, text, self.statement(offset))

    def statement(self, offset: int) -> int:
        """Read one statement and return where it ends."""
        text = self.text
        offset = _skip(_EXPORT, text, offset)
        end = _skip(_NAME, text, offset)
        key = text[offset:end].rstrip(_TRIMMED)
        sign = text[end : end + 1]
        at = self.at(offset)
        if sign not in ("", "=", ":", "\n"):
            where = Position(self.name, at.line, at.column + end - offset)
            self.problem(where, f"unexpected character {sign!r} in the name of a variable")
        elif end == len(text) and not key:
            return end  # "export" alone
        elif key == "":
            self.problem(at, f"expected the name of a variable before {sign!r}")
        elif any(char in key for char in _BLANK):
            self.problem(at, "the name of a variable cannot hold a space")
        elif sign in ("", "\n"):
            self.inherit(key, at)
            return end
        else:
            return self.value(key, at, _skip(_BLANKS, text, end + 1))
        return self.end_of_line(end)

    def inherit(self, key: str, at: Position) -> None:
        """Take the value of a name that stands alone from outside."""
        value = self.lookup(key)
        value = value if value is not None else self.earlier.get(key)
        if value is not None:
            self.set(key, value, at)

    def set(self, key: str, value: str, at: Position) -> None:
        """Set a variable; the last value counts, at the place of the first."""
        self.statements += 1
        self.total += len(value)
        if self.statements > MAX_STATEMENTS or self.total > MAX_TOTAL:
            most = f"{MAX_STATEMENTS} variables or {MAX_TOTAL} characters in them"
            self.problem(at, f"this env file holds more than {most}", "divide it")
            raise ComposeFileError(*self.problems)
        self.values[key] = value
        self.places[key] = at

    def value(self, key: str, at: Position, offset: int) -> int:
        """Read the value of a variable and return where it ends."""
        text = self.text
        quote = text[offset : offset + 1]
        if quote not in _QUOTED:
            end = self.end_of_line(offset)
            bare = text[offset:end].partition(" #")[0].rstrip(_TRIMMED)
            self.set(key, self.expand(bare, offset, exact=True), at)
            return end
        match = _QUOTED[quote].match(text, offset)
        if match is None:
            self.problem(self.at(offset), f"the quote {quote} opened here is never closed")
            return len(text)
        inner = _ESCAPED.sub(lambda pair: quote if pair[1] == quote else pair[0], match[1])
        if quote == '"':
            inner = self.expand(_ESCAPE.sub(_unescape, inner), offset, exact=False)
        self.set(key, inner, at)
        return match.end()

    def expand(self, value: str, offset: int, *, exact: bool) -> str:
        """Return a value with its references replaced; `exact` where it stands so in the text."""
        if "$" not in value:
            return value

        def unset(name: str) -> None:
            if name not in self.notices:
                self.notices[name] = unset_notice(name, self.at(offset))

        try:
            return substitute(value, self.find, unset)
        except TemplateError as error:
            at = self.at(offset + error.offset if exact else offset)
            self.problem(at, error.message, error.hint)
            return ""

    def find(self, name: str) -> str | None:
        """Return a variable from outside, else from the lines above, else from earlier files."""
        value = self.lookup(name)
        return value if value is not None else self.values.get(name, self.earlier.get(name))

    def raw(self) -> None:
        """Read the text line by line, values as they are."""
        offset = 0
        for line in self.text.split("\n"):
            statement = line.removesuffix("\r").lstrip(_TRIMMED)
            at = self.at(offset + len(line) - len(line.lstrip(_TRIMMED)))
            offset += len(line) + 1
            key, sign, value = statement.partition("=")
            if not statement or statement.startswith("#"):
                continue
            if not key:
                self.problem(at, "expected the name of a variable before '='")
            elif " " in key or "\t" in key:
                self.problem(at, "the name of a variable cannot hold a space")
            elif sign:
                self.set(key, value, at)
            else:
                self.inherit(key, at)


def _skip(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset


def _unescape(match: re.Match[str]) -> str:
    letter, octal = match[1], match[2]
    if letter is not None:
        return _ESCAPES[letter]
    # Compat: only three octal digits below 256 are a character, any other loses its zero.
    if re.fullmatch("[0-3][0-7]{2}", octal):
        return chr(int(octal, 8))
    return f"\\{octal}"
