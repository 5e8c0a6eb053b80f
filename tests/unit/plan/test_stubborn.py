"""What is told of containers that had to be killed, though they were asked to stop."""

from __future__ import annotations

from typing import Any

import pytest
from projects import project, service

from pycompose.errors import Position
from pycompose.plan.ops import Restart, Stop
from pycompose.plan.stubborn import Slow, warnings


class Written:
    """Every value stands on the line that its path is long."""

    def find(self, *path: str | int) -> Position:
        return Position("compose.yaml", len(path), 1)


WANTED = project(service("web", command=("sleep", "1000")), places=Written())
BARE = project(service("web"))


def slow(
    *args: str, seconds: float = 10.1, kind: type = Stop, number: int = 1, **fields: Any
) -> Slow:
    """Return a stop of a container that was killed."""
    values = {
        "timeout": None,
        "code": 137,
        "init": None,
        "config": {},
        "oom": False,
        "ended": "2026-01-01T10:00:10Z",
        "started": "2026-01-01T10:00:10.5Z",
        **fields,
    }
    step = kind(
        id=1,
        resource=f"Container demo-web-{number}",
        cause="asked",
        why="stop",
        container="id",
        timeout=values["timeout"],
        service="web",
    )
    program, *rest = args or ("/bin/sleep", "1000")
    document = {
        "Path": program,
        "Args": rest,
        "State": {
            "ExitCode": values["code"],
            "OOMKilled": values["oom"],
            "StartedAt": values["started"],
            "FinishedAt": values["ended"],
        },
        "Config": values["config"],
        "HostConfig": {"Init": values["init"]},
    }
    return Slow(step, document, seconds)


def told(*found: Slow, wanted: Any = BARE) -> list[str]:
    return [notice.message for notice in warnings(wanted, found)]


def test_a_program_that_ignores_the_signal_is_told_with_what_helps() -> None:
    assert told(slow()) == [
        "container demo-web-1 was killed after 10s: PID 1, 'sleep', ignores SIGTERM"
        " (say 'init: true', or name another 'stop_signal'; 'stop_grace_period' gives it more time)"
    ]


@pytest.mark.parametrize("words", [("/bin/sh", "-c", "a; b"), ("bash", "-e", "-c", "a; b")])
def test_a_shell_passes_nothing_on(words) -> None:
    (message,) = told(slow(*words))
    shell = words[0].rpartition("/")[2]
    assert f"PID 1 is '{shell} -c', which neither ends on SIGTERM nor passes it on" in message
    assert "(say 'init: true', or begin the command for the shell with 'exec')" in message


def test_what_an_init_passed_on_is_no_matter_of_pid_1() -> None:
    (message,) = told(slow("sh", "-c", "x", init=True, config={"StopSignal": "SIGINT"}))
    assert "'sh' did not end on SIGINT, which init passed on ('stop_signal' names an" in message


def test_arguments_are_not_shown() -> None:
    (message,) = told(slow("serve", "--password", "hunter2"))
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        (WANTED, "compose.yaml:3:1: services.web.command: "),
        (
            project(service("web", entrypoint=("x",)), places=Written()),
            "compose.yaml:3:1: services.web.entrypoint: ",
        ),
        (project(service("web"), places=Written()), "compose.yaml:2:1: services.web: "),
        (project(places=Written()), "container demo-web-1 was"),
    ],
)
def test_it_has_the_place_of_the_command(wanted, place: str) -> None:
    (notice,) = warnings(wanted, [slow()])
    assert notice.message.startswith(place)
    assert (notice.problem is None) is place.startswith("container")
    assert notice.problem is None or notice.problem.severity == "warning"


def test_the_containers_of_a_service_are_told_of_together() -> None:
    (message,) = told(slow(number=2), slow(number=1))
    assert message.startswith("containers demo-web-1, demo-web-2 were killed after 10s")


@pytest.mark.parametrize(
    ("fields", "grace"),
    [
        ({"timeout": 3, "seconds": 3.1}, "3s"),
        ({"config": {"StopTimeout": 5}, "seconds": 5.2}, "5s"),
        ({"timeout": 2, "config": {"StopTimeout": 5}, "seconds": 2.2}, "2s"),
        ({"kind": Restart, "code": 0, "seconds": 10.6}, "10s"),
    ],
)
def test_the_time_that_was_given_is_told(fields, grace: str) -> None:
    (message,) = told(slow(**fields))
    assert f"was killed after {grace}" in message


@pytest.mark.parametrize(
    "fields",
    [
        {"code": 0},
        {"seconds": 9.0},
        {"timeout": 0},
        {"oom": True},
        {"kind": Restart, "code": 0, "seconds": 10.2},
        {"kind": Restart, "code": 0, "ended": "0001-01-01T00:00:00Z"},
    ],
)
def test_nothing_is_told_of_who_ended_in_time(fields) -> None:
    assert told(slow(**fields)) == []
