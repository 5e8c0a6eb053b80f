"""A plan as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator
from projects import named_volume, needs, network, project, service, snapshot, state, volume

from pycompose import labels
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy, UpdateConfig
from pycompose.plan import down, lifecycle, up
from pycompose.plan.images import images
from pycompose.plan.ops import Kill, Op, Start, Step
from pycompose.plan.plan import MASK, Plan, check, line, masked
from pycompose.snapshot import ContainerState

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/plan.schema.json").read_text())
SECRET = {"PASSWORD": "hunter2", "EMPTY": "", "FROM_IMAGE": None}
DB = service("db", volumes=(named_volume("data"),), environment=SECRET)
WEB = service(
    "web", networks={"a": None, "b": None}, depends_on={"db": needs("service_healthy")}, scale=2
)
BOTH = project(DB, WEB)
OLD = state(DB, labels={**state(DB).labels, labels.CONFIG_HASH: "other"})
ROLLING = service(
    "web",
    scale=2,
    extensions={"x-rolling": {"drain": ["leave"]}},
    deploy=Deploy(update_config=UpdateConfig(delay=10**9, monitor=1, failure_action="rollback")),
)
CHANGED = network(labels={**network().labels, labels.CONFIG_HASH: "other"})


def _old(number: int) -> ContainerState:
    return state(service("web"), number)


PLANS = {
    "nothing": Plan(),
    "fresh up": up.up(BOTH, snapshot(), up.Options(wait=True)),
    "recreate": up.up(BOTH, snapshot(OLD, networks=(CHANGED,)), up.Options()),
    "unpause": up.up(BOTH, snapshot(state(WEB, state="paused")), up.Options()),
    "orphans": up.up(project(), snapshot(state(DB)), up.Options()),
    "down": down.down(
        BOTH,
        snapshot(state(DB), networks=(network("a"),), volumes=(volume("data"),)),
        down.Options(volumes=True, images="all"),
    ),
    "rolling": up.up(
        project(ROLLING),
        snapshot(_old(1), _old(2), networks=(network(),)),
        up.Options(rolling=True),
    ),
    "stop": lifecycle.stop(BOTH, snapshot(state(DB)), (), timeout=3),
    "restart": lifecycle.restart(BOTH, snapshot(state(DB)), ()),
    "images": images(
        project(service("a", image="a"), service("b", image="", build=Build(context="/b"))),
        snapshot(images={}),
    ),
    "kill": Plan(
        steps=(Kill(id=1, resource="Container c", cause="asked", why="kill", container="c"),)
    ),
}


def _errors(document: object) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def _start(id: int, *after: int) -> Start:
    return Start(id=id, after=after, resource="Container c", cause="asked", why="w", container="c")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_a_plan_follows_its_schema(plan: Plan) -> None:
    document = json.loads(json.dumps(plan.to_json()))

    assert _errors(document) == []


def test_the_schema_knows_every_step() -> None:
    known = {
        name
        for kind in SCHEMA["$defs"]["step"]["oneOf"]
        for op in [kind["properties"]["op"]]
        for name in op.get("enum", [op.get("const")])
    }

    assert known == {kind.__name__ for kind in get_args(Op)}


def test_the_schema_refuses_what_no_plan_says() -> None:
    document = PLANS["down"].to_json()
    document["steps"][0]["surprise"] = 1

    assert _errors(document)


def test_values_of_environment_variables_are_masked() -> None:
    document = PLANS["fresh up"].to_json()

    assert "hunter2" not in json.dumps(document)
    bodies = [step["body"] for step in document["steps"] if step["op"] == "CreateContainer"]
    assert bodies[0]["Env"] == [f"PASSWORD={MASK}", f"EMPTY={MASK}", "FROM_IMAGE"]


def test_masking_leaves_the_body_as_it_was() -> None:
    body = {"Env": ["A=1"], "Image": "x"}

    assert masked(body) == {"Env": [f"A={MASK}"], "Image": "x"}
    assert body == {"Env": ["A=1"], "Image": "x"}


def test_what_a_step_makes_is_told_by_the_step() -> None:
    starts = [step for step in PLANS["fresh up"].to_json()["steps"] if step["op"] == "Start"]

    assert {"made"} == {key for step in starts for key in step["container"]}


def test_a_line_tells_what_comes_before_and_why() -> None:
    assert line(_start(3, 1, 2)) == "[1,2] -> #3 Start container c: w"


def test_the_text_has_a_line_for_each_step() -> None:
    assert str(Plan(steps=(_start(1), _start(2, 1)))).splitlines() == [
        "[] -> #1 Start container c: w",
        "[1] -> #2 Start container c: w",
    ]


@pytest.mark.parametrize("steps", [(_start(2),), (_start(1, 1),), (_start(1), _start(2, 3))])
def test_steps_out_of_order_are_a_fault(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match="is out of order"):
        check(steps)


def test_the_values_of_build_args_are_hidden() -> None:
    build = Build(context="/b", args={"TOKEN": "hunter2"})
    plan = images(project(service("b", image="", build=build)), snapshot(images={}))
    (step,) = plan.to_json()["steps"]
    assert step["query"]["buildargs"] == json.dumps({"TOKEN": MASK})
    assert "hunter2" in plan.steps[0].query["buildargs"]  # what is sent is whole
