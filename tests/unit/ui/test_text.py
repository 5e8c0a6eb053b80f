from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose.ui.text import cells, fit, printable, shown


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain ✔ 日本", "plain ✔ 日本"),
        ("\x1b[31m", "\\e[31m"),
        ("a\r\nb\tc\x00", "a\\r\\nb\\tc\\x00"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
    ],
)
def test_control_characters_are_escaped(text, safe) -> None:
    assert printable(text) == safe


def test_line_ends_can_be_kept() -> None:
    assert printable("a\nb\r\x1b", lines=True) == "a\nb\\r\\e"


@given(st.text())
def test_nothing_unsafe_is_left(text) -> None:
    assert printable(printable(text)) == printable(text)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in printable(text))


@given(st.text().map(printable), st.integers(0, 40))
def test_what_is_fitted_fits(text, width) -> None:
    assert cells(fit(text, width)) <= width
    if cells(text) <= width:
        assert fit(text, width) == text


def test_wide_characters_count_twice() -> None:
    assert cells("日本a") == 5
    assert fit("日本語", 4) == "日…"
    assert fit("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        (b"plain", b"plain"),
        ("ä 漢 👍".encode(), "ä 漢 👍".encode()),
        (b"a\tb", b"a\tb"),
        (b"\x1b[1;31mred\x1b[0m", b"\x1b[1;31mred\x1b[0m\x1b[0m"),
        (b"\x1b[2Jgone", b"\\e[2Jgone"),
        (b"\x1b[3\x1b[1mbold", b"\\e[3\x1b[1mbold\x1b[0m"),
        (b"10%\r20%\r30%", b"30%"),
        (b"windows\r", b"windows"),
        (b"\x00\x08\x7f", b"\\x00\\x08\\x7f"),
        (b"\x9b2J", b"\xef\xbf\xbd2J"),
        ("\x9b2J".encode(), b"\\x9b2J"),
    ],
)
def test_a_line_of_a_program_keeps_its_colours_alone(line: bytes, safe: bytes) -> None:
    assert shown(line) == safe


@given(st.binary())
def test_no_line_of_a_program_moves_the_cursor(line: bytes) -> None:
    rest = re.sub(r"\x1b\[[0-9;:]*m", "", shown(line).decode()).replace("\t", "")
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in rest)
