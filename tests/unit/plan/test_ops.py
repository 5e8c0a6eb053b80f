"""Steps are values: complete, compared by what they hold, never changed."""

from __future__ import annotations

import pytest

from pycompose.plan.ops import Kill, Start, Stop


def stop(**values):
    return Stop(id=1, resource="Container a", cause="asked", why="stop", container="a", **values)


def test_fields_have_their_defaults_and_order() -> None:
    assert list(stop().values()) == [
        *("id", "after", "resource", "cause", "why", "destroys", "best_effort", "service"),
        *("tolerates", "rescues", "failures"),
        *("container", "timeout"),
    ]
    assert (stop().after, stop().timeout, stop(timeout=0).timeout) == ((), None, 0)


def test_what_is_missing_or_unknown_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Start lacks, or does not know: \['cause', 'speed'\]"):
        Start(id=1, resource="Container a", why="", container="a", speed=3)


def test_steps_are_equal_if_their_kind_and_values_are() -> None:
    assert stop() == stop()
    assert stop() != stop(timeout=3)
    assert stop() == stop(timeout=None, after=()), "a default counts, given or not"
    common = {"id": 1, "resource": "Container a", "cause": "asked", "why": "", "container": "a"}
    assert Start(**common) != Kill(**common)
    assert repr(Start(**common)).startswith("Start(id=1, after=(), resource='Container a'")


def test_a_step_never_changes() -> None:
    step = stop()
    with pytest.raises(AttributeError, match="cannot assign to field 'id'"):
        step.id = 2
    assert (step.replaced(id=2).id, step.id) == (2, 1)
