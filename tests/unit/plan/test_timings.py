"""What held up what, and the critical path."""

from __future__ import annotations

import itertools

import pytest
from projects import IMAGE, needs, next_up, project, service

from pycompose.apply import apply
from pycompose.engine.fake import FakeEngine
from pycompose.errors import ApplyError, EngineError
from pycompose.plan.ops import CreateVolume
from pycompose.plan.plan import Plan
from pycompose.plan.timings import Chart, Span, chart


def step(id: int, *after: int) -> CreateVolume:
    values = {"resource": f"Volume v{id}", "cause": "missing", "why": "test"}
    return CreateVolume(id=id, after=after, body={"Name": f"v{id}"}, **values)


def path(found: Chart) -> list[int]:
    return [bar.number for bar in found.bars if bar.critical]


def test_the_path_goes_back_by_what_ended_last() -> None:
    plan = Plan(steps=(step(1), step(2), step(3, 1, 2), step(4, 1), step(5, 3, 4)))
    spans = {
        1: Span(10, 11),
        2: Span(10, 14),
        3: Span(14, 15),
        4: Span(11, 13),
        5: Span(15.5, 16),
    }
    found = chart([(plan, spans)])
    assert path(found) == [2, 3, 5]
    assert found.seconds == 6
    assert [(bar.number, bar.begun, bar.ended) for bar in found.bars] == [
        (1, 0, 1),
        (2, 0, 4),
        (4, 1, 3),
        (3, 4, 5),
        (5, 5.5, 6),
    ]
    assert {bar.number: bar.held_up for bar in found.bars} == {1: 0, 2: 0, 3: 2, 4: 1, 5: 3}
    assert {bar.number: bar.waited_for for bar in found.bars}[5] == (3, 4)


def test_a_plan_waits_for_the_one_before_it() -> None:
    plans = [
        (Plan(steps=(step(1), step(2))), {1: Span(0, 1), 2: Span(0, 5)}),
        (Plan(), {}),
        (Plan(steps=(step(1), step(2, 1))), {1: Span(5, 6), 2: Span(6, 7)}),
    ]
    found = chart(plans)
    assert [bar.number for bar in found.bars] == [1, 2, 3, 4]
    assert path(found) == [2, 3, 4]
    assert found.bars[2].waited_for == (1, 2)


def test_steps_that_did_not_run_are_left_out() -> None:
    plan = Plan(steps=(step(1), step(2, 1), step(3, 2)))
    found = chart([(plan, {1: Span(0, 1), 2: Span(1, 3)})])
    assert path(found) == [1, 2]
    assert chart([(plan, {})]) == chart([]) == Chart((), 0.0)


def test_steps_that_took_no_time_are_a_path_all_the_same() -> None:
    plan = Plan(steps=(step(1), step(2, 1), step(3, 2)))
    assert path(chart([(plan, dict.fromkeys((1, 2, 3), Span(4, 4)))])) == [1, 2, 3]


def test_what_is_carried_out_begins_once_what_it_waits_for_has_ended() -> None:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    wanted = project(
        service("web", depends_on={"api": needs()}),
        service("api", depends_on={"db": needs()}),
        service("db"),
    )
    plan = next_up(engine, wanted)
    ticks = itertools.count()
    report = apply(plan, engine, lambda event: None, clock=lambda: float(next(ticks)))
    spans = report.spans
    assert {*spans} == {one.id for one in plan.steps}
    for one in plan.steps:
        assert spans[one.id].begun < spans[one.id].ended
        assert all(spans[id].ended < spans[one.id].begun for id in one.after)
    found = chart([(plan, spans)])
    chain = [bar for bar in found.bars if bar.critical]
    assert chain[0].held_up == 0
    assert [bar.held_up for bar in chain[1:]] == [bar.number for bar in chain[:-1]]
    assert chain[-1].text == "Start container demo-web-1"


def test_what_failed_has_its_time_and_what_was_skipped_has_none() -> None:
    engine = FakeEngine()
    engine.fail(EngineError("no space"), at=1, mutating=True)
    with pytest.raises(ApplyError) as caught:
        apply(Plan(steps=(step(1), step(2, 1))), engine, lambda event: None)
    assert [*caught.value.report.spans] == [1]
