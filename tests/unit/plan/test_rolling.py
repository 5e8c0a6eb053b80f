"""What `up --rolling` plans, as its text."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from projects import (
    IMAGE,
    IMAGE_ID,
    named_volume,
    needs,
    network,
    project,
    service,
    snapshot,
    state,
)

from pycompose import labels
from pycompose.errors import ComposeFileError, Position
from pycompose.model.deploy import Deploy, UpdateConfig
from pycompose.model.hooks import Hook
from pycompose.model.project import Project
from pycompose.model.resources import Network
from pycompose.model.service import Port
from pycompose.plan.ops import CreateContainer, Delay, Exec, RemoveContainer, Start, Stop, Wait
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, up
from pycompose.snapshot import ContainerState, ImageState, MountState, PortState

THERE = (network(),)
TEMPORARY = "776562310000_demo-web-1"  # the id of `state`, and its name


class Written:
    """Every value stands on the line that its path is long."""

    def find(self, *path: str | int) -> Position:
        return Position("compose.yaml", len(path), 1)


def web(level: str = "2", mine: Any = None, **fields: Any):
    extensions = {} if mine is None else {"x-rolling": mine}
    return service("web", environment={"LEVEL": level}, extensions=extensions, **fields)


def config(order: str = "start-first", **fields: Any) -> Deploy:
    return Deploy(update_config=UpdateConfig(order=order, **fields))


def plan_of(wanted: Any, *there: ContainerState, rolling: bool | None = True, **options: Any):
    wanted = wanted if isinstance(wanted, Project) else project(wanted)
    seen = snapshot(*there, networks=THERE)
    return up(wanted, seen, Options(rolling=rolling, **options))


def old(number: int = 1, **fields: Any) -> ContainerState:
    return state(web("1"), number, **fields)


def golden(written: str) -> str:
    return dedent(written).strip("\n")


def kinds(plan: Plan, *kinds: type) -> list[str]:
    """Return the steps of these kinds that are no rescue: their kind and resource."""
    return [
        f"{type(step).__name__} {step.resource.partition(' ')[2]}"
        for step in plan.steps
        if isinstance(step, kinds) and not step.rescues
    ]


def refusals(error: pytest.ExceptionInfo[ComposeFileError]) -> list[str]:
    return [f"{p.at.line}: {p.path}: {p.message}" for p in error.value.problems]


def test_start_first_lets_the_old_one_go_once_the_new_one_serves() -> None:
    plan = plan_of(web(deploy=config(monitor=5 * 10**9)), old())

    assert str(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: its configuration changed
        [1] -> #2 Start container demo-web-1: replaces 776562310000
        [2] -> #3 Wait container demo-web-1: it has to serve, and for 5s, before the old one goes
        [3] -> #4 Stop container demo-web-1: replaced by the new demo-web-1
        [1,!2,!3] -> #5 Stop container 776562310000_demo-web-1: demo-web-1 is not replaced by what does not serve
        [5,!2,!3] -> #6 RemoveContainer container 776562310000_demo-web-1: demo-web-1 is not replaced by what does not serve
        [4] -> #7 RemoveContainer container demo-web-1: replaced by the new demo-web-1
        [7] -> #8 Rename container demo-web-1: takes the place of 776562310000
        """  # noqa: E501
    )
    (made,) = (step for step in plan.steps if isinstance(step, CreateContainer))
    assert (made.name, made.body["Labels"][labels.REPLACE]) == (TEMPORARY, "web-1")
    (wait,) = (step for step in plan.steps if isinstance(step, Wait))
    assert (wait.until, wait.steady) == ("serving", 5 * 10**9)


