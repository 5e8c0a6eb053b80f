"""Files that include others. How values are merged is told by golden and conformance cases."""

from __future__ import annotations

import time

import pytest
from unit.loader.loading import problems, project

B = "services: {b: {image: x}}"


def test_a_hundred_levels_are_read_and_no_more():
    def chain(levels):
        files = {f"{i}.yaml": f"include: [{i + 1}.yaml]\n" for i in range(1, levels)}
        return {"compose.yaml": "include: [1.yaml]", **files, f"{levels}.yaml": B}

    assert list(project(chain(100)).services) == ["b"]
    [problem] = problems(chain(101))
    assert "files include each other more than 100 levels deep" in problem
    assert problem.count("included from") == 100


def test_a_flood_of_includes_ends():
    files = {f"{i}.yaml": f"include: [{', '.join([f'{i + 1}.yaml'] * 10)}]" for i in range(1, 9)}
    begin = time.process_time()
    [problem] = problems({"compose.yaml": "include: [1.yaml]", **files, "9.yaml": B})
    assert "the project includes more than 1000 files" in problem
    assert time.process_time() - begin < 10


def test_a_circle_is_told_with_the_place_of_each_step():
    files = {
        "compose.yaml": "include: [a.yaml]",
        "a.yaml": "include:\n- path: [b.yaml, compose.yaml]",
    }
    assert problems({**files, "b.yaml": B}) == [
        "a.yaml:2:18: include[0]: files include each other in a circle:"
        " compose.yaml -> a.yaml -> compose.yaml [included from compose.yaml:1:11]"
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("none.yaml", "1:11: include[0].path: /shop/none.yaml: there is no such file"),
        ("{path: none.yaml}", "1:18: include[0].path: /shop/none.yaml: there is no such file"),
        (
            "{path: b.yaml, env_file: none.env}",
            "1:36: include[0].env_file: /shop/none.env: there is no such env file",
        ),
        ("5", "1:11: include[0]: expected a string or a mapping, found a number"),
        ("{path: 5}", "1:18: include[0].path: expected a string or a list, found a number"),
    ],
)
def test_what_cannot_be_included_is_told(entry, expected):
    [problem] = problems({"compose.yaml": f"include: [{entry}]", "b.yaml": B})
    assert problem.startswith(f"compose.yaml:{expected}")


def test_entries_that_name_no_file_are_passed_over_and_unknown_attributes_told():
    text = "include: [~, {}, {path: }, {pth: b.yaml, x-a: 1}]\nservices: {a: {image: x}}"
    [notice] = project(text).notices
    assert str(notice) == (
        "compose.yaml:1:29: include[3]: unknown attribute 'pth' is ignored (did you mean 'path'?)"
    )


def test_variables_come_from_the_including_file_then_from_the_included_one_s():
    files = {
        "compose.yaml": "include: [b/b.yaml, {path: c/c.yaml, env_file: c.env}]",
        ".env": "A=root",
        "b/.env": "A=b\nB=b",
        "b/b.yaml": "services: {b: {image: '$A$B', environment: [B]}}",
        "c/.env": "C=no",
        "c.env": "C=${A}c",
        "c/c.yaml": "services: {c: {image: '$A$C'}}",
    }
    found = project(files)
    assert {name: it.image for name, it in found.services.items()} == {
        "b": "rootb",
        "c": "rootrootc",
    }
    assert found.services["b"].environment == {"B": "b"}
    assert found.environment == {"A": "root", "COMPOSE_PROJECT_NAME": "shop"}


def test_the_including_file_is_laid_over_the_included_ones():
    files = {
        "compose.yaml": "include: [b.yaml, c.yaml]\nservices: {b: {init: true, dns: !reset []}}",
        "b.yaml": "services: {b: {image: b, dns: [1.1.1.1]}}\nname: no\nx-a: no",
        "c.yaml": "services: {b: {image: c, hostname: c}}",
    }
    found = project(files)
    b = found.services["b"]
    assert (b.image, b.hostname, b.init, b.dns) == ("b", "c", True, ())
    assert (found.name, found.extensions) == ("shop", {})


def test_what_two_included_files_include_is_not_doubled():
    files = {
        "compose.yaml": "include: [a.yaml, b.yaml]",
        "a.yaml": "include: [c.yaml]",
        "b.yaml": "include: [c.yaml]",
        "c.yaml": "services: {c: {image: x, security_opt: [a]}}",
    }
    assert project(files).services["c"].security_opt == ("a",)


def test_what_an_included_file_refers_to_may_be_in_the_including_one():
    files = {
        "compose.yaml": "include: [b.yaml]\nservices: {a: {image: x}}\nvolumes: {data: }",
        "b.yaml": "services: {b: {image: x, depends_on: [a], volumes: ['data:/v']}}",
    }
    assert list(project(files).volumes) == ["data"]


def test_a_required_variable_of_an_included_service_stops_only_that_service():
    files = {
        "compose.yaml": "include: [b.yaml]\nservices: {a: {image: x}}",
        "b.yaml": "services: {b: {image: '${TAG:?}'}}",
    }
    assert list(project(files, services=("a",)).services) == ["a"]
    [problem] = problems(files)
    assert problem.startswith("b.yaml:1:23: services.b.image: required variable 'TAG'")
    assert problem.endswith("[included from compose.yaml:1:11]")
