"""Every error of a document that breaks the schema is worded and at its place."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError
from pycompose.loader.parse import parse
from pycompose.loader.schema import validate
from pycompose.loader.sources import Source
from pycompose.loader.tree import Map


def document(text: str) -> Map:
    (node,) = parse(Source("/p/c.yaml", "c.yaml", text))
    assert isinstance(node, Map)
    return node


def refusals(text: str) -> list[str]:
    with pytest.raises(ComposeFileError) as caught:
        validate(document(text))
    return str(caught.value).split("\n")


def of_web(body: str) -> list[str]:
    """Return the refusals of a service, whose lines begin at line 3, column 5."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return [line.removeprefix("c.yaml:") for line in refusals(f"services:\n  web:\n{lines}")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "enviroment: {}",
            "3:5: services.web: unknown attribute 'enviroment' (did you mean 'environment'?)",
        ),
        ("qqqq: {}", "3:5: services.web: unknown attribute 'qqqq'"),
        ("image: [a]", "3:12: services.web.image: expected a string, found a list"),
        ("image: 5", "3:12: services.web.image: expected a string, found a number"),
        ("image: 1.5", "3:12: services.web.image: expected a string, found a fraction"),
        ("image: true", "3:12: services.web.image: expected a string, found a boolean"),
        ("image:", "3:5: services.web.image: expected a string, found nothing"),
        ("cgroup: foo", "3:13: services.web.cgroup: expected 'host' or 'private', found 'foo'"),
        ("cgroup: [foo]", "3:13: services.web.cgroup: expected 'host' or 'private', found a list"),
        (
            "depends_on: {db: {}}",
            "3:22: services.web.depends_on.db: attribute 'condition' is missing",
        ),
        (
            "group_add: [a, 1, a]",
            "3:23: services.web.group_add[2]: the same item stands at c.yaml:3:17 already",
        ),
        (
            "volumes: [{type: bind, source: [1]}]",
            "3:36: services.web.volumes[0].source: expected a string, found a list",
        ),
        (
            "volumes: [5]",
            "3:15: services.web.volumes[0]: expected a string or a mapping, found a number",
        ),
        (
            "volumes: [{type: tmpfs, tmpfs: {size: -1}}]",
            "3:43: services.web.volumes[0].tmpfs.size: expected 0 or more, found -1",
        ),
        (
            "container_name: a",
            "3:21: services.web.container_name: "
            "expected two or more letters, digits, '_', '.' or '-', found 'a'",
        ),
        (
            "environment: {A: [hunter2]}",
            "3:22: services.web.environment.A: "
            "expected a string, a number or true or false, found a list",
        ),
        (
            "command: {a: 1}",
            "3:14: services.web.command: expected a string or a list, found a mapping",
        ),
        ("command: [1]", "3:15: services.web.command[0]: expected a string, found a number"),
        (
            "scale: 1.5",
            "3:12: services.web.scale: expected a whole number or a string, found a fraction",
        ),
        (
            "networks: {'a b': }",
            "3:16: services.web.networks: "
            "'a b' is no name, expected letters, digits, '.', '_' and '-'",
        ),
        ('? "\\e[31m"\n: 1', "3:7: services.web: unknown attribute '\\x1b[31m'"),
    ],
)
def test_each_error_has_its_place_and_words(body, message):
    [line] = of_web(body)  # hints are in the golden cases
    assert line.startswith(message)


def test_every_error_is_told_in_file_order():
    assert [line.split(": ")[0] for line in of_web("tty: []\nfoo: 1\nimage: 5\nbar: 2")] == [
        *("3:10", "4:5", "5:12", "6:5"),
    ]


def test_what_aliases_share_is_told_of_once():
    text = "x-a: &a {foo: 1}\nservices: {a: *a, b: *a, c: {<<: *a}}\n"
    assert refusals(text)[0] == "c.yaml:1:10: services.a: unknown attribute 'foo'"


def test_a_reset_item_does_not_shift_the_place_of_others():
    assert of_web("volumes: [!reset 7, 5]")[0].startswith("3:25: services.web.volumes[1]:")


def test_override_nodes_are_validated_as_values():
    assert of_web("ports: !override {a: b}")[0].startswith(
        "3:12: services.web.ports: expected a list, found a mapping"
    )


def test_top_level_errors_have_no_path():
    assert refusals("servces: {}") == [
        "c.yaml:1:1: unknown attribute 'servces' (did you mean 'services'?)"
    ]
