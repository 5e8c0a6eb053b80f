"""What steps are called while they run and once they are done."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from pycompose import labels
from pycompose.plan import ops
from pycompose.plan.words import done_word, working_word

WHAT: dict[str, Any] = {"id": 1, "resource": "Container c", "cause": "asked", "why": "w"}


def wait(until: ops.Until) -> ops.Wait:
    return ops.Wait(**WHAT, containers=("c",), names=("c",), until=until)


def create(**marks: str) -> ops.CreateContainer:
    return ops.CreateContainer(**WHAT, name="c", body={"Labels": marks})


@pytest.mark.parametrize(
    ("step", "working", "done"),
    [
        (create(), "Creating", "Created"),
        (ops.Start(**WHAT, container="c"), "Starting", "Started"),
        (ops.Stop(**WHAT, container="c"), "Stopping", "Stopped"),
        (ops.Restart(**WHAT, container="c"), "Restarting", "Started"),
        (ops.Rename(**WHAT, container="c", name="d"), "", "Recreated"),
        (wait("healthy"), "Waiting", "Healthy"),
        (wait("completed"), "Waiting", "Exited"),
        (wait("running_or_healthy"), "Waiting", "Healthy"),
        (wait("started"), "", ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ops.Step) else None,
)
def test_a_step_is_told_by_two_words(step: ops.Op, working: str, done: str) -> None:
    assert (working_word(step), done_word(step)) == (working, done)


def test_a_replacement_is_told_of_as_one() -> None:
    step = create(**{labels.REPLACE: "c"})

    assert (working_word(step), done_word(step)) == ("Recreate", "")


def test_the_parts_of_a_replacement_are_not_told_of() -> None:
    stop = ops.Stop(**{**WHAT, "cause": "replaced"}, container="c")

    assert (working_word(stop), done_word(stop)) == ("", "")


def test_every_step_has_its_words() -> None:
    for kind in get_args(ops.Op):
        if kind is not ops.Wait and kind is not ops.CreateContainer:
            blank = {name: "" for name in kind.fields}
            step = kind(**{**blank, **WHAT})
            assert isinstance(working_word(step), str)
            assert isinstance(done_word(step), str)
