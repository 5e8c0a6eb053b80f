"""What is shared while files are read."""

from __future__ import annotations

import pytest
from unit.loader.loading import Texts

from pycompose.errors import ComposeFileError, Link, Position
from pycompose.loader.faults import Faults
from pycompose.loader.reading import Place, Reading, Scope
from pycompose.loader.tree import Scalar, plain

AT = Position("compose.yaml", 3, 5)


def reading(**files):
    texts = Texts({f"{name}.yaml": text for name, text in files.items()})
    return Reading(texts, Faults(), "/shop")


def test_a_file_is_read_once_and_knows_what_first_led_to_it():
    it = reading(a="services: {}\n---\nname: x")
    chain = (Link("included from", AT),)
    assert [plain(one) for one in it.documents("/shop/a.yaml", chain)] == [
        {"services": {}},
        {"name": "x"},
    ]
    it.documents("/shop/a.yaml")
    assert it.sources.read_files == ["/shop/a.yaml"]
    assert it.faults.chains == {"a.yaml": chain}
    assert it.name("/shop/a.yaml") == "a.yaml"


def test_an_empty_file_has_no_documents():
    it = reading(a="", b="# nothing\n")
    assert it.documents("/shop/a.yaml") == it.documents("/shop/b.yaml") == ()


def test_a_file_that_cannot_be_read_is_a_problem_of_who_asks():
    it = reading(a="- 1")
    with pytest.raises(ComposeFileError) as caught:
        it.asked("/shop/b.yaml", AT, "include[0]", ())
    assert str(caught.value) == (
        "compose.yaml:3:5: include[0]: /shop/b.yaml: there is no such file"
    )
    with pytest.raises(ComposeFileError, match=r"a.yaml:1:1: expected a mapping"):
        it.asked("/shop/a.yaml", AT, "include[0]", ())


def test_files_are_found_from_the_base():
    scope = Scope(environment={}, base="/shop/part")
    it = reading()
    assert it.locate("./a/../b.yaml", scope, AT, "") == Place("/shop/part/b.yaml", "/shop/part")
    assert it.locate("/etc/x.yaml", scope, AT, "") == Place("/etc/x.yaml", "/etc")


def test_a_part_is_laid_over_another():
    one, other = Scalar("a", AT), Scalar("b", AT)
    assert reading().laid_over(("services", "web", "image"), one, other, "extends") is other


def test_the_environment_is_not_shown():
    assert "s3cret" not in repr(Scope(environment={"TOKEN": "s3cret"}, base="/"))
