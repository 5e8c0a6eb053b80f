"""What the file leaves to be understood."""

from __future__ import annotations

import pytest

from pycompose.loader.normalize import normalize
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import plain


def normalized(text):
    [document] = parse(Source("/x.yaml", "x.yaml", text))
    return normalize(document, "demo")


@pytest.mark.parametrize("networks", ["", "networks: {}", "networks: "])
def test_a_service_without_networks_joins_the_default_one(networks):
    document = plain(normalized(f"services: {{web: {{image: a, {networks}}}}}"))
    assert document == {
        "name": "demo",
        "services": {"web": {"image": "a", "networks": {"default": None}}},
        "networks": {"default": {"name": "demo_default"}},
    }


def test_a_service_with_networks_or_a_network_mode_does_not():
    document = plain(
        normalized("""
services: {a: {network_mode: host}, b: {networks: {front: }}}
networks: {front: }
""")
    )
    assert document["services"] == {
        "a": {"network_mode": "host"},
        "b": {"networks": {"front": None}},
    }
    assert document["networks"] == {"front": {"name": "demo_front"}}


def test_a_build_has_a_dockerfile_unless_it_holds_its_text():
    document = plain(
        normalized("""
services:
  a: {build: {context: .}}
  b: {build: {context: ., dockerfile: D}}
  c: {build: {context: ., dockerfile_inline: FROM x}}
""")
    )
    assert [document["services"][name]["build"] for name in "abc"] == [
        {"context": ".", "dockerfile": "Dockerfile"},
        {"context": ".", "dockerfile": "D"},
        {"context": ".", "dockerfile_inline": "FROM x"},
    ]


def test_a_pull_policy_has_one_name():
    document = plain(normalized("services: {a: {image: x, pull_policy: if_not_present}}"))
    assert document["services"]["a"]["pull_policy"] == "missing"


def test_the_default_network_can_be_customised():
    document = plain(
        normalized("services: {a: {image: x}}\nnetworks: {default: {driver: macvlan}}")
    )
    assert document["networks"] == {"default": {"driver": "macvlan", "name": "demo_default"}}


def test_other_networks_stay_beside_the_default_one():
    document = plain(normalized("services: {a: {image: x}}\nnetworks: {front: {}}"))
    assert list(document["networks"]) == ["front", "default"]


@pytest.mark.parametrize("kind", ["networks", "volumes", "secrets", "configs"])
def test_resources_get_the_name_the_engine_knows(kind):
    document = plain(
        normalized(f"{kind}: {{a: , b: {{name: own}}, c: {{external: true}}, d: {{name: ''}}}}")
    )
    assert {key: item["name"] for key, item in document[kind].items()} == {
        "a": "demo_a",
        "b": "own",
        "c": "c",
        "d": "demo_d",
    }


def test_what_is_filled_in_stands_where_it_was_left_out():
    document = normalized("services:\n  web:\n    image: a\nvolumes:\n  data:\n")
    web = document.get("services").get("web")
    assert str(web.get("networks").at) == "x.yaml:3:5"
    assert str(document.get("volumes").get("data").get("name").at) == "x.yaml:5:3"
    assert str(document.get("services").key_at("web")) == "x.yaml:2:3"


def test_what_is_no_mapping_is_left_alone():
    assert plain(normalized("services: {web: }")) == {"services": {"web": None}, "name": "demo"}
    assert plain(normalized("services: []")) == {"services": [], "name": "demo"}
