"""What inspect says of a container, judged against what is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from pycompose.plan.verdict import PROBE_OUTPUT, REACHED, fresh, verdict


def container(status: str = "running", *, policy: str = "no", restarts: int = 0, **state: Any):
    return {
        "Name": "/demo-db-1",
        "RestartCount": restarts,
        "HostConfig": {"RestartPolicy": {"Name": policy}},
        "State": {"Status": status, "Running": status == "running", "ExitCode": 0, **state},
    }


def health(status: str, output: str | None = None):
    log = [] if output is None else [{"ExitCode": 1, "Output": output}]
    return {"Status": status, "Log": log}


def failed(document, until) -> str:
    found = verdict([document], until)
    assert found.state == "failed"
    return found.reason


@pytest.mark.parametrize("until", ["healthy", "running_or_healthy"])
def test_a_passing_health_check_is_enough(until) -> None:
    assert verdict([container(Health=health("healthy"))], until) is REACHED
    assert verdict([container(Health=health("starting"))], until).state == "pending"


def test_a_failing_health_check_is_told_with_its_last_words() -> None:
    broken = container(Health=health("unhealthy", " no route\n"))

    assert failed(broken, "healthy") == (
        "container demo-db-1 is unhealthy (its last probe exited with 1: no route)"
    )
    assert failed(container(Health=health("unhealthy")), "healthy") == (
        "container demo-db-1 is unhealthy"
    )
    long = container(Health=health("unhealthy", "x" * 5000))
    assert len(failed(long, "healthy")) < PROBE_OUTPUT + 100


def test_without_a_health_check_nothing_gets_healthy() -> None:
    assert "has no healthcheck configured" in failed(container(), "healthy")
    assert "has no healthcheck configured" in failed(container(Health=health("none")), "healthy")
    assert verdict([container("created")], "healthy").state == "pending"


def test_what_has_exited_gets_no_longer_healthy() -> None:
    assert failed(container("exited", ExitCode=3), "healthy") == "container demo-db-1 exited (3)"
    killed = container("exited", ExitCode=137, OOMKilled=True)
    assert failed(killed, "healthy") == "container demo-db-1 exited (137, out of memory)"


def test_a_one_shot_has_completed_once_it_has_exited_with_nothing() -> None:
    assert verdict([container()], "completed").state == "pending"
    assert verdict([container("exited")], "completed") is REACHED
    assert "didn't complete successfully: exit 3" in failed(
        container("exited", ExitCode=3), "completed"
    )


def test_running_is_enough_without_a_health_check() -> None:
    assert verdict([container()], "running_or_healthy").state == "running"
    assert verdict([container("created")], "running_or_healthy").state == "pending"


def test_a_one_shot_that_ended_well_counts_as_running() -> None:
    assert verdict([container("exited")], "running_or_healthy") is REACHED
    assert "exited (0)" in failed(container("exited", policy="always"), "running_or_healthy")
    assert "exited (1)" in failed(container("exited", ExitCode=1), "running_or_healthy")


def test_what_ended_does_not_serve() -> None:
    assert "exited (0)" in failed(container("exited"), "serving")
    assert verdict([container()], "serving").state == "running"
    assert verdict([container(Health=health("healthy"))], "serving") is REACHED


def test_a_container_that_keeps_restarting_fails() -> None:
    again = container("restarting", ExitCode=2)

    assert "keeps restarting (last exit code 2)" in failed(again, "running_or_healthy")
    assert "keeps restarting" in failed(container(restarts=1), "running_or_healthy")


def test_started_asks_for_nothing() -> None:
    assert verdict([container("exited", ExitCode=1)], "started") is REACHED


def test_all_must_reach_it_and_one_failure_is_enough() -> None:
    good, later = container(Health=health("healthy")), container(Health=health("starting"))
    bad = container(Health=health("unhealthy"))

    assert verdict([], "healthy") is REACHED
    assert verdict([good, later], "healthy").state == "pending"
    assert verdict([later, bad], "healthy").state == "failed"


def test_what_was_found_before_a_start_says_nothing() -> None:
    old = {"Start": "2026-01-01T11:00:00.5+01:00", "ExitCode": 1, "Output": "old"}
    new = {"Start": "2026-01-01T10:00:02.123456789Z", "ExitCode": 1, "Output": "new"}
    started = "2026-01-01T10:00:01Z"
    for status in ("unhealthy", "healthy"):
        stale = container(Health={"Status": status, "Log": [old]}, StartedAt=started)
        assert verdict([stale], "healthy").state == "pending"
    again = container(Health={"Status": "unhealthy", "Log": [old, new]}, StartedAt=started)
    assert failed(again, "healthy").endswith("exited with 1: new)")
    assert fresh(again) == [new]


def test_a_verdict_tells_which_container_it_is_about() -> None:
    good, later = container(Health=health("healthy")), container(Health=health("starting"))
    bad = container(Health=health("unhealthy"))
    assert verdict([good, later], "healthy").about is later
    assert verdict([good, later, bad], "healthy").about is bad
