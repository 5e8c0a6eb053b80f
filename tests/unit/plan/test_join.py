"""Steps of one plan behind those of another."""

from __future__ import annotations

from pycompose.plan.join import moved, reordered
from pycompose.plan.ops import Made, Start, Stop, Wait


def test_ids_count_on_and_so_does_what_is_made() -> None:
    step = Start(
        id=2, after=(1,), resource="Container c", cause="stopped", why="w", container=Made(1)
    )

    found = moved(step, 3, (1, 2, 3))

    assert isinstance(found, Start)
    assert (found.id, found.after, found.container) == (5, (4,), Made(4))


def test_a_step_that_needs_nothing_comes_after_the_other_plan() -> None:
    step = Start(id=1, resource="Container c", cause="stopped", why="w", container="id")

    found = moved(step, 2, (1, 2))

    assert isinstance(found, Start)
    assert (found.id, found.after, found.container) == (3, (1, 2), "id")


def test_each_container_of_a_wait_is_moved() -> None:
    step = Wait(
        id=2,
        after=(1,),
        resource="Service s",
        cause="asked",
        why="w",
        containers=(Made(1), "id"),
        names=("a", "b"),
        until="healthy",
    )

    found = moved(step, 1, (1,))

    assert isinstance(found, Wait)
    assert found.containers == (Made(2), "id")
    assert found.names == ("a", "b")


def test_the_reason_of_a_step_mentions_the_moved_one() -> None:
    step = Stop(
        id=2,
        after=(1,),
        resource="Container c",
        cause="replaced",
        why="replaced by #1",
        container="id",
    )
    assert moved(step, 3, ()).why == "replaced by #4"


def test_what_a_step_makes_up_for_is_moved_and_nothing_is_added_to_it() -> None:
    step = Stop(
        id=2,
        rescues=(1,),
        resource="Container c",
        cause="undone",
        why="w",
        container=Made(1),
    )
    found = moved(step, 3, (1, 2, 3))
    assert (found.id, found.after, found.rescues) == (5, (), (4,))


def test_a_step_comes_after_what_it_makes_up_for_in_another_order() -> None:
    common = {"resource": "Container c", "cause": "asked", "why": "w", "container": "c"}
    steps = (
        Start(id=1, **common),
        Stop(id=2, rescues=(1,), **common),
        Start(id=3, **common),
    )
    found = reordered(steps, {1: {3}, 2: set(), 3: set()})
    assert [(type(step), step.id, step.after, step.rescues) for step in found] == [
        (Start, 1, (), ()),
        (Start, 2, (1,), ()),
        (Stop, 3, (), (2,)),
    ]
