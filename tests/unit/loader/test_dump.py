"""A project as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose.convert.hashing import config_hash
from pycompose.loader import dump
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


@given(st.lists(st.text("ab01 _-.9", max_size=6), max_size=6))
def test_natural_order_is_an_order(keys):
    ordered = sorted(keys, key=dump.natural)
    assert sorted(reversed(keys), key=dump.natural) == ordered


@pytest.mark.parametrize(
    "ordered",
    [
        ["K9", "K10"],
        ["a", "a1", "aa"],
        ["a10", "a12", "a100"],
        ["a00", "a01"],
        ["a-b", "a1", "ab"],
        ["_a", "A"],
        ["x1", "x01"],
        ["1a", "1-"],
    ],
)
def test_natural_order(ordered):
    assert sorted(reversed(ordered), key=dump.natural) == ordered
