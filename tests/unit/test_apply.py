"""Carrying out a plan: order, failures, waiting, cancelling."""

from __future__ import annotations

import threading
import time
from importlib import import_module

import pytest
from projects import IMAGE, needs, next_down, next_up, project, service, silent, up

from pycompose.apply import PARALLEL, apply
from pycompose.cancel import Cancel
from pycompose.engine.fake import Behaviour, FakeEngine, Killed
from pycompose.errors import ApplyError, Cancelled, EngineError
from pycompose.events import Event, Notice, StepEvent
from pycompose.observe import observe
from pycompose.plan.lifecycle import stop
from pycompose.plan.ops import CreateVolume, Delay, Wait
from pycompose.plan.plan import Plan
from pycompose.snapshot import Capabilities

CHECK = {"Test": ["CMD", "true"]}


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.add_image(IMAGE, healthcheck=CHECK)
    return fake


def volume(id: int, *after: int, **fields) -> CreateVolume:
    name = f"v{id}"
    values = {"resource": f"Volume {name}", "cause": "missing", "why": "test", **fields}
    return CreateVolume(id=id, after=after, body={"Name": name}, **values)


def run(engine: FakeEngine, plan: Plan, **options) -> list[Event]:
    """Apply a plan; return the events."""
    told: list[Event] = []
    apply(plan, engine, told.append, **options)
    return told


def words(told: list[Event]) -> list[tuple[str, str]]:
    return [(event.id, event.text) for event in told if isinstance(event, StepEvent)]


