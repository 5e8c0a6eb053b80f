"""What `down` plans, as its text."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from projects import (
    IMAGE,
    named_volume,
    needs,
    network,
    project,
    service,
    snapshot,
    state,
    volume,
)

from pycompose import labels
from pycompose.model.project import Project
from pycompose.model.resources import Network, Volume
from pycompose.plan.down import Options, down
from pycompose.plan.ops import RemoveContainer, RemoveVolume
from pycompose.plan.plan import Plan
from pycompose.snapshot import ContainerState, ImageState, MountState, Snapshot, VolumeState

DB = service("db", volumes=(named_volume("data"),))
WEB = service("web", depends_on={"db": needs()})
BOTH = project(DB, WEB)
GONE = state(service("gone"))
ANONYMOUS = MountState(type="volume", name="e" * 64, source="", target="/c", read_only=False)
DATA = MountState(type="volume", name="demo_data", source="", target="/d", read_only=False)


def there(*more: ContainerState) -> Snapshot:
    return snapshot(
        state(DB, mounts=(DATA,)),
        *more,
        state(WEB),
        networks=(network(),),
        volumes=(volume("data"),),
    )


def plan_of(wanted: Project, seen: Snapshot, **options: Any) -> Plan:
    return down(wanted, seen, Options(**options))


def text(plan: Plan) -> str:
    return f"{plan}\n"


def told(plan: Plan) -> list[str]:
    return [notice.message for notice in plan.notices]


def golden(written: str) -> str:
    return dedent(written).lstrip("\n")


def test_containers_go_dependents_first_and_networks_last() -> None:
    plan = plan_of(BOTH, there())

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        [2] -> #3 Stop container demo-db-1: the project goes down
        [3] -> #4 RemoveContainer container demo-db-1: the project goes down
        [2,4] -> #5 RemoveNetwork network demo_default: the project goes down
        """
    )


def test_volumes_go_on_request_and_are_told_as_lost() -> None:
    plan = plan_of(BOTH, there(), volumes=True)

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        [2] -> #3 Stop container demo-db-1: the project goes down
        [3] -> #4 RemoveContainer container demo-db-1: the project goes down
        [2,4] -> #5 RemoveNetwork network demo_default: the project goes down
        [2,4] -> #6 RemoveVolume volume demo_data: --volumes (destroys volume demo_data)
        """
    )
    assert plan.destroys == ("volume demo_data",)


def test_all_images_go_on_request() -> None:
    plan = plan_of(BOTH, there(), images="all")

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        [2] -> #3 Stop container demo-db-1: the project goes down
        [3] -> #4 RemoveContainer container demo-db-1: the project goes down
        [2,4] -> #5 RemoveNetwork network demo_default: the project goes down
        [2,4] -> #6 RemoveImage image busybox:latest: --rmi all
        """
    )
    assert plan.steps[-1].best_effort


def test_only_built_images_go_on_rmi_local() -> None:
    plan = plan_of(
        project(service("web", image="")),
        snapshot(
            images={
                "demo-web": ImageState(
                    id="x", tags=("demo-web:latest",), labels={labels.PROJECT: "demo"}
                ),
                IMAGE: ImageState(id="y", tags=(IMAGE,)),
            }
        ),
        images="local",
    )

    assert text(plan) == golden(
        """
        [] -> #1 RemoveImage image demo-web:latest: --rmi local
        """
    )


def test_an_orphan_stays_and_keeps_its_network() -> None:
    plan = plan_of(BOTH, there(GONE))

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        [2] -> #3 Stop container demo-db-1: the project goes down
        [3] -> #4 RemoveContainer container demo-db-1: the project goes down
        """
    )
    assert told(plan) == ["network demo_default is kept: demo-gone-1 is still on it"]


def test_an_orphan_goes_on_request() -> None:
    plan = plan_of(BOTH, there(GONE), remove_orphans=True, timeout=3)

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        [2] -> #3 Stop container demo-db-1: the project goes down
        [3] -> #4 RemoveContainer container demo-db-1: the project goes down
        [] -> #5 Stop container demo-gone-1: the project goes down
        [5] -> #6 RemoveContainer container demo-gone-1: the project goes down
        [2,4,6] -> #7 RemoveNetwork network demo_default: the project goes down
        """
    )
    assert plan.to_json()["steps"][0]["timeout"] == 3


def test_orphans_go_beside_a_service_and_keep_their_volumes() -> None:
    kept = MountState("volume", "a" * 64, "", "/data", read_only=False)
    seen = there(GONE._replace(mounts=(kept,)))
    options = {"services": frozenset({"web"}), "remove_orphans": True, "volumes": True}
    plan = plan_of(BOTH, seen, **options)

    removed = [step for step in plan.steps if isinstance(step, RemoveContainer)]
    assert [(step.service, step.volumes) for step in removed] == [("web", True), ("gone", False)]
    assert "a" * 12 not in str(plan)


@pytest.mark.parametrize("options", [{}, {"services": frozenset("db"), "remove_orphans": True}])
def test_a_one_off_container_goes_with_the_project(options) -> None:
    once = state(WEB, oneoff=True, name="demo-web-run-1")
    assert plan_of(BOTH, snapshot(once), services=frozenset({"db"})).steps == ()

    assert text(plan_of(BOTH, snapshot(once), **options)) == golden(
        """
        [] -> #1 Stop container demo-web-run-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-run-1: the project goes down
        """
    )


