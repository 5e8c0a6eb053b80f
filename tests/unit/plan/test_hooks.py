"""What is run after a start and before a stop, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from projects import needs, network, project, service, snapshot, state

from pycompose.model.hooks import Hook
from pycompose.plan.containers import kill, remove
from pycompose.plan.down import Options as DownOptions
from pycompose.plan.down import down
from pycompose.plan.lifecycle import restart, start, stop
from pycompose.plan.ops import Exec
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, up
from pycompose.snapshot import Snapshot

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/plan.schema.json").read_text())
POST = (Hook(command=("one",), environment={"TOKEN": "secret"}), Hook(command=("two",)))
PRE = (Hook(command=("bye",)),)
HOOKED = service("db", post_start=POST, pre_stop=PRE)
ALONE = project(HOOKED)
TWO = project(HOOKED, service("web", depends_on={"db": needs()}))


def there(*containers, **fields) -> Snapshot:
    return snapshot(*containers, networks=(network(),), **fields)


RUNNING = there(state(HOOKED))
STOPPED = there(state(HOOKED, state="exited"))


def lines(plan: Plan) -> list[str]:
    """Return the steps without their reasons; hooks by their commands."""
    found = []
    for step in plan.steps:
        after = ",".join(map(str, step.after))
        name = step.body["Cmd"][0] if isinstance(step, Exec) else step.resource.rpartition(" ")[2]
        found.append(f"[{after}] #{step.id} {type(step).__name__} {name}")
    return found


def test_what_waits_for_a_start_waits_for_its_hooks() -> None:
    assert lines(up(TWO, there(), Options(wait=True))) == [
        "[] #1 CreateContainer demo-db-1",
        "[1] #2 Start demo-db-1",
        "[2] #3 Exec one",
        "[3] #4 Exec two",
        "[] #5 CreateContainer demo-web-1",
        "[4,5] #6 Start demo-web-1",
        "[4] #7 Wait db",
        "[6] #8 Wait web",
    ]


def test_a_plan_tells_where_a_hook_stands_and_hides_its_environment() -> None:
    document = up(TWO, there(), Options()).to_json()
    jsonschema.validate(document, SCHEMA)
    step = document["steps"][2]
    assert (step["op"], step["why"], step["moment"]) == (
        "Exec",
        "post_start[0] of db",
        "post_start",
    )
    assert (step["name"], step["container"], step["place"]) == ("db-1", {"made": 1}, "demo:1:1")
    assert step["body"]["Env"] == ["TOKEN=…"]
    assert "secret" not in json.dumps(document)


def test_a_container_that_runs_has_its_hooks_behind_it() -> None:
    assert lines(up(ALONE, RUNNING, Options())) == []


def test_containers_that_are_there_are_started_with_their_hooks() -> None:
    expected = ["[] #1 Start demo-db-1", "[1] #2 Exec one", "[2] #3 Exec two"]
    assert lines(up(ALONE, STOPPED, Options())) == expected
    assert lines(start(ALONE, STOPPED, ())) == expected


def test_a_paused_container_goes_on_without_hooks() -> None:
    paused = there(state(HOOKED, state="paused"))
    assert lines(up(ALONE, paused, Options())) == ["[] #1 Unpause demo-db-1"]
    assert lines(start(ALONE, paused, ())) == ["[] #1 Unpause demo-db-1"]


def test_start_lets_dependents_wait_for_hooks() -> None:
    both = there(*(state(one, state="exited") for one in TWO.services.values()))
    assert lines(start(TWO, both, ()))[-1] == "[3] #4 Start demo-web-1"


def test_nothing_is_run_where_nothing_is_started() -> None:
    assert lines(up(ALONE, there(), Options(start=False))) == ["[] #1 CreateContainer demo-db-1"]


def test_a_container_is_replaced_without_pre_stop() -> None:
    assert lines(up(ALONE, RUNNING, Options(policy="force"))) == [
        "[] #1 CreateContainer demo-db-1",
        "[1] #2 Stop demo-db-1",
        "[2] #3 RemoveContainer demo-db-1",
        "[3] #4 Rename demo-db-1",
        "[4] #5 Start demo-db-1",
        "[5] #6 Exec one",
        "[6] #7 Exec two",
    ]


def test_fewer_containers_are_stopped_after_their_hooks() -> None:
    two = there(state(HOOKED), state(HOOKED, 2))
    assert lines(up(ALONE, two, Options())) == [
        "[] #1 Exec bye",
        "[1] #2 Stop demo-db-2",
        "[2] #3 RemoveContainer demo-db-2",
    ]


def test_an_orphan_has_no_hooks() -> None:
    orphan = there(state(service("old", pre_stop=PRE)))
    wanted = project(service("web"))
    plan = down(wanted, orphan, DownOptions(remove_orphans=True))
    assert lines(plan)[:1] == ["[] #1 Stop demo-old-1"]
    plan = up(wanted, orphan, Options(remove_orphans=True))
    assert lines(plan)[:1] == ["[] #1 Stop demo-old-1"]


def test_a_one_off_container_has_no_hooks() -> None:
    plan = down(ALONE, there(state(HOOKED, oneoff=True)), DownOptions(remove_orphans=True))
    assert lines(plan)[:1] == ["[] #1 Stop demo-db-1"]


def test_a_dependent_that_is_restarted_is_asked_before_and_told_after() -> None:
    web = service(
        "web",
        depends_on={"db": needs(restart=True)},
        post_start=(Hook(command=("hi",)),),
        pre_stop=PRE,
    )
    wanted = project(service("db"), web)
    old = there(state(service("db", command=("x",))), state(web))
    assert lines(up(wanted, old, Options())) == [
        "[] #1 Exec bye",
        "[1] #2 Stop demo-web-1",
        "[] #3 CreateContainer demo-db-1",
        "[2,3] #4 Stop demo-db-1",
        "[4] #5 RemoveContainer demo-db-1",
        "[5] #6 Rename demo-db-1",
        "[6] #7 Start demo-db-1",
        "[2,7] #8 Start demo-web-1",
        "[8] #9 Exec hi",
    ]


def test_dependents_have_stopped_before_pre_stop_runs() -> None:
    both = there(*map(state, TWO.services.values()))
    assert lines(stop(TWO, both, ())) == [
        "[] #1 Stop demo-web-1",
        "[1] #2 Exec bye",
        "[2] #3 Stop demo-db-1",
    ]
    assert lines(down(TWO, both, DownOptions()))[2:5] == [
        "[2] #3 Exec bye",
        "[3] #4 Stop demo-db-1",
        "[4] #5 RemoveContainer demo-db-1",
    ]
    assert lines(remove(TWO, both, ("db",), stopping=True)) == [
        "[] #1 Exec bye",
        "[1] #2 Stop demo-db-1",
        "[2] #3 RemoveContainer demo-db-1",
    ]


@pytest.mark.parametrize("seen", ["paused", "restarting"])
def test_pre_stop_is_only_for_what_runs(seen) -> None:
    assert lines(stop(ALONE, there(state(HOOKED, state=seen)), ())) == ["[] #1 Stop demo-db-1"]


def test_a_restart_is_a_stop_and_a_start() -> None:
    both = there(*map(state, TWO.services.values()))
    assert lines(restart(TWO, both, ())) == [
        "[] #1 Exec bye",
        "[1] #2 Restart demo-db-1",
        "[2] #3 Exec one",
        "[3] #4 Exec two",
        "[4] #5 Restart demo-web-1",
    ]
    assert lines(restart(ALONE, STOPPED, ()))[:2] == ["[] #1 Restart demo-db-1", "[1] #2 Exec one"]


def test_a_kill_asks_nobody() -> None:
    assert lines(kill(ALONE, RUNNING, ())) == ["[] #1 Kill demo-db-1"]
