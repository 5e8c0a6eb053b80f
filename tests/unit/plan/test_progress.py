"""Who waits for what, as the text of the steps."""

from __future__ import annotations

import pytest
from projects import needs, project, service, state

from pycompose.plan.progress import Progress, gate_of, wait_for_all
from pycompose.plan.steps import Steps

DB = service("db")


def progress(*settled, started=()):
    found = Progress()
    found.containers = [c.id for c in settled] or ["new"]
    found.names = [c.name for c in settled] or ["demo-db-1"]
    found.settled, found.started = list(settled), list(started)
    return found


@pytest.mark.parametrize(
    ("health", "until", "reached"),
    [
        ("none", "started", True),
        ("none", "running_or_healthy", True),
        ("none", "healthy", False),
        ("healthy", "healthy", True),
        ("starting", "running_or_healthy", False),
        ("healthy", "completed", False),
    ],
)
def test_what_runs_may_be_there_already(health, until, reached) -> None:
    assert progress(state(DB)._replace(health=health)).reached(until) is reached


def test_what_is_still_to_start_is_not_there() -> None:
    assert not progress().reached("started")


def test_a_gate_opens_once_dependencies_are_ready() -> None:
    steps, services = Steps(), {"db": progress(started=[])}
    healthy = service("web", depends_on={"db": needs("service_healthy"), "gone": needs()})
    assert gate_of(steps, services, service("web", depends_on={"db": needs()})) == []
    assert gate_of(steps, services, healthy) == [1]
    assert str(steps.plan()) == "[] -> #1 Wait service db: web depends on it (service_healthy)"


def test_waiting_for_all_waits_for_the_end_of_one_shots() -> None:
    steps = Steps()
    web = service("web", depends_on={"db": needs("service_completed_successfully")})
    wait_for_all(steps, project(DB, web), {"db": progress(), "web": progress(state(web))})
    (wait,) = steps.all
    assert (wait.service, wait.until) == ("db", "completed")
