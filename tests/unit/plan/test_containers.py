"""What `kill`, `pause`, `unpause` and `rm` plan, as their text."""

from __future__ import annotations

import pytest
from projects import needs, project, service, snapshot, state

from pycompose import labels
from pycompose.plan.containers import kill, pause, removable, remove, unpause

DB = service("db")
WEB = service("web", depends_on={"db": needs()})
BOTH = project(DB, WEB)
RUNNING = snapshot(state(DB), state(WEB))
EXITED = snapshot(state(DB, state="exited"), state(WEB, state="exited"))
GONE = service("gone")


def test_what_runs_is_killed_one_off_containers_too() -> None:
    once = state(WEB)._replace(id="once", name="demo-web-run-1", oneoff=True, number=None)
    plan = kill(BOTH, snapshot(state(DB), state(WEB, state="exited"), once), (), signal="SIGHUP")

    assert str(plan).splitlines() == [
        "[] -> #1 Kill container demo-db-1: kill with SIGHUP",
        "[] -> #2 Kill container demo-web-run-1: kill with SIGHUP",
    ]


def test_only_chosen_services_are_killed() -> None:
    plan = kill(BOTH, RUNNING, ["web"])
    assert str(plan) == "[] -> #1 Kill container demo-web-1: kill with SIGKILL"


def test_orphans_are_killed_on_request() -> None:
    seen = snapshot(state(DB), state(GONE))

    assert [step.resource for step in kill(BOTH, seen, ()).steps] == ["Container demo-db-1"]
    both = kill(BOTH, seen, (), remove_orphans=True)
    assert [step.resource for step in both.steps] == [
        "Container demo-db-1",
        "Container demo-gone-1",
    ]


def test_all_of_the_project_is_killed_with_orphans_but_what_other_files_made() -> None:
    off = project(DB, disabled={"off": service("off")}, config_files=("/compose.yaml",))
    other = {**state(GONE).labels, labels.CONFIG_FILES: "/other.yaml"}
    seen = snapshot(state(DB), state(service("off")), state(GONE, labels=other))

    killed = kill(off, seen, (), remove_orphans=True)
    assert [step.resource for step in killed.steps] == [
        "Container demo-db-1",
        "Container demo-off-1",
    ]
    assert len(kill(off, seen, ["db"], remove_orphans=True).steps) == 1


def test_nothing_runs_and_nothing_is_killed() -> None:
    assert kill(BOTH, EXITED, ()).steps == ()


@pytest.mark.parametrize(
    ("planner", "word"), [(pause, "Pause"), (unpause, "Unpause")], ids=["pause", "unpause"]
)
def test_what_runs_is_paused_and_goes_on(planner, word) -> None:
    seen = snapshot(state(DB, state="paused"), state(WEB, state="exited"))
    assert str(planner(BOTH, seen, ())) == f"[] -> #1 {word} container demo-db-1: {word.lower()}"


def test_what_has_stopped_is_removed() -> None:
    seen = snapshot(state(DB), state(WEB, state="exited"))

    assert removable(BOTH, seen, ()) == ("demo-web-1",)
    assert str(remove(BOTH, seen, ())) == "[] -> #1 RemoveContainer container demo-web-1: rm"


def test_containers_are_stopped_first_on_request() -> None:
    plan = remove(BOTH, RUNNING, (), stopping=True)

    assert removable(BOTH, RUNNING, (), stopping=True) == ("demo-db-1", "demo-web-1")
    assert str(plan).splitlines() == [
        "[] -> #1 Stop container demo-web-1: stop",
        "[1] -> #2 Stop container demo-db-1: stop",
        "[2] -> #3 RemoveContainer container demo-db-1: rm",
        "[1] -> #4 RemoveContainer container demo-web-1: rm",
    ]


def test_nothing_is_removed_twice_or_by_force() -> None:
    assert not any(step.force for step in remove(BOTH, EXITED, ()).steps)
