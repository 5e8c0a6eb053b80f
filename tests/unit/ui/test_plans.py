"""Plans for people and programs."""

from __future__ import annotations

import json

from pycompose.plan.ops import Change, CreateContainer, RemoveVolume
from pycompose.plan.plan import Plan
from pycompose.ui.plans import render

BODY = {"Env": [], "Labels": {}}
CREATE = CreateContainer(
    id=1, resource="Container c", cause="changed", why="changed", name="c", body=BODY, replaces="0",
    changes=(
        Change("environment.COLOUR", "red", "blue", "compose.yaml:4:7"),
        Change("environment.DB_PASSWORD", "old", "new"),
        Change("user", None, "app\x1b", "compose.yaml:5:7"),
        Change("command", ["a", "b"]),
        Change("mac_address", at="compose.yaml:6:7", known=False),
    ),
)  # fmt: skip
LOST = RemoveVolume(
    id=2, resource="Volume v", cause="asked", why="--volumes", volume="v", destroys="volume v"
)
PLAN = Plan(steps=(CREATE, LOST))


def test_changes_stand_below_their_step() -> None:
    assert render(PLAN) == (
        "[] -> #1 CreateContainer container c: changed\n"
        "      ~ environment.COLOUR: … -> … (compose.yaml:4:7)\n"
        "      ~ environment.DB_PASSWORD: … -> …\n"
        "      + user: app\\e (compose.yaml:5:7)\n"
        '      - command: ["a", "b"]\n'
        "      ~ mac_address (compose.yaml:6:7)\n"
        "[] -> #2 RemoveVolume volume v: --volumes (destroys volume v)\n"
    )


def test_values_are_shown_on_request_but_for_secrets() -> None:
    lines = render(PLAN, values=True).splitlines()
    assert lines[1:3] == [
        "      ~ environment.COLOUR: red -> blue (compose.yaml:4:7)",
        "      ~ environment.DB_PASSWORD: … -> …",
    ]
    [step, _] = json.loads(render(PLAN, format="json", values=True))["steps"]
    assert step["changes"][0] == {
        "path": "environment.COLOUR", "old": "red", "new": "blue", "at": "compose.yaml:4:7"
    }  # fmt: skip
    assert step["changes"][1]["new"] == "…"
    assert step["changes"][4] == {"path": "mac_address", "at": "compose.yaml:6:7"}


def test_json_masks_values_and_tells_what_there_is_none_of() -> None:
    text = render(PLAN, format="json")
    assert not {'"red"', '"blue"', '"old",', '"new",'} & set(text.split())
    assert json.loads(text)["steps"][0]["changes"][2]["old"] is None


def test_colours_mark_what_comes_goes_and_is_destroyed() -> None:
    lines = render(PLAN, color=True).splitlines()
    assert [line[:5] if line.startswith("\x1b") else "" for line in lines] == [
        "", "\x1b[33m", "\x1b[33m", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[31m"
    ]  # fmt: skip
    assert "\x1b" not in render(PLAN)


def test_an_empty_plan_says_so() -> None:
    assert render(Plan()) == "nothing to do\n"
