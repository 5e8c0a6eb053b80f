"""What `start`, `stop` and `restart` plan, as their text."""

from __future__ import annotations

import pytest
from projects import needs, project, service, snapshot, state

from pycompose.errors import UsageError
from pycompose.plan.lifecycle import restart, start, stop

DB = service("db")
WEB = service("web", depends_on={"db": needs()})
BOTH = project(DB, WEB)
HEALTHY = project(DB, service("web", depends_on={"db": needs("service_healthy")}))
RUNNING = snapshot(state(DB), state(WEB))
EXITED = snapshot(state(DB, state="exited"), state(WEB, state="exited"))


def test_dependents_stop_first() -> None:
    assert str(stop(BOTH, RUNNING, ())).splitlines() == [
        "[] -> #1 Stop container demo-web-1: stop",
        "[1] -> #2 Stop container demo-db-1: stop",
    ]


def test_only_chosen_services_stop() -> None:
    plan = stop(BOTH, RUNNING, ["db"], timeout=3)

    assert str(plan) == "[] -> #1 Stop container demo-db-1: stop"
    assert plan.to_json()["steps"][0]["timeout"] == 3


def test_a_dependency_stops_after_a_dependent_two_steps_away() -> None:
    far = project(
        DB, service("mid", depends_on={"db": needs()}), service("top", depends_on={"mid": needs()})
    )
    seen = snapshot(state(DB), state(service("top")))

    assert str(stop(far, seen, ())).splitlines() == [
        "[] -> #1 Stop container demo-top-1: stop",
        "[1] -> #2 Stop container demo-db-1: stop",
    ]


def test_what_does_not_run_is_not_stopped() -> None:
    assert stop(BOTH, EXITED, ()).steps == ()


def test_dependencies_start_first() -> None:
    assert str(start(BOTH, EXITED, ())).splitlines() == [
        "[] -> #1 Start container demo-db-1: it is exited",
        "[1] -> #2 Start container demo-web-1: it is exited",
    ]


def test_what_was_told_to_stop_is_started_once_it_has() -> None:
    seen = snapshot(state(DB, stopping=True), state(WEB, stopping=True))

    assert str(start(HEALTHY, seen, ())).splitlines() == [
        "[] -> #1 Stop container demo-db-1: it was told to stop before",
        "[1] -> #2 Start container demo-db-1: it was told to stop before",
        "[2] -> #3 Wait service db: web depends on it (service_healthy)",
        "[] -> #4 Stop container demo-web-1: it was told to stop before",
        "[3,4] -> #5 Start container demo-web-1: it was told to stop before",
    ]


def test_what_runs_is_not_started() -> None:
    plan = start(BOTH, RUNNING, ())

    assert plan.steps == ()
    assert plan.running == ("demo-db-1", "demo-web-1")


def test_a_healthy_dependency_is_waited_for() -> None:
    assert str(start(HEALTHY, EXITED, ())).splitlines() == [
        "[] -> #1 Start container demo-db-1: it is exited",
        "[1] -> #2 Wait service db: web depends on it (service_healthy)",
        "[2] -> #3 Start container demo-web-1: it is exited",
    ]


def test_what_a_service_depends_on_is_started_with_it() -> None:
    apart = project(*HEALTHY.services.values(), service("apart"))
    seen = snapshot(*EXITED.containers, state(service("apart"), state="exited"))

    assert str(start(apart, seen, ["web"])) == str(start(HEALTHY, EXITED, ()))
    assert [step.resource for step in start(apart, seen, ["db"]).steps] == ["Container demo-db-1"]


def test_a_dependency_that_runs_but_is_not_healthy_is_waited_for() -> None:
    seen = snapshot(state(DB, health="starting"), state(WEB, state="exited"))

    assert str(start(HEALTHY, seen, ["web"])).splitlines() == [
        "[] -> #1 Wait service db: web depends on it (service_healthy)",
        "[1] -> #2 Start container demo-web-1: it is exited",
    ]


def test_a_service_without_containers_is_passed_over() -> None:
    seen = snapshot(state(WEB, state="exited"))

    assert str(start(BOTH, seen, ())) == "[] -> #1 Start container demo-web-1: it is exited"


def test_what_is_waited_for_has_to_be_there_unless_it_is_not_required() -> None:
    seen = snapshot(state(WEB, state="exited"))
    with pytest.raises(UsageError, match="service 'web' waits for 'db', which has no container"):
        start(HEALTHY, seen, ["web"])

    need = needs("service_healthy", required=False)
    plan = start(project(DB, service("web", depends_on={"db": need})), seen, ())
    assert [step.resource for step in plan.steps] == ["Container demo-web-1"]
    assert [notice.message for notice in plan.notices] == [
        "service 'web' waits for 'db', which has no container"
    ]


def test_a_paused_container_is_unpaused() -> None:
    seen = snapshot(state(DB, state="paused"))

    assert str(start(project(DB), seen, ())) == (
        "[] -> #1 Unpause container demo-db-1: it is paused"
    )


def test_wait_waits_for_each_service() -> None:
    seen = snapshot(state(DB, state="exited"))

    assert str(start(project(DB), seen, (), wait=True)).splitlines() == [
        "[] -> #1 Start container demo-db-1: it is exited",
        "[1] -> #2 Wait service db: --wait",
    ]


def test_a_service_without_containers_cannot_be_started() -> None:
    with pytest.raises(UsageError, match="service 'db' has no container to start"):
        start(BOTH, snapshot(), ())


def test_a_service_scaled_to_nothing_needs_no_container() -> None:
    assert start(project(service("db", scale=0)), snapshot(), ()).steps == ()


def test_dependencies_restart_first() -> None:
    assert str(restart(BOTH, RUNNING, ())).splitlines() == [
        "[] -> #1 Restart container demo-db-1: restart",
        "[1] -> #2 Restart container demo-web-1: restart",
    ]


def test_dependents_that_ask_for_it_restart_too() -> None:
    asking = project(DB, service("web", depends_on={"db": needs(restart=True)}))

    assert str(restart(asking, RUNNING, ["db"])).splitlines() == [
        "[] -> #1 Restart container demo-db-1: restart",
        "[1] -> #2 Restart container demo-web-1: db is restarted",
    ]
    alone = snapshot(state(WEB))
    assert str(restart(asking, alone, ["db"])) == (
        "[] -> #1 Restart container demo-web-1: db is restarted"
    )
    assert len(restart(asking, RUNNING, ["db"], dependents=False).steps) == 1
    assert len(restart(BOTH, RUNNING, ["db"]).steps) == 1
