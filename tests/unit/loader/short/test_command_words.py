"""Commands as texts: the words that Docker Compose 2.40.3 makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.loader.nodes import node, refusal

from pycompose.loader.short import commands
from pycompose.loader.short.commands import Unbalanced, command, words
from pycompose.loader.tree import plain


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ()),
        ("  ", ()),
        ("a b", ("a", "b")),
        ("\ta\n b \r\n c", ("a", "b", "c")),
        ('a "b c" d', ("a", "b c", "d")),
        ("a 'b c'", ("a", "b c")),
        ('a"b\'c"d', ("ab'cd",)),
        ("a '' b", ("a", "", "b")),
        ('a""', ("a",)),
        ('a \\"b', ("a", '"b')),
        ("a\\ b", ("a b",)),
        ("a \\\nb", ("a", "\nb")),
        ("'a\\ b'", ("a\\ b",)),
        ('"a\\nb\\\\c"', ("anb\\c",)),
        ("a #b", ("a", "#b")),
        ("$X $(x y) `z w`", ("$X", "$(x y)", "`z w`")),
        ("$(a; b) c", ("$(a; b)", "c")),
        ("a; b && c", ("a",)),
        ("a | b", ("a",)),
        ("a 2> b", ("a",)),
        ("ab> c", ("ab",)),
        ("\\2> b", ()),
        ("é\u00a0ü", ("é\u00a0ü",)),
        ('a "$(b)" c', ("a", "$(b)", "c")),
    ],
)
def test_words(line, expected):
    assert words(line) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('a "b', "a double quote is not closed"),
        ("a 'b", "a single quote is not closed"),
        ("a `b", "a backtick is not closed"),
        ("a $(b", "a bracket has no counterpart"),
        ("a )", "a bracket has no counterpart"),
        ("a (b)", "'(' needs quotes"),
        ("a $((b))", "'(' needs quotes"),
        ("a\\", "a backslash at the end escapes nothing"),
    ],
)
def test_what_is_left_open_is_told(line, message):
    with pytest.raises(Unbalanced, match="^" + message.replace("(", r"\(").replace(")", r"\)")):
        words(line)


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="'")), min_size=1))
def test_quoted_words_are_kept_whatever_they_hold(parts):
    assert words(" ".join(f"'{part}'" for part in parts)) == tuple(parts)


@given(st.text("ab \t\"'\\`$();>2", max_size=12))
def test_the_short_cut_for_simple_lines_agrees_with_the_long_way(line):
    def outcome(read):
        try:
            return read(line)
        except Unbalanced:
            return "unbalanced"

    assert outcome(words) == outcome(lambda text: commands._Words().read(text))


def test_commands_that_are_no_text_are_kept():
    for text in ("[a, b]", "null"):
        given_node = node(text)
        assert command(given_node) is given_node
        assert commands.test(given_node) is given_node


def test_a_command_is_the_list_of_its_words():
    assert plain(command(node("a 'b c'"))) == ["a", "b c"]
    assert refusal(command, '"a \'b"') == "a single quote is not closed"


def test_the_test_of_a_healthcheck_goes_to_a_shell():
    assert plain(commands.test(node("curl -f x && y"))) == ["CMD-SHELL", "curl -f x && y"]
