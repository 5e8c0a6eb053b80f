"""What a schema cannot say of a service's sections."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node

from pycompose.loader.check_sections import sections


def found(service: str, rest: str = "") -> list[str]:
    document = node(f"{{services: {{web: {service}, db: {{image: x}}, app: {{build: .}}}}{rest}}}")
    web = document.entries["services"].entries["web"]
    return [
        f"{problem.path.removeprefix('services.web')}: {problem.message}"
        for problem in sections(document, ("services", "web"), web)
    ]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (
            "{build: {dockerfile: a, dockerfile_inline: b}}",
            [".build: 'dockerfile_inline' and 'dockerfile' exclude each other"],
        ),
        (
            "{platform: a, build: {platforms: [b]}}",
            [".platform: 'build.platforms' does not have 'a'"],
        ),
        (
            "{build: {additional_contexts: {a: 'service:nil', b: 'service:db', c: 'service:app'}}}",
            [
                ".build.additional_contexts.a: no service 'nil' is defined",
                ".build.additional_contexts.b: service 'db' has no 'build', so it is no context",
            ],
        ),
        ("{build: {secrets: [{source: s}]}}", [".build.secrets[0]: no secret 's' is defined"]),
        ("{models: {llm: null}}", [".models: no model 'llm' is defined"]),
        (
            "{develop: {watch: [{path: a, action: sync}]}}",
            [".develop.watch[0]: action 'sync' needs a 'target', where the files go"],
        ),
        (
            "{cpus: 0.5, deploy: {resources: {limits: {cpus: 1}}}}",
            [": 'cpus' is 0.5, but 'deploy.resources.limits.cpus' is 1"],
        ),
        (
            "{mem_reservation: 5, deploy: {resources: {reservations: {}}}}",
            [": 'mem_reservation' is 5, but 'deploy.resources.reservations.memory' is not given"],
        ),
    ],
)
def test_contradictions_are_told(service: str, expected: list[str]) -> None:
    assert found(service) == expected


@pytest.mark.parametrize(
    "service",
    [
        "{}",
        "{build: {context: ., platforms: [a, b]}, platform: b}",
        "{platform: a, build: {platforms: []}}",
        "{develop: {watch: [{path: a, action: rebuild}, {path: b, action: restart}]}}",
        "{cpus: 0.1, deploy: {resources: {limits: {cpus: 0.10000000001}}}}",
        "{cpus: 0, deploy: {resources: {limits: {cpus: 1}}}}",
        "{mem_limit: 5, deploy: {resources: {reservations: {memory: 6}}}}",
    ],
)
def test_what_agrees_is_let_be(service: str) -> None:
    assert found(service) == []


def test_what_is_defined_may_be_used() -> None:
    rest = ", secrets: {s: {file: x}}, models: {llm: {model: x}}"
    assert found("{build: {secrets: [{source: s}]}, models: {llm: null}}", rest) == []