def test_stop_first_keeps_the_old_one_until_the_new_one_serves() -> None:
    plan = plan_of(web(deploy=config("stop-first")), old())

    assert str(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: its configuration changed
        [1] -> #2 Stop container demo-web-1: replaced by the new demo-web-1
        [1,2] -> #3 Start container demo-web-1: replaces 776562310000
        [3] -> #4 Wait container demo-web-1: it has to serve before the old one goes
        [1,!2,!3,!4] -> #5 Stop container 776562310000_demo-web-1: demo-web-1 is not replaced by what does not serve
        [5,!2,!3,!4] -> #6 RemoveContainer container 776562310000_demo-web-1: demo-web-1 is not replaced by what does not serve
        [6,!2,!3,!4] -> #7 Start container demo-web-1: the new one does not serve
        [4] -> #8 RemoveContainer container demo-web-1: replaced by the new demo-web-1
        [8] -> #9 Rename container demo-web-1: takes the place of 776562310000
        """  # noqa: E501
    )


def test_groups_come_one_after_the_other() -> None:
    plan = plan_of(web(scale=3, deploy=config(parallelism=2)), *map(old, (1, 2, 3)))

    steps = {step.id: step for step in plan.steps}
    third = next(s for s in plan.steps if isinstance(s, CreateContainer) and "web-3" in s.resource)
    assert [(type(steps[id]), steps[id].resource) for id in third.after] == [
        (Stop, "Container demo-web-1"),
        (Stop, "Container demo-web-2"),
    ]


def test_time_passes_between_groups() -> None:
    plan = plan_of(web(scale=2, deploy=config(delay=10**10)), old(1), old(2))

    (delay,) = (step for step in plan.steps if isinstance(step, Delay))
    assert (delay.duration, delay.tolerates) == (10**10, 0)
    assert delay.why == "10s before the next"
    assert [s.resource for s in plan.steps if delay.id in s.after] == ["Container demo-web-2"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"failure_action": "continue"}, "before the next, though any of 4 may fail"),
        ({"max_failure_ratio": 0.25}, "before the next, though 1 of 4 may fail"),
    ],
)
def test_what_may_fail_does_not_end_the_update(fields, why: str) -> None:
    plan = plan_of(web(scale=4, deploy=config(**fields)), *map(old, (1, 2, 3, 4)))

    delays = [step for step in plan.steps if isinstance(step, Delay)]
    assert [step.why for step in delays] == [why] * 3
    assert all(step.tolerates for step in delays)


def test_a_rollback_keeps_the_old_ones_until_all_are_replaced() -> None:
    deploy = config(failure_action="rollback")
    plan = plan_of(web(scale=2, deploy=deploy), old(1), old(2))

    steps = {step.id: step for step in plan.steps}
    removals = [s for s in plan.steps if isinstance(s, RemoveContainer) and not s.rescues]
    ends = [s.id for s in plan.steps if isinstance(s, Stop) and not s.rescues]
    assert [step.after for step in removals] == [tuple(ends)] * 2
    back = [s for s in plan.steps if s.rescues == tuple(ends)]
    assert [type(step) for step in back] == [Start, Wait, Stop, RemoveContainer] * 2
    assert [steps[back[0].after[0]].resource, back[0].container] == [
        "Container demo-web-1",
        old().id,
    ]
    assert not any(step.volumes for step in back if isinstance(step, RemoveContainer))


def test_a_rollback_of_one_is_nothing_more_than_to_keep_it() -> None:
    plan = plan_of(web(deploy=config(failure_action="rollback")), old())
    assert not [s for s in plan.steps if isinstance(s, Start) and s.rescues]


def test_the_old_one_is_drained_before_it_is_stopped() -> None:
    wanted = project(web(mine={"drain": ["leave", "now"]}, deploy=config()), places=Written())
    plan = plan_of(wanted, old(), rolling=None)

    drain = next(step for step in plan.steps if isinstance(step, Exec))
    assert (drain.container, drain.body["Cmd"], drain.moment) == (
        old().id,
        ["leave", "now"],
        "drain",
    )
    assert (drain.place, drain.best_effort, drain.name) == ("compose.yaml:4:1", True, "web-1")
    stop = next(s for s in plan.steps if isinstance(s, Stop) and s.container == old().id)
    assert drain.id in stop.after


@pytest.mark.parametrize(("mine", "rolling"), [(None, None), (False, True), (True, False)])
def test_others_are_recreated_at_once(mine, rolling) -> None:
    plan = plan_of(web(mine=mine, deploy=config()), old(), rolling=rolling)
    assert not [step for step in plan.steps if isinstance(step, Wait) or step.rescues]


def test_nothing_is_replaced_that_has_not_changed() -> None:
    current = web(deploy=config())
    assert plan_of(current, state(current)).steps == ()


def test_hooks_run_before_a_new_one_counts_as_serving() -> None:
    plan = plan_of(web(post_start=(Hook(command=("warm",)),), deploy=config()), old())

    hook = next(step for step in plan.steps if isinstance(step, Exec))
    wait = next(step for step in plan.steps if isinstance(step, Wait))
    assert (hook.moment, wait.after) == ("post_start", (hook.id,))


def test_an_old_one_that_does_not_run_is_not_stopped() -> None:
    plan = plan_of(web(deploy=config()), old(state="exited"))
    assert kinds(plan, Stop) == []
    (back,) = (step for step in plan.steps if isinstance(step, Start) and step.rescues)
    assert (back.container, back.best_effort) == (old().id, True)


def test_dependencies_are_ready_before_anything_is_made() -> None:
    wanted = project(
        web(deploy=config(), depends_on={"db": needs("service_healthy")}), service("db")
    )
    plan = plan_of(wanted, old())

    gate = next(s for s in plan.steps if isinstance(s, Wait) and s.until == "healthy")
    made = next(s for s in plan.steps if isinstance(s, CreateContainer) and s.service == "web")
    assert gate.id in made.after


def test_what_is_too_many_goes_last() -> None:
    plan = plan_of(web(scale=1, deploy=config()), old(1), old(2))

    renamed = plan.steps[-3]
    assert [type(step).__name__ for step in plan.steps[-3:]] == [
        *("Rename", "Stop", "RemoveContainer"),
    ]
    assert plan.steps[-2].after == (renamed.id,)
    assert plan.steps[-2].resource == "Container demo-web-2"


def test_what_is_missing_is_made_last() -> None:
    plan = plan_of(web(scale=2, deploy=config()), old(1))
    made = [step for step in plan.steps if isinstance(step, CreateContainer)]
    assert [(step.name, step.replaces) for step in made] == [
        (TEMPORARY, old().id),
        ("demo-web-2", ""),
    ]
    assert made[1].after == (made[1].id - 1,)


def test_who_asks_to_be_restarted_is_restarted_afterwards() -> None:
    client = service("client", depends_on={"web": needs(restart=True)})
    plan = plan_of(project(web(deploy=config()), client), old(), state(client))

    stop = next(step for step in plan.steps if step.service == "client")
    assert isinstance(stop, Stop)
    assert [type(plan.steps[id - 1]).__name__ for id in stop.after] == ["Rename"]
    assert isinstance(plan.steps[-1], Start)
    assert plan.steps[-1].after == (plan.steps[-2].id - 1, stop.id)


def test_all_that_makes_it_impossible_is_told_at_once() -> None:
    fields = {"ports": (Port(80, "8080"),), "mac_address": "02:00:00:00:00:01", "deploy": config()}
    wanted = project(web(**fields), places=Written())
    held = (PortState(80, 8080, "0.0.0.0", "tcp"),)
    with pytest.raises(ComposeFileError) as refused:
        plan_of(wanted, old(ports=held))

    assert [told.split(": ")[:2] for told in refusals(refused)] == [
        ["4", "services.web.ports[0]"],
        ["3", "services.web.mac_address"],
    ]


def test_stop_first_can_have_what_only_one_can_have() -> None:
    held = (PortState(80, 8080, "0.0.0.0", "tcp"),)
    wanted = web(ports=(Port(80, "8080"),), deploy=config("stop-first"))
    assert plan_of(wanted, old(ports=held)).steps


ANONYMOUS = MountState("volume", "a" * 64, "", "/data", read_only=False)


def test_two_at_once_do_not_write_to_one_anonymous_volume() -> None:
    images = {IMAGE: ImageState(id=IMAGE_ID, tags=(IMAGE,), volumes=("/data",))}
    seen = snapshot(old(mounts=(ANONYMOUS,)), networks=THERE, images=images)

    def plan(wanted, **options: Any) -> Plan:
        return up(project(wanted), seen, Options(rolling=True, **options))

    with pytest.raises(ComposeFileError, match="would write to one anonymous volume at once"):
        plan(web(deploy=config()))
    assert plan(web(deploy=config()), renew_anon_volumes=True).steps
    assert plan(web(deploy=config(), volumes=(named_volume("d"),))).steps
    (made,) = (
        step
        for step in plan(web(deploy=config("stop-first"))).steps
        if isinstance(step, CreateContainer)
    )
    assert "a" * 64 in str(made.body["HostConfig"])


def test_a_network_that_is_made_anew_cannot_be_left_one_by_one() -> None:
    changed = Network(name="demo_default", internal=True)
    wanted = project(web(deploy=config()), networks={"default": changed}, places=Written())
    there = network(labels={**network().labels, labels.CONFIG_HASH: "other"})
    with pytest.raises(ComposeFileError) as refused:
        up(wanted, snapshot(old(), networks=(there,)), Options(rolling=True))
    assert refusals(refused) == [
        "2: networks.default: it is made anew, and all containers of 'web' leave it at once"
    ]


@pytest.mark.parametrize(("scale", "told"), [(1, True), (2, False)])
def test_it_is_told_if_nothing_serves_meanwhile(scale: int, told: bool) -> None:
    plan = plan_of(web(scale=scale), *map(old, range(1, scale + 1)))
    assert bool(plan.notices) is told
    assert all("none of its containers serves" in notice.message for notice in plan.notices)


def test_nothing_is_told_to_who_wants_stop_first() -> None:
    assert plan_of(web(deploy=config("stop-first")), old()).notices == ()


# What an earlier one that was cut off has left.


def begun(wanted: Any = None, **fields: Any) -> ContainerState:
    made_from = state(wanted or web(deploy=config()))
    marks = {**made_from.labels, labels.REPLACE: "web-1"}
    values = {"id": "f" * 64, "name": TEMPORARY, "labels": marks, **fields}
    return made_from._replace(**values)


@pytest.mark.parametrize("rolling", [True, None])
def test_a_new_one_that_runs_has_to_serve_before_the_old_one_goes(rolling) -> None:
    plan = plan_of(web(deploy=config()), old(), begun(), rolling=rolling)

    assert str(plan) == golden(
        """
        [] -> #1 Wait container demo-web-1: it has to serve before the old one goes
        [1] -> #2 Stop container demo-web-1: replaced by the new demo-web-1
        [!1] -> #3 Stop container 776562310000_demo-web-1: demo-web-1 is not replaced by what does not serve
        [3,!1] -> #4 RemoveContainer container 776562310000_demo-web-1: demo-web-1 is not replaced by what does not serve
        [2] -> #5 RemoveContainer container demo-web-1: replaced by the new demo-web-1
        [5] -> #6 Rename container demo-web-1: takes the place of 776562310000
        """  # noqa: E501
    )


def test_a_new_one_that_ended_is_started_again_first() -> None:
    plan = plan_of(web(), old(), begun(web(), state="exited"), rolling=None)
    assert kinds(plan, Start, Wait, Stop) == [
        *("Stop demo-web-1", "Start demo-web-1", "Wait demo-web-1"),
    ]


def test_an_old_one_that_was_stopped_comes_back_if_the_new_one_does_not_serve() -> None:
    plan = plan_of(web(), old(state="exited"), begun(web()), rolling=None)
    assert kinds(plan, Stop) == []
    back = [step for step in plan.steps if isinstance(step, Start) and step.rescues]
    assert [step.container for step in back] == [old().id]


def test_a_new_one_that_was_only_created_is_taken_up_where_that_is_asked_for() -> None:
    cut = begun(state="created")
    assert kinds(plan_of(web(deploy=config()), old(), cut), Start, Wait, Stop) == [
        *("Start demo-web-1", "Wait demo-web-1", "Stop demo-web-1"),
    ]
    cut = begun(web(), state="created")
    assert kinds(plan_of(web(), old(), cut, rolling=None), Start, Wait, Stop) == [
        *("Stop demo-web-1", "Start demo-web-1"),
    ]


def test_a_new_one_that_is_out_of_date_is_removed() -> None:
    plan = plan_of(web(deploy=config()), old(), begun(web("3")))
    assert kinds(plan, RemoveContainer) == [
        f"RemoveContainer {TEMPORARY}",
        "RemoveContainer demo-web-1",
    ]


def test_an_old_one_that_is_wanted_again_serves_before_the_new_one_goes() -> None:
    wanted = web(deploy=config())
    plan = plan_of(wanted, state(wanted, state="exited"), begun(web("3")))

    assert kinds(plan, Start, Wait, Stop, RemoveContainer) == [
        *("Start demo-web-1", "Wait demo-web-1"),
        *(f"Stop {TEMPORARY}", f"RemoveContainer {TEMPORARY}"),
    ]
    assert not [step for step in plan.steps if step.rescues]