def test_a_service_alone_leaves_the_network_that_others_use() -> None:
    plan = plan_of(BOTH, there(), services=frozenset({"web"}))

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        """
    )
    assert told(plan) == ["network demo_default is kept: demo-db-1 is still on it"]


def test_a_volume_that_others_use_is_kept() -> None:
    plan = plan_of(BOTH, there(), services=frozenset({"web"}), volumes=True)

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: the project goes down
        [1] -> #2 RemoveContainer container demo-web-1: the project goes down
        """
    )
    assert told(plan)[1] == "volume demo_data is kept: demo-db-1 still uses it"


def test_nothing_there_is_told() -> None:
    plan = plan_of(BOTH, snapshot())

    assert plan.steps == ()
    assert told(plan) == ["no resource found to remove for project 'demo'"]


def test_a_volume_of_somebody_else_is_kept() -> None:
    plan = plan_of(BOTH, snapshot(volumes=(VolumeState(name="demo_data"),)), volumes=True)

    assert plan.steps == ()
    assert told(plan)[0] == "volume demo_data is kept: it was not created by this project"


def test_a_network_of_somebody_else_is_kept() -> None:
    plan = plan_of(BOTH, snapshot(networks=(network(labels={labels.PROJECT: "other"}),)))

    assert plan.steps == ()


def test_external_networks_and_volumes_are_kept() -> None:
    plan = plan_of(
        project(
            WEB,
            networks={"default": Network(name="demo_default", external=True)},
            volumes={"data": Volume(name="demo_data", external=True)},
        ),
        snapshot(networks=(network(),), volumes=(volume("data"),)),
        volumes=True,
    )

    assert plan.steps == ()


def test_anonymous_volumes_go_with_the_volumes() -> None:
    plan = plan_of(BOTH, snapshot(state(DB, mounts=(ANONYMOUS,))), volumes=True)

    lost = "(destroys the anonymous volumes of demo-db-1)"
    assert str(plan).splitlines() == [
        "[] -> #1 Stop container demo-db-1: the project goes down",
        f"[1] -> #2 RemoveContainer container demo-db-1: the project goes down {lost}",
        "[2] -> #3 RemoveVolume volume eeeeeeeeeeee: --volumes",
    ]
    assert plan.destroys == ("the anonymous volumes of demo-db-1",)


def test_volumes_without_a_name_go_though_their_containers_have_gone_long_ago() -> None:
    marks = ("demo/web", "demo/web", "other/web", "demo/old")
    marked, used, *others = (
        VolumeState(name=letter * 64, labels={labels.ANONYMOUS: mark})
        for letter, mark in zip("cdef", marks, strict=True)
    )
    mount = MountState(type="volume", name=used.name, source="", target="/x", read_only=False)
    orphan = state(service("old"), mounts=(mount,))
    seen = snapshot(orphan, volumes=(marked, used, *others))

    plan = plan_of(project(WEB), seen, volumes=True)

    assert [step.volume for step in plan.steps if isinstance(step, RemoveVolume)] == [marked.name]
    assert plan.destroys == ("volume cccccccccccc, left of a container",)
    assert plan_of(project(WEB), seen).steps == ()
    alone = plan_of(project(WEB), seen, volumes=True, services=frozenset({"db"}))
    assert alone.steps == ()


def test_anonymous_volumes_stay_without_it() -> None:
    plan = plan_of(BOTH, snapshot(state(DB, mounts=(ANONYMOUS,))))

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-db-1: the project goes down
        [1] -> #2 RemoveContainer container demo-db-1: the project goes down
        """
    )
    assert plan.destroys == ()


def test_a_stopped_container_is_only_removed() -> None:
    plan = plan_of(BOTH, snapshot(state(DB, state="exited")))

    assert text(plan) == golden(
        """
        [] -> #1 RemoveContainer container demo-db-1: the project goes down
        """
    )


def test_a_dependency_goes_after_a_dependent_two_steps_away() -> None:
    plan = plan_of(
        project(
            DB,
            service("mid", depends_on={"db": needs()}),
            service("top", depends_on={"mid": needs()}),
        ),
        snapshot(state(DB), state(service("top"))._replace(state="exited")),
    )

    assert text(plan) == golden(
        """
        [] -> #1 RemoveContainer container demo-top-1: the project goes down
        [1] -> #2 Stop container demo-db-1: the project goes down
        [2] -> #3 RemoveContainer container demo-db-1: the project goes down
        """
    )


def test_images_of_services_that_stay_are_kept_on_rmi() -> None:
    other = ImageState(id="sha256:o", tags=("redis:latest",))
    mine = ImageState(id="sha256:m", tags=("nginx:latest",))
    both = project(service("web", image="nginx"), service("db", image="redis"))
    images = {"nginx": mine, "redis": other}
    plan = down(both, snapshot(images=images), Options(services=frozenset({"web"}), images="all"))
    assert [step.resource for step in plan.steps] == ["Image nginx:latest"]


def test_a_fast_one_kills_everything_at_once() -> None:
    assert text(plan_of(BOTH, there(), fast=True, volumes=True)) == golden("""
        [] -> #1 RemoveContainer container demo-web-1: the project goes down
        [] -> #2 RemoveContainer container demo-db-1: the project goes down
        [1,2] -> #3 RemoveNetwork network demo_default: the project goes down
        [1,2] -> #4 RemoveVolume volume demo_data: --volumes (destroys volume demo_data)
        """)
