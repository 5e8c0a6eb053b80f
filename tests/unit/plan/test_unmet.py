"""What is told of a container that was waited for in vain."""

from __future__ import annotations

from typing import Any

import pytest
from projects import needs, network, project, service, snapshot, state

from pycompose.errors import Position
from pycompose.model.deploy import Deploy, UpdateConfig
from pycompose.model.service import Healthcheck
from pycompose.plan.ops import Wait
from pycompose.plan.unmet import LINES, report
from pycompose.plan.up import Options, up


class Written:
    """Every value stands on the line that its path is long."""

    def find(self, *path: str | int) -> Position:
        return Position("compose.yaml", len(path), 1)


def told(document: dict[str, Any], *output: str, **fields: Any) -> list[str]:
    web = service("web", depends_on={"db": needs("service_healthy")})
    wanted = project(web, service("db", **fields), places=Written())
    plan = up(wanted, snapshot(), Options())
    (wait,) = (step for step in plan.steps if isinstance(step, Wait))
    return report(wanted, plan, wait, document, output)


def container(status: str = "running", **state: Any) -> dict[str, Any]:
    return {
        "Name": "/demo-db-1",
        "State": {"Status": status, "ExitCode": 0, "StartedAt": "2026-01-01T10:00:00Z", **state},
    }


def probes(*outputs: str) -> dict[str, Any]:
    log = [
        {"Start": f"2026-01-01T10:00:0{n}Z", "ExitCode": n, "Output": output}
        for n, output in enumerate(outputs)
    ]
    return {"Status": "unhealthy", "Log": log}


def test_the_last_probes_are_told_with_the_place_of_the_check() -> None:
    check = Healthcheck(test=("CMD", "true"))
    found = told(container(Health=probes("a", "b", "", "c\n\nd\n")), healthcheck=check)
    assert found == [
        "  state running",
        "  its health check at compose.yaml:3:1: unhealthy",
        "    exit code 1: b",
        "    exit code 2: no output",
        "    exit code 3: c",
        "      d",
        "  service 'web' depends on it (compose.yaml:4:1)",
        "  it has printed nothing that can be read",
    ]


def test_a_check_of_the_image_has_no_place() -> None:
    assert "  its health check of its image: unhealthy" in told(container(Health=probes("a")))


def test_a_check_that_has_not_run_says_so() -> None:
    starting = container(Health={"Status": "starting", "Log": []})
    assert "    no probe has ended since it was started" in told(starting)


def test_the_end_is_told_with_its_reason() -> None:
    document = {**container("exited", ExitCode=137, OOMKilled=True), "RestartCount": 2}
    assert told(document)[0] == (
        "  state exited, exit code 137, killed as it ran out of memory, restarted 2 times"
    )


def test_the_end_of_the_output_is_told() -> None:
    found = told(container(), *(f"line {n}" for n in range(30)))
    assert found[-LINES - 1] == "  the end of its output:"
    assert found[-LINES:] == [f"    line {n}" for n in range(10, 30)]


@pytest.mark.parametrize(
    ("order", "end"), [("start-first", "runs on"), ("stop-first", "starts again")]
)
def test_it_is_told_what_becomes_of_a_replacement_that_does_not_serve(order, end) -> None:
    config = UpdateConfig(order=order, failure_action="rollback")
    new = service("db", scale=2, deploy=Deploy(update_config=config))
    old = [state(service("db", tty=True), number) for number in (1, 2)]
    plan = up(project(new), snapshot(*old, networks=(network(),)), Options(rolling=True))
    wait = next(step for step in plan.steps if isinstance(step, Wait))
    found = report(project(new), plan, wait, container("exited"), ())
    assert found[1:2] == [f"  it is taken away, and the old container {end}"]
