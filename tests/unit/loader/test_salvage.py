"""What is left of a document once its mistakes are taken out."""

from __future__ import annotations

from pycompose.errors import Position, Problem
from pycompose.loader.parse import parse
from pycompose.loader.salvage import salvage
from pycompose.loader.sources import Source
from pycompose.loader.tree import Map, plain

TEXT = """\
services:
  web:
    image: x
    imagee: y
    ports: [a, b]
volumes: 3
"""


def document() -> Map:
    (node,) = parse(Source("/c.yaml", "c.yaml", TEXT))
    assert isinstance(node, Map)
    return node


def at(line: int, column: int) -> Problem:
    return Problem(Position("c.yaml", line, column), "", "wrong")


def test_an_unknown_attribute_goes_alone() -> None:
    rest = salvage(document(), [at(4, 5)])
    assert rest is not None
    assert plain(rest)["services"]["web"] == {"image": "x", "ports": ["a", "b"]}


def test_a_wrong_item_takes_its_attribute_along() -> None:
    rest = salvage(document(), [at(5, 16)])
    assert rest is not None
    assert plain(rest)["services"]["web"] == {"image": "x", "imagee": "y"}


def test_nothing_is_left_where_others_would_be_blamed() -> None:
    assert salvage(document(), [at(3, 12)]) is None  # a service without an image
    assert salvage(document(), [at(6, 10)]) is None  # a volume that is used and not defined
    assert salvage(document(), [at(4, 5), at(6, 10)]) is None


def test_the_document_itself_is_left_alone() -> None:
    before = document()
    salvage(before, [at(4, 5)])
    assert "imagee" in plain(before)["services"]["web"]
