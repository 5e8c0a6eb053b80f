"""Volumes whose settings have changed are made anew only where that was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from projects import IMAGE, named_volume, network, next_up, project, service, snapshot, state
from projects import up as bring_up
from projects import volume as there

from pycompose import labels
from pycompose.engine.fake import FakeEngine
from pycompose.model.resources import Volume
from pycompose.plan.ops import CreateContainer, CreateVolume, RemoveContainer, RemoveVolume
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, draft, up
from pycompose.snapshot import MountState

WEB = service("web", volumes=(named_volume("data"),))
OTHER = service("other")
WEB_ID = state(WEB).id
USES = (MountState("volume", "demo_data", "/x", "/data", read_only=False),)
CHANGED = there("data", labels={**there("data").labels, labels.CONFIG_HASH: "other"})
SEEN = snapshot(state(WEB, mounts=USES), state(OTHER), networks=(network(),), volumes=(CHANGED,))
ASKED = Options(recreate_volumes=True)


def _of(plan: Plan, kind: Any) -> list[Any]:
    return [step for step in plan.steps if isinstance(step, kind)]


def test_a_changed_volume_is_kept_and_told_of() -> None:
    plan = up(project(WEB, OTHER), SEEN, Options())
    assert not _of(plan, (RemoveVolume, RemoveContainer))
    [notice] = plan.notices
    assert "--recreate-volumes makes it anew and destroys what is in it" in notice.message


def test_asked_for_its_users_go_first_and_come_back_after_it() -> None:
    plan = up(project(WEB, OTHER), SEEN, ASKED)
    [gone], [dropped] = _of(plan, RemoveContainer), _of(plan, RemoveVolume)
    [made], [created] = _of(plan, CreateVolume), _of(plan, CreateContainer)
    assert (gone.resource, created.name) == ("Container demo-web-1", "demo-web-1")
    assert dropped.after == (gone.id,)
    assert made.after == (dropped.id,)
    assert {made.id, gone.id} <= set(created.after)
    assert plan.destroys == ("volume demo_data",)
    assert plan.running == ("demo-other-1",)
    assert plan.notices == ()


@pytest.mark.parametrize("policy", ["never", "force"])
def test_the_users_come_back_whatever_is_recreated_else(policy: Any) -> None:
    plan = up(project(WEB), SEEN, Options(recreate_volumes=True, policy=policy))
    assert [step.container for step in _of(plan, RemoveContainer)] == [WEB_ID]
    assert len(_of(plan, CreateContainer)) == 1


def test_one_of_too_many_users_is_removed_once() -> None:
    two = snapshot(
        state(WEB, mounts=USES), state(WEB, 2, mounts=USES),
        networks=(network(),), volumes=(CHANGED,),
    )  # fmt: skip
    plan = up(project(WEB), two, ASKED)
    assert len(_of(plan, RemoveContainer)) == 2
    assert len(_of(plan, CreateContainer)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        there("data"),
        there("data", labels={labels.CONFIG_HASH: "x"}),
        there("data", labels={labels.PROJECT: "other", labels.CONFIG_HASH: "x"}),
    ],
)
def test_volumes_that_have_not_changed_or_are_of_others_stay(changed: Any) -> None:
    plan = up(project(WEB), SEEN._replace(volumes=(changed,)), ASKED)
    assert not _of(plan, RemoveVolume)


def test_a_user_that_would_not_come_back_forbids_it() -> None:
    wanted = project(service("db", volumes=(named_volume("data"),)))
    plan, [problem] = draft(wanted, SEEN, ASKED)
    assert problem.path == "volumes.data"
    assert "demo-web-1 uses it too" in problem.message
    assert not _of(plan, (RemoveVolume, RemoveContainer))


def test_anonymous_volumes_of_the_users_are_kept() -> None:
    anonymous = MountState("volume", "a" * 64, "/y", "/cache", read_only=False)
    seen = SEEN._replace(containers=(state(WEB, mounts=(*USES, anonymous)),))
    [created] = _of(up(project(WEB), seen, ASKED), CreateContainer)
    mounts = created.body["HostConfig"]["Mounts"]
    assert [mount["Source"] for mount in mounts if mount["Target"] == "/cache"] == ["a" * 64]


def test_after_it_nothing_is_left_to_do() -> None:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    first = project(WEB, volumes={"data": Volume(name="demo_data")})
    second = project(WEB, volumes={"data": Volume(name="demo_data", labels={"a": "b"})})
    bring_up(engine, first)
    bring_up(engine, second, recreate_volumes=True)
    [made] = engine.list_volumes(filters={"name": ["demo_data"]})
    assert made["Labels"]["a"] == "b"
    plan = next_up(engine, second, recreate_volumes=True)
    assert (plan.steps, plan.notices) == ((), ())
