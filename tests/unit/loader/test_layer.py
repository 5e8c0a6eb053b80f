"""One document by itself."""

from __future__ import annotations

import pytest
from unit.loader.loading import Texts

from pycompose.errors import ComposeFileError
from pycompose.loader.faults import Faults
from pycompose.loader.layer import layer
from pycompose.loader.reading import Reading, Scope
from pycompose.loader.tree import plain

SCOPE = Scope(environment={"A": "a"}, base="/shop/part", files=("/shop/a.yaml",))


def made(text, below=None, **options):
    """Return the layer of a text, over another one."""
    reading = Reading(Texts({"a.yaml": text, "b.yaml": below or ""}), Faults(), "/shop", **options)
    under = reading.documents("/shop/b.yaml")
    result = layer(*reading.documents("/shop/a.yaml"), next(iter(under), None), SCOPE, reading)
    reading.faults.settle()
    return result


def web(result):
    return plain(result.document)["services"]["web"]


def test_a_document_becomes_canonical():
    result = made("services: {web: {image: $A, build: x, tty: 'true'}}")
    assert web(result) == {"image": "a", "build": {"context": "/shop/part/x"}, "tty": True}
    assert (result.found, result.whole) == ({(): ()}, True)


def test_what_is_wrong_with_a_value_is_found_by_whose_it_is():
    text = 'version: "3"\nname: $N\nx-a: $X${\nservices: {web: {image: "${U:?}", hostname: $V}}'
    found = {owner: [it.path for it in its] for owner, its in made(text).found.items()}
    assert found == {
        (): ["version", "name"],
        ("services", "web"): ["services.web.image", "services.web.hostname"],
    }


@pytest.mark.parametrize(
    "text", ['include: ["${U:?}"]', 'services: "${U:?}"', "volumes: {v: $$${}"]
)
def test_what_concerns_more_than_a_part_is_refused(text):
    with pytest.raises(ComposeFileError):
        made(text)


def test_a_document_that_is_laid_over_another_need_not_be_whole():
    text = "services: {web: {depends_on: {db: {restart: true}}, ports: }}"
    with pytest.raises(ComposeFileError):
        made(text)
    result = made(text, "services: {web: {ports: ['80']}}")
    assert not result.whole
    assert web(result) == {"depends_on": {"db": {"restart": True}}}


def test_a_service_that_extends_another_need_not_be_whole():
    text = "services: {web: {extends: b, image: , depends_on: {db: {restart: true}}}}"
    result = made(text)
    assert not result.whole
    assert web(result) == {"extends": "b", "depends_on": {"db": {"restart": True}}}


def test_strings_and_paths_can_be_left_as_they_are():
    text = "services: {web: {image: $U, build: x}}"
    assert web(made(text, interpolate=False))["image"] == "$U"
    assert web(made(text, absolute=False))["build"] == {"context": "part/x"}


@pytest.mark.parametrize(
    ("text", "below", "refused"),
    [
        ("build: {ssh: [default]}", "build: {ssh: {k: ./k}}", "services.web.build.ssh"),
        ("gpus: all", "gpus: [{count: 1}]", "services.web.gpus"),
        ("build: {ssh: {default: }}", "build: {ssh: [k=./k]}", ""),
        ("build: {ssh: !override [default]}", "build: {ssh: [k=./k]}", ""),
        ("build: {ssh: [default]}", "build: .", ""),
        ("gpus: [{count: 1}]", "gpus: all", ""),
        ("gpus: all", "gpus: ", ""),
    ],
)
def test_two_short_forms_cannot_be_laid_over_what_is_there(text, below, refused):
    files = (f"services: {{web: {{{text}}}}}", f"services: {{web: {{{below}}}}}")
    if refused:
        with pytest.raises(ComposeFileError) as caught:
            made(*files)
        [problem] = caught.value.problems
        assert problem.path == refused
        assert "/shop/b.yaml:1:" in problem.message or "b.yaml:1:" in problem.message
    else:
        assert made(*files)
