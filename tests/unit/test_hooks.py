"""Hooks that are run: in order, with their output, and with their failures."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from projects import needs, next_down, next_up, project, service, silent

from pycompose.apply import Report, apply
from pycompose.cancel import Cancel
from pycompose.engine.fake import Behaviour, FakeEngine, Ran
from pycompose.errors import (
    ApplyError,
    Cancelled,
    Conflict,
    EngineError,
    EngineUnavailable,
    NotFound,
)
from pycompose.events import Event, LogLine
from pycompose.hooks import TAIL_BYTES, TAIL_LINES, run_hook
from pycompose.model.hooks import Hook
from pycompose.model.project import Project
from pycompose.observe import observe
from pycompose.plan.lifecycle import restart, stop
from pycompose.plan.ops import Exec

POST = (Hook(command=("one",), user="me"), Hook(command=("two",)))
PRE = (Hook(command=("bye",)),)
WANTED = project(
    service("db", post_start=POST, pre_stop=PRE), service("web", depends_on={"db": needs()})
)


@pytest.fixture
def engine() -> FakeEngine:
    made = FakeEngine()
    made.add_image("busybox:latest")
    return made


def behave(engine: FakeEngine, **commands: Ran) -> None:
    engine.behave("demo-db-1", Behaviour(commands=commands))


def up(engine: FakeEngine, tell: Callable[[Event], None] = silent) -> Report:
    return apply(next_up(engine, WANTED), engine, tell)


def ran(engine: FakeEngine) -> list[str]:
    return [body["Cmd"][0] for body in engine.container("demo-db-1").ran]


def step(**fields: object) -> Exec:
    values = {
        "id": 1,
        "resource": "Container demo-db-1",
        "cause": "asked",
        "why": "w",
        "service": "db",
        "container": "demo-db-1",
        "name": "db-1",
        "moment": "post_start",
        "place": "compose.yaml:3:5",
        "body": {"Cmd": ["one"], "AttachStdout": True, "AttachStderr": True},
    }
    return Exec(**{**values, **fields})


def test_hooks_run_in_order_before_what_depends_on_their_service(engine) -> None:
    up(engine)
    assert ran(engine) == ["one", "two"]
    assert engine.container("demo-db-1").ran[0]["User"] == "me"
    made = [call for call in engine.changes if call.method in ("start_container", "start_exec")]
    assert [call.method for call in made] == [
        "start_container",
        "start_exec",
        "start_exec",
        "start_container",
    ]


def test_output_of_hooks_is_told_by_their_container(engine) -> None:
    output = ((1, b"half "), (1, b"line\nlast"), (2, b"oops\n"))
    behave(engine, one=Ran(output=output))
    events: list[Event] = []
    up(engine, events.append)
    assert [event for event in events if isinstance(event, LogLine)] == [
        LogLine(name="db-1 ->", line=b"half line"),
        LogLine(name="db-1 ->", line=b"oops", stream=2),
        LogLine(name="db-1 ->", line=b"last"),
    ]


def test_a_hook_that_fails_stops_what_comes_after_it(engine) -> None:
    behave(engine, one=Ran(exits=3, output=((2, b"no\xff\n"),)))
    with pytest.raises(ApplyError) as caught:
        up(engine)
    assert str(caught.value) == (
        "Container demo-db-1: db hook exited with status 3 (post_start at demo:1:1)\n  no\ufffd"
    )
    assert ran(engine) == ["one"]
    assert engine.container("demo-db-1").state == "running"
    assert engine.container("demo-web-1").state == "created"


def test_a_failure_tells_the_end_of_the_output_only(engine) -> None:
    up(engine)
    many = tuple((1, b"%d\n" % number) for number in range(30))
    behave(engine, one=Ran(exits=1, output=many))
    with pytest.raises(EngineError) as caught:
        run_hook(step(), "demo-db-1", engine, silent)
    assert caught.value.message.splitlines()[1:] == [f"  {n}" for n in range(20, 30)]
    assert TAIL_LINES == 10
    behave(engine, one=Ran(exits=1, output=((1, b"#" * 10_000),)))
    with pytest.raises(EngineError) as caught:
        run_hook(step(), "demo-db-1", engine, silent)
    assert caught.value.message.count("#") == TAIL_BYTES


def test_without_output_a_failure_is_one_line(engine) -> None:
    up(engine)
    behave(engine, one=Ran(exits=1))
    with pytest.raises(EngineError, match=r"^db hook exited with status 1 \(.*:3:5\)$"):
        run_hook(step(), "demo-db-1", engine, silent)


def test_a_container_whose_pre_stop_fails_goes_on(engine) -> None:
    up(engine)
    behave(engine, bye=Ran(exits=1))
    seen = observe(engine, "demo", WANTED)
    for plan in (stop(WANTED, seen, ()), next_down(engine, WANTED), restart(WANTED, seen, ())):
        with pytest.raises(ApplyError, match="db hook exited with status 1"):
            apply(plan, engine, silent)
        assert engine.container("demo-db-1").state == "running"


@pytest.mark.parametrize("error", [NotFound("gone", status=404), Conflict("stopped", status=409)])
@pytest.mark.parametrize("call", ["create_exec", "start_exec", "inspect_exec"])
def test_a_container_that_ended_meanwhile_needs_no_pre_stop(engine, call, error) -> None:
    up(engine)
    plan = next_down(engine, WANTED)
    engine.fail(error, call=call)
    apply(plan, engine, silent)
    with pytest.raises(NotFound):
        engine.container("demo-db-1")


def test_a_container_that_ended_has_no_post_start(engine) -> None:
    engine.behave("demo-db-1", Behaviour(exits=0))
    with pytest.raises(ApplyError, match=r"db hook: Container \w+ is not running \(post_start at"):
        up(engine)


def test_a_lost_connection_is_a_failure(engine) -> None:
    up(engine)
    plan = next_down(engine, WANTED)
    engine.fail(EngineUnavailable("lost"), call="start_exec")
    with pytest.raises(ApplyError, match="db hook: lost"):
        apply(plan, engine, silent)


def test_a_command_that_runs_on_after_its_output_is_waited_for(engine, monkeypatch) -> None:
    up(engine)
    looks = iter([{"Running": True}, {"Running": False, "ExitCode": 4}])
    monkeypatch.setattr(engine, "inspect_exec", lambda exec: next(looks))
    with pytest.raises(EngineError, match="exited with status 4"):
        run_hook(step(), "demo-db-1", engine, silent)


def test_an_interrupt_does_not_wait_for_a_hook(engine, monkeypatch) -> None:
    cancel, looks = Cancel(), []

    def look(exec: str) -> object:
        if not looks:
            cancel.cancel()
        looks.append(exec)
        return {"Running": not over}

    over: list[bool] = []
    monkeypatch.setattr(engine, "inspect_exec", look)
    began = time.monotonic()
    with pytest.raises(Cancelled):
        apply(next_up(engine, WANTED), engine, silent, cancel=cancel, patience=60)
    over.append(True)
    assert time.monotonic() - began < 30


def test_what_one_project_says_of_its_hooks_is_all_there_is(engine) -> None:
    up(engine)
    without: Project = project(service("db"), service("web"))
    apply(stop(without, observe(engine, "demo", without), ()), engine, silent)
    assert ran(engine) == ["one", "two"]


# Before the start.

BEFORE = project(service("web", pre_start=(Hook(command=("migrate",)),)))
HOOK = "demo-web-pre_start-0"


def test_a_hook_before_the_start_tells_what_it_writes_and_leaves_nothing(engine) -> None:
    engine.behave(HOOK, Behaviour(exits=0, output=((1, b"one\n"), (2, b"two\n"))))
    events: list[Event] = []
    apply(next_up(engine, BEFORE), engine, events.append)
    assert [event for event in events if isinstance(event, LogLine)] == [
        LogLine(name="web ->", line=b"one"),
        LogLine(name="web ->", line=b"two", stream=2),
    ]
    assert observe(engine, "demo").hooks == ()
    assert engine.container("demo-web-1").state == "running"
    assert next_up(engine, BEFORE).steps == ()


def test_a_hook_that_fails_keeps_its_service_from_starting_and_is_kept(engine) -> None:
    engine.behave(HOOK, Behaviour(exits=3, output=((1, b"no such table\n"),)))
    with pytest.raises(ApplyError) as caught:
        apply(next_up(engine, BEFORE), engine, silent)
    [(resource, error)] = caught.value.failures
    assert resource == f"Container {HOOK}"
    assert str(error) == (
        f"web hook exited with status 3 (pre_start at demo:1:1; container {HOOK} is kept to be"
        " looked at)\n  no such table"
    )
    assert engine.container("demo-web-1").state == "created"
    assert [hook.name for hook in observe(engine, "demo").hooks] == [HOOK]

    engine.behave(HOOK, Behaviour(exits=0))
    apply(next_up(engine, BEFORE), engine, silent)
    assert observe(engine, "demo").hooks == ()
    assert next_up(engine, BEFORE).steps == ()


def test_what_a_failed_hook_has_left_goes_with_the_project(engine) -> None:
    engine.behave(HOOK, Behaviour(exits=1))
    with pytest.raises(ApplyError):
        apply(next_up(engine, BEFORE), engine, silent)
    apply(next_down(engine, BEFORE), engine, silent)
    assert engine.list_containers() == []


def test_a_hook_that_cannot_be_started_says_where_it_is_written(engine) -> None:
    engine.behave(HOOK, Behaviour(start_error="no such program"))
    with pytest.raises(ApplyError, match=r"web hook: no such program \(pre_start at demo:1:1"):
        apply(next_up(engine, BEFORE), engine, silent)
