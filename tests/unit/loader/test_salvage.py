"""What is left of a document once its mistakes are taken out."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node

from pycompose.errors import Position, Problem
from pycompose.loader.salvage import salvage
from pycompose.loader.tree import plain

TEXT = """\
services:
  web:
    imagee: y
    image: x
    ports: [a, b]
    networks: [n, m]
    volumes: ["v:/v", {source: w, target: /w}]
  db: 5
  empty:
volumes: 3
networks:
  n: {drivr: bridge}
  m:
secrets: [s, {t: {}}]
models: {llm: {size: 1}}
nonsense: 1
"""
STAND_IN = {"image": "stand-in"}
ELSEWHERE = {"external": True}


def left(*places: tuple[int, int]) -> dict:
    """Return what is left if what stands at these places is wrong."""
    problems = [Problem(Position("x.yaml", *place), "", "wrong") for place in places]
    rest = salvage(node(TEXT), problems)
    assert rest is not None
    return plain(rest)


def test_an_unknown_attribute_goes_alone():
    assert list(left((3, 5))["services"]["web"]) == ["image", "ports", "networks", "volumes"]


def test_a_wrong_item_takes_its_attribute_along():
    assert "ports" not in left((5, 16))["services"]["web"]


def test_a_service_without_its_image_gets_a_stand_in():
    assert left((4, 12))["services"]["web"]["image"] == "stand-in"


@pytest.mark.parametrize("place", [(8, 3), (8, 7)])
def test_the_name_of_a_refused_service_stays_known(place):
    assert left(place)["services"]["db"] == STAND_IN


def test_a_service_that_is_empty_is_no_mistake_of_others():
    assert left((3, 5))["services"]["empty"] == STAND_IN


def test_the_name_of_a_refused_resource_stays_known():
    assert left((12, 7))["networks"] == {"n": ELSEWHERE, "m": None}


def test_a_refused_model_has_a_stand_in_of_its_own_kind():
    assert left((15, 16))["models"] == {"llm": {"model": "stand-in"}}


def test_the_names_in_a_list_stay_known():
    assert left((14, 10))["secrets"] == {"s": ELSEWHERE, "t": ELSEWHERE}


def test_where_a_section_names_nothing_those_are_known_that_services_use():
    assert left((10, 10))["volumes"] == {"v": ELSEWHERE, "w": ELSEWHERE}


def test_what_the_top_of_a_file_cannot_hold_goes():
    assert "nonsense" not in left((16, 1))


@pytest.mark.parametrize(("text", "place"), [("services: 5", (1, 11)), (TEXT, (99, 1))])
def test_nothing_is_left_where_there_is_nothing_to_go_on_with(text, place):
    assert salvage(node(text), [Problem(Position("x.yaml", *place), "", "wrong")]) is None


def test_the_document_itself_is_left_alone():
    before = node(TEXT)
    salvage(before, [Problem(Position("x.yaml", 3, 5), "", "wrong")])
    assert "imagee" in plain(before)["services"]["web"]
