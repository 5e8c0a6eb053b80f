"""A project as text."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pycompose.convert.hashing import config_hash
from pycompose.loader import dump
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import plain
from pycompose.loader.yamltext import go_float, write_yaml
from pycompose.model.build import Build
from pycompose.model.project import Project
from pycompose.model.resources import Network, Volume
from pycompose.model.service import Service

DEMO = Project(
    name="demo",
    services={
        "web": Service(
            name="web",
            image="nginx",
            environment={"PRICE": "$5", "K10": "y", "K9": "1"},
            extensions={"x-b": {"b10": 1, "b9": 2}},
            networks={"default": None},
        ),
        "api": Service(name="api", build=Build(context="/src"), profiles=("p",)),
    },
    disabled={"debug": Service(name="debug", profiles=("dev",))},
    networks={"default": Network(name="demo_default")},
    volumes={"data": Volume(name="demo_data")},
    environment={"B": "2", "A": "1"},
)


def test_yaml_is_printed_as_docker_compose_does():
    assert (
        dump.dump(DEMO)
        == """name: demo
services:
  api:
    profiles:
      - p
    build:
      context: /src
  web:
    environment:
      K9: "1"
      K10: "y"
      PRICE: $$5
    image: nginx
    networks:
      default: null
    x-b:
      b9: 2
      b10: 1
networks:
  default:
    name: demo_default
volumes:
  data:
    name: demo_data
"""
    )


def test_json_is_printed_as_docker_compose_does():
    small = Project(name="demo", services={"web": Service(name="web", image="a<b$")})
    assert (
        dump.dump(small, "json")
        == """{
  "name": "demo",
  "services": {
    "web": {
      "command": null,
      "entrypoint": null,
      "image": "a\\u003cb$$"
    }
  }
}"""
    )


def test_parts_of_a_project():
    assert dump.services(DEMO) == ("api", "web")
    assert dump.volumes(DEMO) == ("data",)
    assert dump.networks(DEMO) == ("default",)
    assert dump.images(DEMO) == ("demo-api", "nginx")
    assert dump.profiles(DEMO) == ("dev", "p")
    assert dump.environment(DEMO) == ("A=1", "B=2")
    assert dump.hashes(DEMO, ["web"]) == (f"web {config_hash(DEMO.services['web'])}",)
    assert len(dump.hashes(DEMO)) == 2


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # Observed: `docker compose config` of 2.40.3 on each of these strings.
        ("", '""'),
        ("true", '"true"'),
        ("tRue", "tRue"),
        ("y", '"y"'),
        ("~", '"~"'),
        ("0o17", '"0o17"'),
        ("0o8", "0o8"),
        ("0x", "0x"),
        ("1_000", '"1_000"'),
        ("0x123456789012345678901234567890", "0x123456789012345678901234567890"),
        ("123456789012345678901234567890", '"123456789012345678901234567890"'),
        ("1e1000", "1e1000"),
        ("1e3", '"1e3"'),
        (".5.", ".5."),
        ("22:22", '"22:22"'),
        ("2001-01-01", '"2001-01-01"'),
        ("2001-13-01", "2001-13-01"),
        ("1-1", "1-1"),
        (" a", "' a'"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("- a", "'- a'"),
        ("--", "--"),
        ("---", "'---'"),
        ("?a", "?a"),
        ("it's", "it's"),
        ("'a'", "'''a'''"),
        ("a\tb", '"a\\tb"'),
        ("\x7f", '"\\x7F"'),
        ("\x85", '"\\N"'),
        ("😀", '"\\U0001F600"'),
        ("\ufeff", '"\\uFEFF"'),
        ("日本", "日本"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n", "|\n  a"),
        ("a\n\n", "|+\n  a\n"),
        ("\n", "|2+\n"),
        ("  a\nb", "|2-\n    a\n  b"),
        ("a\n\nb", "|-\n  a\n\n  b"),
        ("\ta\nb", "|-\n  \ta\n  b"),
        ("a \nb", '"a \\nb"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ("word " * 40, "'" + "word " * 40 + "'"),
    ],
)
def test_strings_are_quoted_as_go_yaml_does(text, written):
    assert write_yaml({"k": text}) == f"k: {written}\n"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("n", '"n": 1\n'),
        ("", '"": 1\n'),
        ("<<", '"<<": 1\n'),
        ("a\nb", "? |-\n  a\n  b\n: 1\n"),
        ("x" * 128, "x" * 128 + ": 1\n"),
        ("x" * 129, "? " + "x" * 129 + "\n: 1\n"),
    ],
)
def test_keys_that_are_long_or_have_lines_are_explicit(key, written):
    assert write_yaml({key: 1}) == written


def test_collections_are_blocks_unless_they_are_empty():
    value = {"a": [], "b": {}, "c": [[1, [2]], {"d": [None, True, False, 2.5]}], "e": {"f": {}}}
    assert (
        write_yaml(value)
        == """a: []
b: {}
c:
  - - 1
    - - 2
  - d:
      - null
      - true
      - false
      - 2.5
e:
  f: {}
"""
    )
    assert write_yaml([]) == "[]\n"
    assert write_yaml(["a\nb"]) == "- |-\n  a\n  b\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1"),
        (2.5, "2.5"),
        (0.0, "0"),
        (-1.5, "-1.5"),
        (1e21, "1e+21"),
        (1234567.0, "1.234567e+06"),
        (0.00001, "1e-05"),
        (0.0001, "0.0001"),
        (100000.0, "100000"),
        (float("inf"), ".inf"),
        (float("-inf"), "-.inf"),
        (float("nan"), ".nan"),
    ],
)
def test_floats_are_written_as_go_does(value, written):
    assert go_float(value) == written


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
) | st.sampled_from(
    ["true", "1", "0x1", "1:2", "null", "2001-01-01", " a", "a ", "a: b", "a\n", "\n a", "- "]
)


@given(
    st.recursive(
        TEXTS | st.integers(-(2**60), 2**60) | st.booleans() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    )
)
def test_what_is_written_is_read_again(value):
    text = write_yaml({"k": value})
    [document] = parse(Source("x", "x", text))
    assert plain(document) == {"k": value}


@given(TEXTS)
def test_other_readers_read_the_same_string(text):
    assert yaml.safe_load(write_yaml({"k": text})) == {"k": text}


@given(st.lists(st.text("ab01 _-.9", max_size=6), max_size=6))
def test_natural_order_is_an_order(keys):
    ordered = sorted(keys, key=dump.natural)
    assert sorted(reversed(keys), key=dump.natural) == ordered


@pytest.mark.parametrize(
    "ordered",
    [
        ["K9", "K10"],
        ["a", "a1", "aa"],
        ["a-b", "a1", "ab"],
        ["_a", "A"],
        ["x1", "x01"],
        ["1a", "1-"],
    ],
)
def test_natural_order(ordered):
    assert sorted(reversed(ordered), key=dump.natural) == ordered
