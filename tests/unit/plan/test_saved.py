"""Plans in files: what they hold, and what counts as moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from projects import named_volume, network, project, service, snapshot, state, volume

from pycompose import labels
from pycompose.app.saved import PLANNING
from pycompose.errors import UsageError
from pycompose.plan.plan import Plan
from pycompose.plan.saved import document, moved, read
from pycompose.plan.up import Options, up

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/saved-plan.schema.json").read_text())
WEB = service(
    "web",
    volumes=(named_volume("data"),),
    environment={"DB_PASSWORD": "hunter2", "A": "hunter3"},
    command=("run", "--token=hunter4", "--password", "hunter5", "http://me:hunter6@host"),
    labels={"api_token": "hunter7"},
)
PROJECT = project(WEB)
THERE = snapshot(state(WEB), networks=(network(),), volumes=(volume("data"),))


def _saved(of: Any = PROJECT, there: Any = THERE, **changes: Any) -> Any:
    values = {"engine": "E", "options": {"services": ("web",)}, "contents": {}, **changes}
    plan = values.pop("plan", None) or up(of, there, Options())
    return document(plan, of, there, **values)


def test_a_saved_plan_follows_its_schema_and_comes_back_as_it_was() -> None:
    saved = _saved(contents={"secrets.key": "01234567"})
    assert [e.message for e in Draft202012Validator(SCHEMA).iter_errors(saved)] == []
    assert read(json.dumps(saved), "f") == saved
    assert moved(saved, saved) == ()


def test_a_saved_plan_holds_no_secret() -> None:
    text = json.dumps(_saved(there=snapshot()))
    assert "CreateContainer" in text
    assert "hunter" not in text


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"there": THERE._replace(containers=())}, "container demo-web-1 is gone"),
        (
            {"there": THERE._replace(containers=(state(WEB), state(service("db"))))},
            "container demo-db-1 is new",
        ),
        (
            {"there": THERE._replace(containers=(state(WEB, state="exited"),))},
            "container demo-web-1 was running, is exited now",
        ),
        (
            {"there": THERE._replace(containers=(state(WEB, id="f" * 64),))},
            "container demo-web-1 is another one now",
        ),
        (
            {"there": THERE._replace(containers=(state(WEB, image_id="sha256:" + "f" * 64),))},
            "container demo-web-1 has changed",
        ),
        ({"there": THERE._replace(volumes=())}, "volume demo_data is gone"),
        ({"there": THERE._replace(images={})}, "image busybox:latest is gone"),
        (
            {"of": project(WEB._replace(environment={**WEB.environment, "DB_PASSWORD": "x"}))},
            "services.web has changed",
        ),
        ({"of": project(WEB._replace(scale=2))}, "services.web has changed"),
        ({"of": project(WEB, service("db"))}, "services.db is new in the files"),
        ({"engine": "F"}, "it was made for another engine"),
        ({"contents": {"configs.c": "01234567"}}, "the content of configs.c is new in the files"),
        ({"plan": Plan(running=())}, "the same files and the same state lead to another plan now"),
    ],
)  # fmt: skip
def test_what_has_moved_is_named(now: Any, reason: str) -> None:
    before = _saved(there=THERE) if "plan" not in now else _saved(plan=_other())
    assert reason in moved(before, _saved(**now))


def test_the_schema_knows_every_option_that_is_saved() -> None:
    assert set(SCHEMA["properties"]["options"]["properties"]) == set(PLANNING)


def _other() -> Plan:
    return up(PROJECT, snapshot(), Options())


def test_volumes_and_networks_of_others_do_not_count() -> None:
    marks = {labels.PROJECT: "other"}
    more = THERE._replace(
        volumes=(*THERE.volumes, volume("theirs", labels=marks)._replace(name="theirs")),
        networks=(*THERE.networks, network("theirs", labels=marks)._replace(name="theirs")),
    )
    assert moved(_saved(), _saved(there=more)) == ()


def test_a_plan_of_another_project_says_so() -> None:
    now = {**_saved(), "project": "other"}
    assert moved(_saved(), now) == ("it is a plan of project demo, this is other",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f: not a plan: expected a file written by 'pycompose plan -o'"),
        ("[]", "f: not a plan: expected a file written by 'pycompose plan -o'"),
        ("{}", "f: not a plan: expected a file written by 'pycompose plan -o'"),
        ('{"version": 2}', "f: a plan of version 2, expected 1: plan again"),
        ('{"version": 1}', "f: the plan is damaged: plan again"),
        (
            '{"version":1,"options":{},"inputs":{},"plan":{},"engine":{"resources":{"x":1}}}',
            "f: the plan is damaged: plan again",
        ),
    ],
)
def test_what_is_no_plan_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text, "f")
    assert str(caught.value) == message