class Together(FakeEngine):
    """An engine whose stops end once `count` of them are under way."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.all = threading.Barrier(count, timeout=60)

    def stop_container(self, container: str, *, timeout: int | None = None) -> None:
        self.all.wait()
        super().stop_container(container, timeout=timeout)


def many_up(engine: FakeEngine, count: int):
    """Bring a project of `count` containers up, and return it."""
    engine.add_image(IMAGE)
    wanted = project(service("web", scale=count))
    up(engine, wanted)
    return wanted


def waiting(condition: str, **fields):
    return project(service("web", depends_on={"db": needs(condition, **fields)}), service("db"))


def test_steps_are_told_of_as_they_begin_and_end(engine) -> None:
    told = run(engine, next_up(engine, project(service("web"))), parallel=1)

    assert words(told) == [
        ("Network demo_default", "Creating"),
        ("Network demo_default", "Created"),
        ("Container demo-web-1", "Creating"),
        ("Container demo-web-1", "Created"),
        ("Container demo-web-1", "Starting"),
        ("Container demo-web-1", "Started"),
    ]


def test_a_recreation_is_told_of_once(engine) -> None:
    up(engine, project(service("web")))

    told = run(engine, next_up(engine, project(service("web", tty=True))))

    assert words(told) == [
        ("Container demo-web-1", "Recreate"),
        ("Container demo-web-1", "Recreated"),
        ("Container demo-web-1", "Starting"),
        ("Container demo-web-1", "Started"),
    ]


def test_notices_and_running_containers_are_told_of_first(engine) -> None:
    plan = Plan(notices=(Notice(message="look"),), running=("demo-web-1",))

    told = run(engine, plan)

    assert told == [
        Notice(message="look"),
        StepEvent(id="Container demo-web-1", text="Running", status="done"),
    ]


def test_planning_changes_nothing(engine) -> None:
    str(next_up(engine, project(service("web"))))

    assert engine.changes == []


def test_a_plan_of_nothing_changes_nothing(engine) -> None:
    report = apply(Plan(), engine, lambda event: None)

    assert report.done == ()
    assert engine.calls == []


def test_a_failure_skips_what_depends_on_it_and_nothing_else(engine) -> None:
    engine.fail(EngineError("no space"), at=1, mutating=True)
    plan = Plan(steps=(volume(1), volume(2, 1), volume(3, 2), volume(4)))

    with pytest.raises(ApplyError) as failed:
        run(engine, plan, parallel=1)

    assert str(failed.value) == "Volume v1: no space"
    assert failed.value.report.skipped == (2, 3)
    assert failed.value.report.done == (4,)


def test_every_root_cause_is_named(engine) -> None:
    engine.fail(EngineError("no space"), mutating=True, lasting=True)
    plan = Plan(steps=(volume(1), volume(2), volume(3, 1, 2)))

    with pytest.raises(ApplyError) as failed:
        run(engine, plan, parallel=1)

    assert [resource for resource, _ in failed.value.failures] == ["Volume v1", "Volume v2"]
    assert failed.value.report.skipped == (3,)


def test_a_failure_is_told_with_its_reason(engine) -> None:
    engine.fail(EngineError("no space"), mutating=True)
    told: list[Event] = []

    with pytest.raises(ApplyError):
        apply(Plan(steps=(volume(1),)), engine, told.append)

    assert told[-1] == StepEvent(id="Volume v1", text="Error", status="failed", detail="no space")


def test_what_comes_after_a_best_effort_step_goes_on_without_it(engine) -> None:
    engine.fail(EngineError("no space"), at=1, mutating=True)
    plan = Plan(steps=(volume(1, best_effort=True), volume(2, 1)))

    told = run(engine, plan, parallel=1)

    assert Notice(message="Volume v1: no space") in told
    assert [one["Name"] for one in engine.list_volumes()] == ["v2"]


def test_a_best_effort_step_after_a_failure_is_passed_over(engine) -> None:
    engine.fail(EngineError("no space"), at=1, mutating=True)
    plan = Plan(steps=(volume(1), volume(2, 1, best_effort=True), volume(3, 2)))
    told: list[Event] = []

    with pytest.raises(ApplyError) as failed:
        apply(plan, engine, told.append, parallel=1)

    assert failed.value.report.done == (2, 3)
    assert Notice(message="Volume v2: it needs #1, which failed") in told


def test_the_containers_that_were_made_are_reported(engine) -> None:
    plan = next_up(engine, project(service("web")))

    report = apply(plan, engine, lambda event: None)

    assert report.made == {2: engine.container("demo-web-1").id}


def test_a_dependency_that_gets_healthy_lets_its_dependents_start(engine) -> None:
    told = run(engine, next_up(engine, waiting("service_healthy")))

    order = words(told)
    assert order.index(("Container demo-db-1", "Healthy")) < order.index(
        ("Container demo-web-1", "Starting")
    )


def test_a_dependency_that_gets_healthy_later_is_told_by_an_event(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="starting"))
    told: list[Event] = []

    def tell(event: Event) -> None:
        told.append(event)
        if event == StepEvent(id="Container demo-db-1", text="Waiting", status="working"):
            engine.set_health("demo-db-1", "healthy")

    apply(next_up(engine, waiting("service_healthy")), engine, tell)

    assert words(told)[-1] == ("Container demo-web-1", "Started")


def test_an_engine_without_health_events_is_asked_again() -> None:
    engine = FakeEngine(capabilities=Capabilities(api=(1, 41), health_events=False))
    engine.add_image(IMAGE, healthcheck=CHECK)
    engine.behave("demo-db-1", Behaviour(polls=2))

    told = run(engine, next_up(engine, waiting("service_healthy")))

    assert words(told)[-1] == ("Container demo-web-1", "Started")
    assert not [call for call in engine.calls if call.method == "events"]


def test_a_dependency_that_gets_unhealthy_fails_its_dependents(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="unhealthy"))

    with pytest.raises(ApplyError, match="container demo-db-1 is unhealthy"):
        run(engine, next_up(engine, waiting("service_healthy")))

    assert engine.container("demo-web-1").state == "created"


def test_a_dependency_that_may_fail_does_not_keep_others_from_starting(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="unhealthy"))

    told = run(engine, next_up(engine, waiting("service_healthy", required=False)))

    assert engine.container("demo-web-1").state == "running"
    assert any("demo-db-1 is unhealthy" in e.message for e in told if isinstance(e, Notice))


def test_a_dependency_that_cannot_even_start_may_fail_too(engine) -> None:
    engine.behave("demo-db-1", Behaviour(start_error="no such program"))

    with pytest.raises(ApplyError) as failed:
        run(engine, next_up(engine, waiting("service_started", required=False)))

    assert [resource for resource, _ in failed.value.failures] == ["Container demo-db-1"]
    assert engine.container("demo-web-1").state == "running"


@pytest.mark.parametrize(("code", "state"), [(0, "running"), (3, "created")])
def test_a_one_shot_must_end_well(engine, code: int, state: str) -> None:
    engine.behave("demo-db-1", Behaviour(exits=code))
    plan = next_up(engine, waiting("service_completed_successfully"))

    if code:
        with pytest.raises(ApplyError, match="didn't complete successfully: exit 3"):
            run(engine, plan)
    else:
        run(engine, plan)

    assert engine.container("demo-web-1").state == state


def test_a_wait_that_takes_too_long_fails(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="starting"))

    with pytest.raises(ApplyError, match=r"not healthy after 0\.05s"):
        run(engine, next_up(engine, waiting("service_healthy")), timeout=0.05)

    assert engine.container("demo-web-1").state == "created"


def test_a_kill_is_passed_on_though_it_comes_while_waiting(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="starting"))
    engine.fail(Killed(), call="inspect_container")

    with pytest.raises(Killed):
        run(engine, next_up(engine, waiting("service_healthy")))


def test_a_fault_of_the_event_stream_is_not_lost(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="starting"))
    engine.fail(ValueError("not JSON"), call="events")

    with pytest.raises(ValueError, match="not JSON"):
        run(engine, next_up(engine, waiting("service_healthy")))


def test_an_event_stream_that_breaks_is_replaced_by_looking(engine) -> None:
    engine.fail(EngineError("cut"), call="events")

    run(engine, next_up(engine, waiting("service_healthy")))

    assert engine.container("demo-web-1").state == "running"


def test_cancelling_a_wait_leaves_at_once(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="starting"))
    cancel = Cancel()

    def tell(event: Event) -> None:
        if isinstance(event, StepEvent) and event.text == "Waiting":
            cancel.cancel()

    with pytest.raises(Cancelled):
        apply(next_up(engine, waiting("service_healthy")), engine, tell, cancel=cancel)

    assert engine.container("demo-web-1").state == "created"


def test_nothing_is_begun_after_a_cancellation() -> None:
    cancel, gate = Cancel(), threading.Event()

    class SlowEngine(FakeEngine):
        """An engine whose first change takes as long as the test wants."""

        def create_volume(self, body):
            if not gate.is_set():
                cancel.cancel()
                gate.wait(10)
            return super().create_volume(body)

    engine = SlowEngine()
    others = set(threading.enumerate())
    plan = Plan(steps=tuple(volume(id) for id in range(1, 21)))

    with pytest.raises(Cancelled):
        apply(plan, engine, lambda event: None, cancel=cancel, parallel=1)
    workers = set(threading.enumerate()) - others
    gate.set()
    for worker in workers:
        worker.join(10)

    assert [one["Name"] for one in engine.list_volumes()] == ["v1"]


def test_a_step_that_ends_while_leaving_is_told_of() -> None:
    cancel = Cancel()

    class CancellingEngine(FakeEngine):
        """An engine whose user loses patience during the first change."""

        def create_volume(self, body):
            cancel.cancel()
            return super().create_volume(body)

    told: list[Event] = []

    with pytest.raises(Cancelled):
        apply(Plan(steps=(volume(1),)), CancellingEngine(), told.append, cancel=cancel)

    assert words(told) == [("Volume v1", "Creating"), ("Volume v1", "Created")]


def test_cancelling_while_nobody_listens_raises() -> None:
    with pytest.raises(Cancelled):
        Cancel().cancel()


def test_a_fault_of_the_program_itself_is_raised_and_not_hidden(engine) -> None:
    engine.fail(ZeroDivisionError(), mutating=True)

    with pytest.raises(ZeroDivisionError):
        run(engine, Plan(steps=(volume(1),)))


def test_a_failed_wait_is_explained(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="unhealthy"))

    def diagnose(wait, document) -> str:
        return f"{wait.service} {document['Name']}"

    with pytest.raises(ApplyError, match=r"is unhealthy.*\ndb /demo-db-1$"):
        run(engine, next_up(engine, waiting("service_healthy")), diagnose=diagnose)


def test_a_wait_that_takes_too_long_is_explained(engine) -> None:
    engine.behave("demo-db-1", Behaviour(health="starting"))
    plan = next_up(engine, waiting("service_healthy"))

    with pytest.raises(ApplyError, match=r"not healthy after 0\.05s\ndb /demo-db-1$"):
        run(engine, plan, timeout=0.05, diagnose=lambda w, d: f"{w.service} {d['Name']}")


def test_an_explanation_that_hangs_does_not_hold_the_deadline_up(engine, monkeypatch) -> None:
    monkeypatch.setattr(import_module("pycompose.apply"), "EXPLAINED", 0.05)
    engine.behave("demo-db-1", Behaviour(health="starting"))
    plan, over = next_up(engine, waiting("service_healthy")), threading.Event()

    def hang(wait, document) -> str:
        over.wait()
        return ""

    with pytest.raises(ApplyError, match=r"not healthy after 0\.05s$"):
        run(engine, plan, timeout=0.05, diagnose=hang)
    over.set()


def test_a_deadline_holds_for_what_is_waited_for_after_it(engine) -> None:
    """A dependency that is not required runs late; what waits for others then has no time left."""
    for name in ("demo-db-1", "demo-web-1"):
        engine.behave(name, Behaviour(health="starting"))
    plan = next_up(engine, waiting("service_healthy", required=False), wait=True)

    with pytest.raises(ApplyError) as failed:
        run(engine, plan, timeout=0.05)

    assert {name for name, _ in failed.value.failures} == {"Service db", "Service web"}


def test_a_container_that_crashes_at_once_is_no_success() -> None:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    plan = next_up(engine, project(service("web", restart="always")), wait=True)
    looks = []

    def tell(event: Event) -> None:
        if isinstance(event, StepEvent) and event.text == "Waiting":
            looks.append(engine)

    inspect = engine.inspect_container

    def crashing(container: str):
        document = inspect(container)
        looks.append(container)
        # Seen running the first time, and started again by the engine after that.
        return {**document, "RestartCount": int(len(looks) > 2)}

    engine.inspect_container = crashing
    with pytest.raises(ApplyError, match="keeps restarting"):
        apply(plan, engine, tell)


def delay(id: int, *after: int, duration: int = 0, **fields) -> Delay:
    values = {"resource": "Service web", "cause": "replaced", "why": "test", **fields}
    return Delay(id=id, after=after, duration=duration, **values)


def test_time_passes_where_a_plan_says_so(engine) -> None:
    began = time.monotonic()

    report = apply(Plan(steps=(delay(1, duration=10**8), volume(2, 1))), engine, lambda event: None)

    assert time.monotonic() - began >= 0.1
    assert report.done == (1, 2)


def test_time_that_passes_can_be_the_end_of_a_plan(engine) -> None:
    assert apply(Plan(steps=(delay(1),)), engine, lambda event: None).done == (1,)


def test_a_step_makes_up_for_a_failed_one(engine) -> None:
    engine.fail(EngineError("no space"), at=2, mutating=True)
    plan = Plan(steps=(volume(1), volume(2, 1), volume(3, 1, rescues=(2,))))

    with pytest.raises(ApplyError) as failed:
        run(engine, plan, parallel=1)

    assert str(failed.value) == "Volume v2: no space"
    assert [one["Name"] for one in engine.list_volumes()] == ["v1", "v3"]


def test_nothing_is_made_up_for_that_ended_well(engine) -> None:
    plan = Plan(steps=(volume(1), volume(2, 1), volume(3, 1, rescues=(2,))))

    report = apply(plan, engine, lambda event: None)

    assert (report.done, report.spared) == ((1, 2), (3,))


def serving(container: str, steady: int) -> Plan:
    step = Wait(
        id=1,
        resource="Container demo-web-1",
        cause="replaced",
        why="test",
        containers=(container,),
        names=("demo-web-1",),
        until="serving",
        steady=steady,
    )
    return Plan(steps=(step,))


def test_what_has_to_last_is_watched_meanwhile(engine) -> None:
    up(engine, project(service("web")))
    began = time.monotonic()

    run(engine, serving("demo-web-1", 10**8))

    assert time.monotonic() - began >= 0.1


def test_what_does_not_last_has_failed(engine) -> None:
    up(engine, project(service("web")))
    inspect = engine.inspect_container

    def looked_at(container: str):
        found = inspect(container)
        engine.set_health("demo-web-1", "unhealthy", "sick")  # right after it was seen healthy
        return found

    engine.inspect_container = looked_at
    with pytest.raises(ApplyError, match=r"is unhealthy .*: sick"):
        run(engine, serving("demo-web-1", 3600 * 10**9))


def test_a_container_starts_before_the_next_is_made(engine) -> None:
    wanted = project(service("a"), service("b"))
    told = words(run(engine, next_up(engine, wanted), parallel=1))
    each = ["Creating", "Created", "Starting", "Started"]
    assert [text for id, text in told if id == "Container demo-a-1"] == each
    assert [id for id, _ in told if id.startswith("Container")] == [
        *["Container demo-a-1"] * 4,
        *["Container demo-b-1"] * 4,
    ]


def test_stops_do_not_wait_for_each_other(engine) -> None:
    engine = Together(3 * PARALLEL)
    apply(next_down(engine, many_up(engine, 3 * PARALLEL)), engine, silent)
    assert engine.list_containers() == []


def test_a_limit_of_calls_holds_for_stops_too(engine) -> None:
    engine = Together(2)
    wanted = many_up(engine, 2)
    apply(stop(wanted, observe(engine, wanted.name), ("web",)), engine, silent, parallel=2)
    engine.all = threading.Barrier(2, timeout=0.05)
    up(engine, wanted)
    with pytest.raises(threading.BrokenBarrierError):
        apply(stop(wanted, observe(engine, wanted.name), ("web",)), engine, silent, parallel=1)
