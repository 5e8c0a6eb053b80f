"""Commands as texts: split into words for `command` and `entrypoint`, for a shell in a `test`.

Source: compose-spec 05-services.md#command, #entrypoint, #healthcheck
"""

from __future__ import annotations

import re
from typing import Final

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import text
from pycompose.loader.tree import Node, Scalar, Seq

_WORD: Final = r"""(?:[^ \t\r\n\\`()"';&|<>]++|"[^"\\]*+"|'[^']*+')++"""
_SIMPLE: Final = re.compile(rf"[ \t\r\n]*+(?:{_WORD}[ \t\r\n]*+)*+")
_FIND: Final = re.compile(_WORD)
_QUOTED: Final = re.compile(r"""([^"']*)(?:"([^"]*)"|'([^']*)')?""")
_LIST_HINT: Final = "a list takes its items as they are: ['sh', '-c', 'a && b']"


class Unbalanced(ValueError):
    """A text whose quotes, brackets or escapes are not closed."""


def command(node: Node) -> Node:
    """Return a command as the list of its words; null and lists as they are.

    Raises:
        Invalid: its quotes are not balanced.
    """
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    try:
        found = words(node.value)
    except Unbalanced as error:
        raise Invalid(node.at, str(error), _LIST_HINT) from None
    return Seq(tuple([text(word, node.at) for word in found]), node.at)


def test(node: Node) -> Node:
    """Return the test of a healthcheck as a list; a text is given to the image's shell."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    return Seq((text("CMD-SHELL", node.at), node), node.at)


def words(line: str) -> tuple[str, ...]:
    """Return the words of a command line; quoting is a shell's, but nothing is expanded.

    Raises:
        Unbalanced: a quote, a backtick, `$(` or an escape is not closed.

    Source: https://github.com/mattn/go-shellwords, observed through `docker compose config`
    """
    if _SIMPLE.fullmatch(line) is None:
        return _Words().read(line)
    return tuple(
        [
            word if '"' not in word and "'" not in word else _QUOTED.sub(r"\1\2\3", word)
            for word in _FIND.findall(line)
        ]
    )


class _Words:
    """One line while it is read, character by character."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.word: str | None = None
        self.open = ""  # which of " ' ` ( is open
        self.escaped = False

    def read(self, line: str) -> tuple[str, ...]:
        """Return the words of the line."""
        for char in line:
            if self.escaped:
                self.add(char)
                self.escaped = False
            elif char == "\\" and self.open != "'":
                self.escaped = True
            elif char in " \t\r\n" and not self.open:
                self.end()
            # Compat: Docker Compose reads a command to the first operator of a shell, no further.
            elif char in ";&|<>" and not self.open:
                if char == ">" and self.word and self.word[0] in "0123456789":
                    self.word = None  # `2>` names what would be redirected
                break
            else:
                self.special(char)
        if self.open or self.escaped:
            raise Unbalanced(_unclosed(self.open))
        self.end()
        return tuple(self.found)

    def special(self, char: str) -> None:
        """Take a character that may open or close something."""
        if char in "\"'" and self.open in ("", char):
            self.word = self.word or ""
            self.open = "" if self.open else char
        elif char == "(" and self.open not in ('"', "'", "`"):
            if self.open or not (self.word or "").endswith("$"):
                raise Unbalanced("'(' needs quotes")
            self.open = char
            self.add(char)
        elif char in ")`" and self.open in ("", "(" if char == ")" else "`"):
            self.open = "" if self.open else "(" if char == ")" else "`"
            self.add(char)
        else:
            self.add(char)

    def add(self, char: str) -> None:
        """Put a character to the word."""
        self.word = (self.word or "") + char

    def end(self) -> None:
        """Finish the word, if one was begun."""
        if self.word is not None:
            self.found.append(self.word)
        self.word = None


def _unclosed(opened: str) -> str:
    if not opened:
        return "a backslash at the end escapes nothing"
    if opened == "(":
        return "a bracket has no counterpart"
    name = {'"': "double quote", "'": "single quote", "`": "backtick"}[opened]
    return f"a {name} is not closed"
