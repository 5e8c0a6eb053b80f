"""Env files in Docker Compose's dialect; the expected values are what v2.40.3 made of them."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError
from pycompose.loader.dotenv import EnvFile, parse_env

ENV = {"B": "bee", "HOME2": "os"}


def read(text: str, **options: bool) -> EnvFile:
    return parse_env(text, ".env", ENV.get, **options)


def refusal(text: str, **options: bool) -> list[str]:
    with pytest.raises(ComposeFileError) as caught:
        read(text, **options)
    return str(caught.value).split("\n")


ACCEPTED = [
    ("A=1", {"A": "1"}),
    ("A= 1 ", {"A": "1"}),
    ("A = 1", {"A": "1"}),
    ("export A=1", {"A": "1"}),
    ("export\tA=1", {"A": "1"}),
    ("A\n", {}),
    ("UN\nC=1", {"C": "1"}),
    ("A=", {"A": ""}),
    ("A=\nC=2", {"A": "", "C": "2"}),
    ("A: foo", {"A": "foo"}),
    ("A:foo", {"A": "foo"}),
    ("A= # c", {"A": "# c"}),
    ("A=x # c", {"A": "x"}),
    ("A=x#c", {"A": "x#c"}),
    ("A=x #c", {"A": "x"}),
    ('A="x"\nC=3', {"A": "x", "C": "3"}),
    ('A="x" # c', {"A": "x"}),
    ("A='x' # c", {"A": "x"}),
    ("A='x'\n", {"A": "x"}),
    ("A='a\\'b'", {"A": "a'b"}),
    ("A='a\\nb'", {"A": "a\\nb"}),
    ('A="a\\nb"', {"A": "a\nb"}),
    ('A="a\\tb"', {"A": "a\tb"}),
    ('A="a\\"b"', {"A": 'a"b'}),
    ('A="a\\\\b"', {"A": "a\\b"}),
    ('A="a\\$B"', {"A": "a$B"}),
    ('A="a$$B"', {"A": "a$B"}),
    ("A=a\\$B", {"A": "a\\bee"}),
    ("A=a$$B", {"A": "a$B"}),
    ("A=$B", {"A": "bee"}),
    ("A=$B.2", {"A": "bee.2"}),
    ("A=${B}", {"A": "bee"}),
    ("A=${ZZ-d}", {"A": "d"}),
    ("A=${ZZ:-${YY:-deep}}", {"A": "deep"}),
    ("A='${B}'", {"A": "${B}"}),
    ('A="${B}"', {"A": "bee"}),
    ('A="${ZZ}"', {"A": ""}),
    ('A="l1\nl2"', {"A": "l1\nl2"}),
    ("A='l1\nl2'", {"A": "l1\nl2"}),
    ("1A=2", {"1A": "2"}),
    ("A.b-c[0]=2", {"A.b-c[0]": "2"}),
    ("# c\nA=1", {"A": "1"}),
    ("  A=1", {"A": "1"}),
    ("\tA=1", {"A": "1"}),
    ("A=1\r\nC=2\r\n", {"A": "1", "C": "2"}),
    ("\ufeffA=1", {"A": "1"}),
    ("A=`x`", {"A": "`x`"}),
    ('A="\\a\\b\\f\\v\\r"', {"A": "\x07\x08\x0c\x0b\r"}),
    ('A="\\c\\d\\x41\\u0041"', {"A": "\\c\\d\\x41\\u0041"}),
    ('A="\\0101\\012\\07\\0"', {"A": "A\\12\\7\\"}),
    ('A="\\0777"', {"A": "\\777"}),
    ('A={"a":1}', {"A": '{"a":1}'}),
    ("A=x y", {"A": "x y"}),
    ("A=x\ty", {"A": "x\ty"}),
    ('A="x\\\\"', {"A": "x\\"}),
    ("A=1\nA=2", {"A": "2"}),
    ("A=1\nC=$A", {"A": "1", "C": "1"}),
    ("HOME2=file\nC=${HOME2}", {"C": "os", "HOME2": "file"}),
    ("A=é", {"A": "é"}),
    ("Ä=1", {"Ä": "1"}),
    ("A=x\xa0", {"A": "x"}),
    ("\xa0A=1", {"A": "1"}),
    ("A=a\u2003", {"A": "a"}),
    ("A=\\n", {"A": "\\n"}),
    ("A=\\", {"A": "\\"}),
    ("A='${'", {"A": "${"}),
    ("A=$", {"A": "$"}),
    ("A=$1", {"A": "$1"}),
    ("A=a=b", {"A": "a=b"}),
    ("A=:b", {"A": ":b"}),
    ("A==b", {"A": "=b"}),
    ("A \n", {}),
    ("A\t=1", {"A": "1"}),
    ("A =\n", {"A": ""}),
    ("\n\n", {}),
    ("export=1", {"export": "1"}),
    ("exportA=1", {"exportA": "1"}),
    ('A="a" C=2', {"A": "a", "C": "2"}),
    ('A="a"C=2', {"A": "a", "C": "2"}),
    ('A="1\n2\n3"\nC=$A', {"A": "1\n2\n3", "C": "1\n2\n3"}),
    ("A=#x", {"A": "#x"}),
    ("A=x#", {"A": "x#"}),
    ('A="#"', {"A": "#"}),
    ('A="x #y"', {"A": "x #y"}),
    ("A=\x0b1", {"A": "1"}),
    ("A=1\x0c\n", {"A": "1"}),
    ("A=x\rC=2", {"A": "x\rC=2"}),
    ("A=${B:+yes}", {"A": "yes"}),
    ("A=$ZZ", {"A": ""}),
    ("A=''", {"A": ""}),
    ('A=""', {"A": ""}),
    ("A=😀", {"A": "😀"}),
    ("A=a\\nb", {"A": "a\\nb"}),
    ('A="a\\\nb"', {"A": "a\\\nb"}),
    ('A="a\\\\nb"', {"A": "a\\nb"}),
    ('A="\\\\$B"', {"A": "\\bee"}),
    ("A='\\\\'", {"A": "\\\\"}),
    ('A="\\\'"', {"A": "\\'"}),
    ("A='\\\"'", {"A": '\\"'}),
    ("A=1 ;# x", {"A": "1 ;# x"}),
    ("A=  \n", {"A": ""}),
    ('A = "x"', {"A": "x"}),
    ('A: "x"', {"A": "x"}),
    ("A : x", {"A": "x"}),
    ("A:\n", {"A": ""}),
    ("A:", {"A": ""}),
    ("[A]=1", {"[A]": "1"}),
    ("A=x\n\n\n#c\nC=5", {"A": "x", "C": "5"}),
    ("export  A = 1", {"A": "1"}),
    ("export A: 1", {"A": "1"}),
    ("A=$B # c", {"A": "bee"}),
    ("A=${B:-a}${C}", {"A": "bee"}),
    ('A=\t"x"', {"A": "x"}),
    ("A=x\n  C=$A\n", {"A": "x", "C": "x"}),
    ('A="a\r\nb"', {"A": "a\r\nb"}),
    ("UN=$UN", {"UN": ""}),
    ("A=${UN}", {"A": ""}),
    ('A=x"y"', {"A": 'x"y"'}),
    ("A=x'#' #z", {"A": "x'#'"}),
    ("A='x'#c", {"A": "x"}),
    ('A="x"#c', {"A": "x"}),
    ("A=x\x00y", {"A": "x\x00y"}),
    ("²=1", {"²": "1"}),
    ("A٣=1", {"A٣": "1"}),
    ("A=1 \u2028x", {"A": "1 \u2028x"}),
    ("export\n", {}),
    ("export \nA=1", {"A": "1"}),
    ("A=1\x85C=2", {"A": "1\x85C=2"}),
    ("A=a\x85", {"A": "a"}),
]
RAW = [
    ("A=1", {"A": "1"}),
    ("A= 1 ", {"A": " 1 "}),
    ("A\n", {}),
    ("B", {"B": "bee"}),
    ("UN\nC=1", {"C": "1"}),
    ("A:foo", {}),
    ("A= # c", {"A": " # c"}),
    ("A=x # c", {"A": "x # c"}),
    ('A="x"\nC=3', {"A": '"x"', "C": "3"}),
    ("A=$B", {"A": "$B"}),
    ('A="l1\nl2"', {"A": '"l1'}),
    ("A!=1", {"A!": "1"}),
    ("  A=1", {"A": "1"}),
    ("A=1\r\nC=2\r\n", {"A": "1", "C": "2"}),
    ("\ufeffA=1", {"A": "1"}),
    ("HOME2=file\nC=${HOME2}", {"C": "${HOME2}", "HOME2": "file"}),
    ("\xa0A=1", {"A": "1"}),
    ("A=a=b", {"A": "a=b"}),
    ("A=x\rC=2", {"A": "x\rC=2"}),
    ("A=  \n", {"A": "  "}),
    ("A=x\n\n\n#c\nC=5", {"A": "x", "C": "5"}),
]


@pytest.mark.parametrize(("text", "expected"), ACCEPTED)
def test_reads_as_docker_compose_does(text, expected):
    assert read(text).values == expected


@pytest.mark.parametrize(("text", "expected"), RAW)
def test_the_raw_format_takes_values_as_they_are(text, expected):
    assert read(text, raw=True).values == expected


# Compat: Docker Compose makes of these a variable whose name is empty.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("A", {}), ("B", {"B": "bee"}), ("export B", {"B": "bee"}), ("export", {})),
        *(('A="x"y', {"A": "x"}), ("A='' B", {"A": "", "B": "bee"})),
    ],
)
def test_a_name_alone_at_the_end_is_taken_from_outside(text, expected):
    assert read(text).values == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!!!", "1:1: unexpected character '!' in the name of a variable"),
        ("A=1\nC;D=1", "2:2: unexpected character ';' in the name of a variable"),
        ("A B=1", "1:1: the name of a variable cannot hold a space"),
        ("=1", "1:1: expected the name of a variable before '='"),
        (": 1", "1:1: expected the name of a variable before ':'"),
        ("export = 1", "1:8: expected the name of a variable before '='"),
        ('A=1\n  C="secret', '2:5: the quote " opened here is never closed'),
        ("A='secret", "1:3: the quote ' opened here is never closed"),
        ("A=secret${", "1:9: '${' is not followed by the name of a variable"),
        ('A="secret${"', "1:3: '${' is not followed by the name of a variable"),
        ("A=${X:?boom}", "1:3: required variable 'X' is missing a value: boom"),
        ("A=${B:-a # c}", "1:3: the brace of '${B' is not closed"),
    ],
)
def test_what_breaks_the_dialect_is_refused_at_its_place(text, message):
    (found,) = refusal(text)
    assert found.startswith(f".env:{message}")
    assert "secret" not in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A =1", ".env:1:1: the name of a variable cannot hold a space"),
        ("\n  =1", ".env:2:3: expected the name of a variable before '='"),
    ],
)
def test_what_breaks_the_raw_format_is_refused(text, message):
    assert refusal(text, raw=True) == [message]


def test_every_problem_is_told_and_none_shows_a_value():
    found = refusal("A=x\n!=hunter2\nC D=hunter2\nE=hunter2${\n")
    assert [line.split(": ")[0] for line in found] == [".env:2:1", ".env:3:1", ".env:4:10"]
    assert "hunter2" not in "".join(found)


def test_variables_know_where_they_stand():
    places = read('# c\nA="1\n2"\n  export C=3\nD: 4').places
    assert places == {"A": (".env", 2, 1), "C": (".env", 4, 10), "D": (".env", 5, 1)}


def test_unset_variables_are_told_once_each():
    notices = read("A=x\nC=$U ${V}\nD=$U$A").notices
    assert [(notice.at[1:], notice.message) for notice in notices] == [
        ((2, 3), "variable 'U' is not set, an empty string is used"),
        ((2, 3), "variable 'V' is not set, an empty string is used"),
    ]


@pytest.mark.parametrize(
    "text", ["A=x\n" * 20_000, 'A="' + "\\a" * 100_000 + '"', " " * 200_000, "#\n" * 100_000]
)
def test_large_files_take_linear_time(text):
    assert len(read(text).values) <= 1
