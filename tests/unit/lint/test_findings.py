"""What is left of what the rules find: once for each place, in order, less what is ignored."""

from __future__ import annotations

import pytest
from unit.lint.linting import found, told

from pycompose.lint.rules import RULES
from pycompose.loader.sources import Source
from pycompose.ui.findings import render

IGNORED = """\
services:
  web:
    image: nginx  # lint: ignore unpinned-image
    # lint: ignore yes-no, base-60 as the old tools are gone
    # the reason for it
    restart: no
    environment:
      A: on
      B: 'on # lint: ignore yes-no'
      C: no  # lint:ignore yes-no
      # lint: ignore base-60
      D: no
"""


def test_a_comment_silences_rules_in_its_line_or_the_next() -> None:
    assert told(found(IGNORED)) == [
        ("yes-no", 8, "services.web.environment.A"),
        ("yes-no", 12, "services.web.environment.D"),
    ]


def test_an_extension_silences_rules_in_its_service() -> None:
    text = (
        "services:\n  web: {image: nginx, x-lint-ignore: unpinned-image}\n  api: {image: nginx}\n"
    )
    assert told(found(text)) == [("unpinned-image", 3, "services.api.image")]


def test_an_extension_at_the_top_silences_rules_in_all_files() -> None:
    override = "services: {web: {image: nginx}}\n"
    text = "x-lint-ignore: [unpinned-image]\nservices: {web: {image: nginx}, api: {image: nginx}}\n"
    assert told(found(text, override=override)) == []


def test_findings_stand_in_the_order_of_the_files() -> None:
    text = "services:\n  b: {image: b, privileged: true}\n  a: {image: a}\n"
    override = "version: '3'\nservices: {a: {restart: no}}\n"
    assert told(found(text, override=override)) == [
        ("unpinned-image", 2, "services.b.image"),
        ("privileged", 2, "services.b.privileged"),
        ("unpinned-image", 3, "services.a.image"),
        ("obsolete-version", 1, "version"),
        ("yes-no", 2, "services.a.restart"),
    ]


def test_what_services_share_is_told_once() -> None:
    text = """\
x-env: &env {environment: {A: on}}
services:
  a: {image: "a:1", <<: *env}
  b: {image: "b:1", <<: *env}
"""
    assert told(found(text)) == [("yes-no", 1, "services.a.environment.A")]


def test_only_what_is_found_in_named_services_is_told() -> None:
    text = "version: '3'\nservices: {a: {image: a}, b: {image: b, depends_on: [a]}}\n"
    assert told(found(text, "b")) == [("unpinned-image", 2, "services.b.image")]


def test_what_is_included_and_extended_is_linted_in_its_own_file() -> None:
    text = """\
include: [part.yaml]
services:
  web: {image: "web:1", extends: {file: base.yaml, service: base}}
"""
    beside = {
        "part.yaml": "services: {api: {image: api}}\n",
        "base.yaml": "# no trap\nservices: {base: {restart: no, env_file: base.env}}\n",
        "base.env": "services: this is no Compose file\nA: on\n",
    }
    findings = found(text, beside=beside)
    assert [(each.at.file, *told([each])[0]) for each in findings] == [
        ("part.yaml", "unpinned-image", 1, "services.api.image"),
        ("base.yaml", "yes-no", 2, "services.base.restart"),
    ]


def test_services_that_no_profile_enables_are_linted() -> None:
    text = "services: {a: {image: a, profiles: [p], privileged: true}}\n"
    assert [each.rule.id for each in found(text)] == ["unpinned-image", "privileged"]


def test_the_table_is_sorted_and_every_id_is_there_once() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert all(rule.reason and rule.reason == rule.reason.strip().rstrip(".") for rule in RULES)


LEAKS = [
    ("environment: {DB_PASSWORD: hunter2}", "hunter2"),
    ("environment: ['DB_PASSWORD=hunter2', 'DB_PASSWORD=hunter2']", "hunter2"),
    ("environment: ['DB_PASSWORD=\"hunter2\"', 'API_TOKEN = hunter2']", "hunter2"),
    ("environment: {DB_PASSWORD: ab$hunter2}", "hunter2"),
    ("environment: {DB_PASSWORD: AB$HUNTER2}", "HUNTER2"),
    ("environment: {HASH: $2y$05$hunter2}", "hunter2"),
    ("environment: {DATABASE_URL: 'postgres://me:hunter2@localhost/db'}", "hunter2"),
    ("environment: {DATABASE_URL: 'postgres://me:a$hunter2@db/db'}", "hunter2"),
    ("environment: {API_TOKEN: 077777}", "777"),
    ("environment: {API_TOKEN: 7.70}", "7.7"),
    ("build: {context: ., args: {API_TOKEN: hunter2}}", "hunter2"),
    ("command: sh -c 'login hunter2 && serve'", "hunter2"),
    ("hostname: ${NAME:?hunter2}\n    profiles: [p]", "hunter2"),
]


@pytest.mark.parametrize(("attribute", "secret"), LEAKS)
def test_no_secret_value_is_told_or_shown(attribute: str, secret: str) -> None:
    text = f"services:\n  web:\n    image: nginx:1\n    {attribute}\n"
    findings = found(text, variables={"NAME": "a"})
    assert findings
    source = [Source("/shop/compose.yaml", "compose.yaml", text)]
    for format in ("text", "json", "sarif", "github"):
        assert secret not in render(findings, source, format=format, source=True)
