"""A container of `run`: what is made beside it, how it differs, and what is taken back."""

from __future__ import annotations

from dataclasses import replace

from projects import (
    IMAGE,
    carry_out,
    look,
    named_volume,
    needs,
    network,
    project,
    service,
    snapshot,
    state,
    up,
)

from pycompose.convert.container import OneOff
from pycompose.engine.fake import FakeEngine
from pycompose.model.hooks import Hook
from pycompose.model.service import Attachment
from pycompose.plan.convergence import Options
from pycompose.plan.oneoff import draft, start, take_back
from pycompose.plan.ops import CreateContainer, Start

SLUG = "a1b2c3" * 10 + "d4e5"
ALIASED = {"default": Attachment(aliases=("w",))}
WEB = service("web", depends_on={"db": needs("service_healthy")}, networks=ALIASED)
PROJECT = project(WEB, service("db"), service("other"))
ALONE = WEB._replace(container_name="demo-web-run-a1b2c3")


def planned(oneoff: OneOff, *, begin: bool = False, there=()):
    plan, problems = draft(
        project(WEB, service("db")),
        snapshot(*there, networks=(network(),)),
        Options(),
        service=ALONE,
        oneoff=oneoff,
        start=begin,
    )
    assert problems == []
    return plan


def creation(plan) -> CreateContainer:
    [step] = [s for s in plan.steps if isinstance(s, CreateContainer) and s.service == "web"]
    return step


def test_it_is_made_once_what_it_depends_on_is_ready() -> None:
    plan = planned(OneOff(slug=SLUG))
    kinds = [(type(step).__name__, step.service) for step in plan.steps]
    assert ("Start", "db") in kinds
    assert ("Start", "web") not in kinds
    made = creation(plan)
    [wait] = [step for step in plan.steps if type(step).__name__ == "Wait"]
    assert wait.id in made.after
    assert made.name == "demo-web-run-a1b2c3"


def test_it_has_no_number_and_no_names_but_its_own() -> None:
    body = creation(planned(OneOff(slug=SLUG, auto_remove=True))).body
    labels = body["Labels"]
    assert labels["com.docker.compose.oneoff"] == "True"
    assert labels["com.docker.compose.slug"] == SLUG
    assert "com.docker.compose.container-number" not in labels
    assert body["HostConfig"]["AutoRemove"] is True
    assert body["AttachStdin"] is body["StdinOnce"] is True
    [endpoint] = body["NetworkingConfig"]["EndpointsConfig"].values()
    assert endpoint["Aliases"] == ["demo-web-run-a1b2c3"]


def test_it_answers_to_the_names_of_its_service_if_asked_to() -> None:
    body = creation(planned(OneOff(slug=SLUG, aliases=True))).body
    [endpoint] = body["NetworkingConfig"]["EndpointsConfig"].values()
    assert endpoint["Aliases"] == ["demo-web-run-a1b2c3", "web", "w"]


def test_it_is_started_with_the_plan_or_afterwards() -> None:
    plan = planned(OneOff(slug=SLUG), begin=True)
    assert [s.service for s in plan.steps if isinstance(s, Start)] == ["db", "web"]
    [later] = start(PROJECT, snapshot(), ALONE, "the-id").steps
    assert isinstance(later, Start)
    assert later.container == "the-id"


def test_the_containers_of_its_service_are_left_alone() -> None:
    there = (state(WEB), state(PROJECT.services["db"]))
    plan = planned(OneOff(slug=SLUG), there=there)
    assert [s.service for s in plan.steps if isinstance(s, CreateContainer)] == ["web"]


def test_what_it_has_made_is_taken_back_and_nothing_else() -> None:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    wanted = project(WEB._replace(volumes=(named_volume("data"),)), service("db"), service("other"))
    up(engine, replace(wanted, services={"other": wanted.services["other"]}))
    before = look(engine, wanted)
    plan, _ = draft(
        wanted,
        before,
        Options(),
        service=wanted.services["web"]._replace(
            container_name="one-off", depends_on={"db": needs()}
        ),
        oneoff=OneOff(slug=SLUG),
        start=True,
    )
    made = carry_out(engine, plan).made
    assert {c.name for c in look(engine, wanted).containers} == {
        "one-off",
        "demo-db-1",
        "demo-other-1",
    }
    carry_out(engine, take_back(wanted, look(engine, wanted), plan, set(made.values())))
    after = look(engine, wanted)
    assert {c.name for c in after.containers} == {"demo-other-1"}
    assert [n.name for n in after.networks] == [n.name for n in before.networks]
    assert [v.name for v in after.volumes] == ["demo_data"]


def test_a_network_that_it_has_made_goes_too_unless_others_have_joined_it() -> None:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    wanted = project(service("web"))
    alone = wanted.services["web"]._replace(container_name="one-off")
    plan, _ = draft(
        wanted, look(engine, wanted), Options(), service=alone, oneoff=OneOff(slug=SLUG), start=True
    )
    made = set(carry_out(engine, plan).made.values())
    seen = look(engine, wanted)
    assert [type(step).__name__ for step in take_back(wanted, seen, plan, made).steps] == [
        "Stop",
        "RemoveContainer",
        "RemoveNetwork",
    ]
    up(engine, wanted)
    kinds = [type(s).__name__ for s in take_back(wanted, look(engine, wanted), plan, made).steps]
    assert kinds == ["Stop", "RemoveContainer"]


def test_a_service_that_does_not_start_is_not_prepared() -> None:
    web = ALONE._replace(pre_start=(Hook(command=("x",)),), depends_on={})
    oneoff = OneOff(slug=SLUG)
    wanted, seen = project(web), snapshot(networks=(network(),))
    plan, _ = draft(wanted, seen, Options(), service=web, oneoff=oneoff, start=True)
    assert [type(step).__name__ for step in plan.steps] == ["CreateContainer", "Start"]
    assert [type(step).__name__ for step in start(wanted, seen, web, "id").steps] == ["Start"]
