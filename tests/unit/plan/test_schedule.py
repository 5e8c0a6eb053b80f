"""What may begin once steps have ended: needs, tolerance, and steps that make up for others."""

from __future__ import annotations

import pytest

from pycompose.plan.ops import CreateVolume, Op
from pycompose.plan.schedule import Moves, Schedule


def step(id: int, *after: int, **fields) -> Op:
    values = {"resource": f"Volume v{id}", "cause": "missing", "why": "test", **fields}
    return CreateVolume(id=id, after=after, body={"Name": f"v{id}"}, **values)


def ids(moves: Moves) -> list[int]:
    return [ready.id for ready in moves.ready]


def test_what_needs_nothing_is_first() -> None:
    schedule = Schedule((step(1), step(2, 1), step(3)))
    assert [one.id for one in schedule.first()] == [1, 3]


def test_a_step_begins_once_all_it_needs_ended_well() -> None:
    schedule = Schedule((step(1), step(2), step(3, 1, 2)))
    assert ids(schedule.ended(2, "well")) == []
    assert ids(schedule.ended(1, "well")) == [3]
    schedule.ended(3, "well")
    assert (schedule.open, schedule.done) == (0, [2, 1, 3])


def test_a_failure_leaves_out_all_that_needs_it() -> None:
    schedule = Schedule((step(1), step(2, 1), step(3, 2), step(4)))
    assert ids(schedule.ended(1, "lost")) == []
    assert (schedule.skipped, schedule.open) == ([2, 3], 1)


def test_a_step_that_may_fail_is_passed_over_and_what_follows_begins() -> None:
    schedule = Schedule((step(1), step(2, 1, best_effort=True), step(3, 2)))
    moves = schedule.ended(1, "lost")
    assert [(one.id, failed) for one, failed in moves.excused] == [(2, 1)]
    assert (ids(moves), schedule.done) == ([3], [2])


def test_nothing_is_passed_over_where_nothing_comes_after_it() -> None:
    schedule = Schedule((step(1), step(2, 1, best_effort=True), step(3, 1, 2)))
    assert schedule.ended(1, "lost") == Moves()
    assert (schedule.done, schedule.open) == ([], 0)
    assert sorted(schedule.skipped) == [2, 3]


@pytest.mark.parametrize(
    ("ends", "begins"),
    [(("well", "well", "well"), True), (("lost", "well", "well"), True), (("lost", "lost"), False)],
)
def test_as_many_needs_may_fail_as_are_tolerated(ends, begins: bool) -> None:
    schedule = Schedule((step(1), step(2), step(3), step(4, 1, 2, 3, tolerates=1)))
    found = [ids(schedule.ended(id, end)) for id, end in enumerate(ends, 1)]
    assert found == [[]] * (len(ends) - 1) + [[4] if begins else []]
    assert (4 in schedule.skipped) is not begins


def test_a_step_that_makes_up_for_others_is_not_needed_if_they_end_well() -> None:
    schedule = Schedule((step(1), step(2, 1), step(3, 1, rescues=(2,)), step(4, 3)))
    assert ids(schedule.ended(1, "well")) == [2]
    assert ids(schedule.ended(2, "well")) == [4]
    assert (schedule.spared, schedule.open) == ([3], 1)


def test_it_begins_once_all_they_are_over_and_one_failed() -> None:
    schedule = Schedule((step(1), step(2), step(3), step(4, 1, rescues=(2, 3))))
    assert ids(schedule.ended(2, "lost")) == []
    assert ids(schedule.ended(1, "well")) == []
    assert ids(schedule.ended(3, "well")) == [4]


def test_what_is_left_out_counts_as_failed() -> None:
    schedule = Schedule((step(1), step(2, 1), step(3, 1), step(4, 3), step(5, 1, rescues=(2, 4))))
    schedule.ended(1, "well")
    schedule.ended(2, "well")
    assert ids(schedule.ended(3, "lost")) == [5]


def test_there_is_nothing_to_make_up_for_where_what_it_needs_failed() -> None:
    schedule = Schedule(
        (
            step(1),
            step(2, 1),
            step(3, 1, rescues=(2,), best_effort=True),
            step(4, 1, 3, rescues=(2,)),
        )
    )
    assert schedule.ended(1, "lost") == Moves()
    assert (schedule.skipped, schedule.spared, schedule.open) == ([2], [3, 4], 0)


@pytest.mark.parametrize(("lost", "begins"), [(1, False), (2, True)])
def test_it_can_take_several_failures(lost: int, begins: bool) -> None:
    schedule = Schedule((step(1), step(2), step(3, rescues=(1, 2), failures=2)))
    schedule.ended(1, "lost")
    assert ids(schedule.ended(2, "lost" if lost == 2 else "well")) == ([3] if begins else [])


def test_one_step_may_be_needed_and_made_up_for() -> None:
    schedule = Schedule((step(1), step(2), step(3, 1, rescues=(1, 2))))
    schedule.ended(1, "well")
    assert ids(schedule.ended(2, "lost")) == [3]


def test_a_long_chain_is_left_out_at_once() -> None:
    chain = [step(1), *(step(id, id - 1) for id in range(2, 5001))]
    schedule = Schedule(chain)
    schedule.ended(1, "lost")
    assert (len(schedule.skipped), schedule.open) == (4999, 0)


def test_who_makes_up_for_a_step_that_may_fail_begins_when_it_fails() -> None:
    steps = (step(1, best_effort=True), step(2, rescues=(1,)), step(3, 1, 2))
    failing = Schedule(steps)
    assert ids(failing.ended(1, "passed")) == [2]
    assert ids(failing.ended(2, "well")) == [3]
    assert failing.done == [1, 2]
    going_well = Schedule(steps)
    assert ids(going_well.ended(1, "well")) == [3]
    assert (going_well.done, going_well.spared) == ([1], [2])
