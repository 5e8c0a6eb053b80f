"""What `up` plans, as its text."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

import pytest
from projects import IMAGE, named_volume, needs, network, project, service, snapshot, state, volume

from pycompose import labels
from pycompose.convert.hashing import container_hash, field_digests
from pycompose.errors import ComposeFileError, Position
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, Network, Volume
from pycompose.plan.ops import CreateContainer, Rename, Wait
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, images_needed, up
from pycompose.snapshot import ImageState, MountState, Snapshot, VolumeState

THERE = (network(),)
WEB = service("web")
DB = service("db")
OLD = service("web", environment={"LEVEL": "1"})
NEW = service("web", environment={"LEVEL": "2"})
OLD_DB = service("db", environment={"LEVEL": "1"})
TEMPORARY = "aaaaaaaaaaaa_demo-web-1"
MADE = {"id": "f" * 64, "labels": {**state(WEB).labels, labels.REPLACE: "web-1"}}


def plan_of(wanted: Project, seen: Snapshot, **options: Any) -> Plan:
    return up(wanted, seen, Options(**options))


def text(plan: Plan) -> str:
    return f"{plan}\n"


def told(plan: Plan) -> list[str]:
    return [notice.message for notice in plan.notices]


def golden(written: str) -> str:
    return dedent(written).lstrip("\n")


def waits(plan: Plan) -> list[tuple[str, bool]]:
    return [(step.until, step.best_effort) for step in plan.steps if isinstance(step, Wait)]


def test_a_fresh_up_makes_networks_and_volumes_then_containers_in_order() -> None:
    plan = plan_of(
        project(
            service("web", depends_on={"db": needs()}),
            service("db", volumes=(named_volume("data"),)),
        ),
        snapshot(),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateNetwork network demo_default: not found
        [] -> #2 CreateVolume volume demo_data: not found
        [1,2] -> #3 CreateContainer container demo-db-1: no container yet
        [3] -> #4 Start container demo-db-1: created
        [1] -> #5 CreateContainer container demo-web-1: no container yet
        [4,5] -> #6 Start container demo-web-1: created
        """
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"volumes_from": ("container:store:ro",)},
        {"network_mode": "container:store", "networks": {}},
        {"external_links": ("store:db",)},
    ],
)
def test_a_container_that_is_named_is_made_before_the_one_that_names_it(fields) -> None:
    web = service("web", depends_on={"db": needs()}, **fields)

    plan = plan_of(project(web, service("db", container_name="store")), snapshot())

    names = [step.name for step in plan.steps if isinstance(step, CreateContainer)]
    assert names == ["store", "demo-web-1"]
    db, it = (step for step in plan.steps if isinstance(step, CreateContainer))
    assert db.id in it.after


def test_nothing_is_planned_where_everything_is_as_wanted() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB), networks=THERE))

    assert plan.steps == ()
    assert plan.running == ("demo-web-1",)
    assert told(plan) == []


def test_a_container_made_by_docker_compose_is_recreated_without_naming_the_field() -> None:
    plan = plan_of(project(NEW), snapshot(state(OLD), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: its configuration changed
        [1] -> #2 Stop container demo-web-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_more_replicas_get_the_next_numbers() -> None:
    plan = plan_of(project(WEB._replace(scale=3)), snapshot(state(WEB), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-2: no container yet
        [1] -> #2 Start container demo-web-2: created
        [] -> #3 CreateContainer container demo-web-3: no container yet
        [3] -> #4 Start container demo-web-3: created
        """
    )


def test_fewer_replicas_take_the_last_numbers_away() -> None:
    plan = plan_of(
        project(WEB._replace(scale=1)),
        snapshot(state(WEB, 1), state(WEB, 2), state(WEB, 3), networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-2: web is scaled to 1
        [1] -> #2 RemoveContainer container demo-web-2: web is scaled to 1
        [] -> #3 Stop container demo-web-3: web is scaled to 1
        [3] -> #4 RemoveContainer container demo-web-3: web is scaled to 1
        """
    )


def test_an_outdated_replica_goes_before_a_current_one() -> None:
    plan = plan_of(
        project(WEB._replace(scale=1)), snapshot(state(OLD, 1), state(WEB, 2), networks=THERE)
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: web is scaled to 1
        [1] -> #2 RemoveContainer container demo-web-1: web is scaled to 1
        """
    )


def test_a_gap_in_the_numbers_is_filled() -> None:
    plan = plan_of(
        project(WEB._replace(scale=4)), snapshot(state(WEB, 1), state(WEB, 3), networks=THERE)
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-2: no container yet
        [1] -> #2 Start container demo-web-2: created
        [] -> #3 CreateContainer container demo-web-4: no container yet
        [3] -> #4 Start container demo-web-4: created
        """
    )


def test_the_number_of_a_container_that_is_still_being_removed_is_not_free() -> None:
    going = state(WEB, 1, state="removing")

    plan = plan_of(project(WEB), snapshot(going, networks=THERE))

    assert [step.name for step in plan.steps if isinstance(step, CreateContainer)] == ["demo-web-2"]


def test_a_scale_of_nothing_takes_all_containers_away() -> None:
    plan = plan_of(project(WEB._replace(scale=0)), snapshot(state(WEB), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: web is scaled to 0
        [1] -> #2 RemoveContainer container demo-web-1: web is scaled to 0
        """
    )


def test_dependents_that_ask_for_it_stop_and_start_around_a_recreation() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs(restart=True)}), DB),
        snapshot(
            state(OLD_DB),
            state(service("web", depends_on={"db": needs(restart=True)})),
            networks=THERE,
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: db, which it depends on, is recreated
        [] -> #2 CreateContainer container demo-db-1: its configuration changed
        [1,2] -> #3 Stop container demo-db-1: replaced by #2
        [3] -> #4 RemoveContainer container demo-db-1: replaced by #2
        [4] -> #5 Rename container demo-db-1: takes the place of 646231000000
        [5] -> #6 Start container demo-db-1: recreated
        [1,6] -> #7 Start container demo-web-1: something it depends on is recreated
        """
    )


def test_dependents_that_do_not_ask_for_it_run_on() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs()}), DB),
        snapshot(state(OLD_DB), state(WEB), networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-db-1: its configuration changed
        [1] -> #2 Stop container demo-db-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-db-1: replaced by #1
        [3] -> #4 Rename container demo-db-1: takes the place of 646231000000
        [4] -> #5 Start container demo-db-1: recreated
        """
    )
    assert plan.running == ("demo-web-1",)


def test_a_started_dependency_needs_no_wait() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs()}), DB), snapshot(networks=THERE)
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-db-1: no container yet
        [1] -> #2 Start container demo-db-1: created
        [] -> #3 CreateContainer container demo-web-1: no container yet
        [2,3] -> #4 Start container demo-web-1: created
        """
    )


def test_a_healthy_dependency_is_waited_for() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs("service_healthy")}), DB),
        snapshot(networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-db-1: no container yet
        [1] -> #2 Start container demo-db-1: created
        [2] -> #3 Wait service db: web depends on it (service_healthy)
        [] -> #4 CreateContainer container demo-web-1: no container yet
        [3,4] -> #5 Start container demo-web-1: created
        """
    )
    assert waits(plan) == [("healthy", False)]


def test_a_completed_dependency_is_waited_for() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs("service_completed_successfully")}), DB),
        snapshot(networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-db-1: no container yet
        [1] -> #2 Start container demo-db-1: created
        [2] -> #3 Wait service db: web depends on it (service_completed_successfully)
        [] -> #4 CreateContainer container demo-web-1: no container yet
        [3,4] -> #5 Start container demo-web-1: created
        """
    )
    assert waits(plan) == [("completed", False)]


def test_a_dependency_that_is_not_required_may_fail() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs(required=False)}), DB),
        snapshot(networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-db-1: no container yet
        [1] -> #2 Start container demo-db-1: created
        [2] -> #3 Wait service db: web depends on it (service_started)
        [] -> #4 CreateContainer container demo-web-1: no container yet
        [3,4] -> #5 Start container demo-web-1: created
        """
    )
    assert waits(plan) == [("started", True)]


def test_a_dependency_that_is_healthy_already_is_not_waited_for() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs("service_healthy")}), DB),
        snapshot(state(DB, health="healthy"), networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: no container yet
        [1] -> #2 Start container demo-web-1: created
        """
    )


def test_a_dependency_that_is_no_longer_there_is_not_waited_for() -> None:
    plan = plan_of(
        project(service("web", depends_on={"gone": needs(required=False)})),
        snapshot(networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: no container yet
        [1] -> #2 Start container demo-web-1: created
        """
    )


def test_wait_waits_for_every_service() -> None:
    plan = plan_of(
        project(service("web", depends_on={"db": needs("service_completed_successfully")}), DB),
        snapshot(networks=THERE),
        wait=True,
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-db-1: no container yet
        [1] -> #2 Start container demo-db-1: created
        [2] -> #3 Wait service db: web depends on it (service_completed_successfully)
        [] -> #4 CreateContainer container demo-web-1: no container yet
        [3,4] -> #5 Start container demo-web-1: created
        [2] -> #6 Wait service db: --wait
        [5] -> #7 Wait service web: --wait
        """
    )
    assert waits(plan) == [
        ("completed", False),
        ("completed", False),
        ("running_or_healthy", False),
    ]


def test_wait_does_not_wait_for_what_is_there() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB), networks=THERE), wait=True)

    assert plan.steps == ()


def test_orphans_are_told_of() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB), state(service("gone")), networks=THERE))

    assert plan.steps == ()
    assert told(plan)[0].startswith("found orphan containers (demo-gone-1) for this project")


def test_orphans_are_not_told_of_where_nobody_wants_to_know() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(state(WEB), state(service("gone")), networks=THERE),
        ignore_orphans=True,
    )

    assert plan.steps == ()
    assert told(plan) == []


def test_orphans_go_on_request() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(state(WEB), state(service("gone")), networks=THERE),
        remove_orphans=True,
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-gone-1: no service 'gone' in the files
        [1] -> #2 RemoveContainer container demo-gone-1: no service 'gone' in the files
        """
    )


def test_a_service_of_another_profile_is_no_orphan() -> None:
    plan = plan_of(
        project(WEB, disabled={"debug": service("debug")}),
        snapshot(state(WEB), state(service("debug")), networks=THERE),
        remove_orphans=True,
    )

    assert plan.steps == ()


def test_a_container_is_created_after_the_orphan_that_had_its_name() -> None:
    plan = plan_of(
        project(service("web", container_name="front")),
        snapshot(state(service("gone"), name="front"), networks=THERE),
        remove_orphans=True,
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container front: no service 'gone' in the files
        [1] -> #2 RemoveContainer container front: no service 'gone' in the files
        [2] -> #3 CreateContainer container front: no container yet
        [3] -> #4 Start container front: created
        """
    )


def test_a_container_is_created_after_one_of_its_name_without_a_readable_number() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB)._replace(number=None), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: its number label cannot be read
        [1] -> #2 RemoveContainer container demo-web-1: its number label cannot be read
        [2] -> #3 CreateContainer container demo-web-1: no container yet
        [3] -> #4 Start container demo-web-1: created
        """
    )


def test_an_unused_second_network_of_a_name_is_removed() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(state(WEB), networks=(network(created="1"), network(id="second", created="2"))),
    )

    assert text(plan) == golden(
        """
        [] -> #1 RemoveNetwork network demo_default: a second network of this name (second)
        """
    )
    assert plan.steps[0].best_effort


def test_a_second_network_of_a_name_goes_before_anything_is_created() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(
            state(WEB, networks={"demo_default": "second"}),
            networks=(network(created="1"), network(id="second", created="2")),
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: a second network is named demo_default
        [1] -> #2 Disconnect network demo_default: demo-web-1 leaves it
        [2] -> #3 RemoveNetwork network demo_default: a second network of this name (second)
        [3] -> #4 CreateContainer container demo-web-1: it is not on network demo_default
        [4] -> #5 Stop container demo-web-1: replaced by #4
        [5] -> #6 RemoveContainer container demo-web-1: replaced by #4
        [6] -> #7 Rename container demo-web-1: takes the place of 776562310000
        [7] -> #8 Start container demo-web-1: recreated
        """
    )
    assert not plan.steps[2].best_effort


@pytest.mark.parametrize("status", ["running", "exited"])
@pytest.mark.parametrize("policy", ["diverged", "never"])
def test_what_is_taken_off_a_network_is_always_made_anew(status: Any, policy: Any) -> None:
    mine = state(WEB, state=status, networks={"demo_default": "second"})
    seen = snapshot(mine, networks=(network(created="1"), network(id="second", created="2")))

    plan = plan_of(project(WEB), seen, policy=policy)

    assert [step.service for step in plan.steps if isinstance(step, CreateContainer)] == ["web"]


@pytest.mark.parametrize(
    ("there", "options", "refused"),
    [
        (state(service("old")), {}, True),
        (state(service("old")), {"remove_orphans": True}, False),
        (state(service("old"), state="exited"), {}, False),
        (state(WEB)._replace(name="demo-web-run-1", oneoff=True, number=None), {}, True),
    ],
)
def test_nothing_is_taken_off_a_network_for_good(there: Any, options: Any, refused: bool) -> None:
    changed = network(labels={**network().labels, labels.CONFIG_HASH: "other"})
    seen = snapshot(there, networks=(changed,))

    if not refused:
        plan_of(project(WEB), seen, **options)
        return
    message = "networks.default: network demo_default is made anew, but demo-.* runs on it"
    with pytest.raises(ComposeFileError, match=message):
        plan_of(project(WEB), seen, **options)


def test_a_changed_network_is_made_anew_with_its_containers() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(
            state(WEB),
            networks=(network(labels={**network().labels, labels.CONFIG_HASH: "other"}),),
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: network demo_default is made anew
        [1] -> #2 Disconnect network demo_default: demo-web-1 leaves it
        [2] -> #3 RemoveNetwork network demo_default: networks.default changed
        [3] -> #4 CreateNetwork network demo_default: networks.default changed
        [4] -> #5 CreateContainer container demo-web-1: it is not on network demo_default
        [5] -> #6 Stop container demo-web-1: replaced by #5
        [6] -> #7 RemoveContainer container demo-web-1: replaced by #5
        [7] -> #8 Rename container demo-web-1: takes the place of 776562310000
        [8] -> #9 Start container demo-web-1: recreated
        """
    )


def test_a_running_container_that_is_not_on_its_network_is_recreated() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, networks={}), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: it is not on network demo_default
        [1] -> #2 Stop container demo-web-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_a_created_container_that_was_not_put_on_its_network_is_recreated() -> None:
    plan = plan_of(
        project(service("web", networks={"a": None, "b": None})),
        snapshot(
            state(
                service("web", networks={"a": None, "b": None}),
                state="created",
                networks={"demo_a": ""},
            ),
            networks=(network("a"), network("b")),
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: it is not on network demo_b
        [1] -> #2 Connect network demo_b: demo-web-1 joins it
        [1,2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_a_created_container_that_knows_its_network_by_name_is_started() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(state(WEB, state="created", networks={"demo_default": ""}), networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 Start container demo-web-1: it is created
        """
    )


def test_a_stopped_container_whose_network_is_gone_is_recreated() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, state="exited")))

    assert text(plan) == golden(
        """
        [] -> #1 CreateNetwork network demo_default: not found
        [1] -> #2 CreateContainer container demo-web-1: one of its networks is made anew
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #2
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_a_container_without_its_volume_is_recreated() -> None:
    plan = plan_of(
        project(service("web", volumes=(named_volume("data"),))),
        snapshot(
            state(service("web", volumes=(named_volume("data"),))),
            networks=THERE,
            volumes=(volume("data"),),
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: volume demo_data is not mounted
        [1] -> #2 Stop container demo-web-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_a_recreation_cut_after_create_goes_on_with_the_new_container() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(state(OLD), state(WEB, name=TEMPORARY, state="created", **MADE), networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: number 1 is taken by aaaaaaaaaaaa_demo-web-1
        [1] -> #2 RemoveContainer container demo-web-1: number 1 is taken by aaaaaaaaaaaa_demo-web-1
        [2] -> #3 Rename container demo-web-1: it was left with the name aaaaaaaaaaaa_demo-web-1
        [3] -> #4 Start container demo-web-1: it is created
        """
    )


def test_a_recreation_cut_after_stop_goes_on_with_the_new_container() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(
            state(OLD, state="exited"),
            state(WEB, name=TEMPORARY, state="created", **MADE),
            networks=THERE,
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 RemoveContainer container demo-web-1: number 1 is taken by aaaaaaaaaaaa_demo-web-1
        [1] -> #2 Rename container demo-web-1: it was left with the name aaaaaaaaaaaa_demo-web-1
        [2] -> #3 Start container demo-web-1: it is created
        """
    )


def test_a_recreation_cut_after_remove_renames_and_starts() -> None:
    plan = plan_of(
        project(WEB), snapshot(state(WEB, name=TEMPORARY, state="created", **MADE), networks=THERE)
    )

    assert text(plan) == golden(
        """
        [] -> #1 Rename container demo-web-1: it was left with the name aaaaaaaaaaaa_demo-web-1
        [1] -> #2 Start container demo-web-1: it is created
        """
    )


def test_a_recreation_cut_after_rename_starts() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, state="created", **MADE), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 Start container demo-web-1: it is created
        """
    )


def test_a_recreation_cut_for_an_older_version_keeps_the_container_with_the_right_name() -> None:
    plan = plan_of(
        project(NEW),
        snapshot(state(OLD), state(WEB, name=TEMPORARY, state="created", **MADE), networks=THERE),
    )

    assert text(plan) == golden(
        """
        [] -> #1 RemoveContainer container aaaaaaaaaaaa_demo-web-1: number 1 is taken by demo-web-1
        [] -> #2 CreateContainer container demo-web-1: its configuration changed
        [2] -> #3 Stop container demo-web-1: replaced by #2
        [3] -> #4 RemoveContainer container demo-web-1: replaced by #2
        [4] -> #5 Rename container demo-web-1: takes the place of 776562310000
        [5] -> #6 Start container demo-web-1: recreated
        """
    )


def test_a_paused_container_is_unpaused() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, state="paused"), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 Unpause container demo-web-1: it is paused
        """
    )


def test_a_dead_container_is_recreated() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, state="dead"), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: it is dead
        [1] -> #2 RemoveContainer container demo-web-1: replaced by #1
        [2] -> #3 Rename container demo-web-1: takes the place of 776562310000
        [3] -> #4 Start container demo-web-1: recreated
        """
    )


def test_a_dead_container_is_recreated_even_by_no_recreate() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, state="dead"), networks=THERE), policy="never")

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: it is dead
        [1] -> #2 RemoveContainer container demo-web-1: replaced by #1
        [2] -> #3 Rename container demo-web-1: takes the place of 776562310000
        [3] -> #4 Start container demo-web-1: recreated
        """
    )


@pytest.mark.parametrize("policy", ["diverged", "never"])
def test_a_container_that_cannot_be_started_any_more_is_made_anew(policy: Any) -> None:
    mine = state(WEB, state="created")

    plan = plan_of(
        project(WEB), snapshot(mine, networks=THERE), policy=policy, lost=frozenset({mine.id})
    )

    assert [s.replaces for s in plan.steps if isinstance(s, CreateContainer)] == [mine.id]


def test_an_exited_container_is_started() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB, state="exited"), networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 Start container demo-web-1: it is exited
        """
    )


def test_a_container_that_was_told_to_stop_is_started_once_it_has() -> None:
    stopping = state(WEB, stopping=True)

    plan = plan_of(project(WEB), snapshot(stopping, networks=THERE))

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: it was told to stop before
        [1] -> #2 Start container demo-web-1: it was told to stop before
        """
    )
    assert plan_of(project(WEB), snapshot(stopping, networks=THERE), start=False).steps == ()


def test_a_temporary_name_is_another_than_that_of_the_container_it_replaces() -> None:
    called = f"{state(OLD).id[:12]}_demo-web-1"
    plan = plan_of(project(WEB), snapshot(state(OLD, name=called), networks=THERE))

    [made] = (step for step in plan.steps if isinstance(step, CreateContainer))
    assert made.name.endswith("_demo-web-1")
    assert made.name != called
    assert isinstance(plan.steps[-2], Rename)
    assert plan.steps[-2].name == "demo-web-1"


def test_a_one_off_container_is_none_of_the_service() -> None:
    plan = plan_of(
        project(WEB), snapshot(state(WEB, name="demo-web-run-1", oneoff=True), networks=THERE)
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: no container yet
        [1] -> #2 Start container demo-web-1: created
        """
    )


def test_further_networks_are_connected_before_the_start() -> None:
    plan = plan_of(project(service("web", networks={"a": None, "b": None})), snapshot())

    assert text(plan) == golden(
        """
        [] -> #1 CreateNetwork network demo_a: not found
        [] -> #2 CreateNetwork network demo_b: not found
        [1,2] -> #3 CreateContainer container demo-web-1: no container yet
        [3] -> #4 Connect network demo_b: demo-web-1 joins it
        [3,4] -> #5 Start container demo-web-1: created
        """
    )


def test_no_start_creates_only() -> None:
    plan = plan_of(project(WEB), snapshot(networks=THERE), start=False)

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: no container yet
        """
    )


def test_force_recreates_what_is_current() -> None:
    plan = plan_of(project(WEB), snapshot(state(WEB), networks=THERE), policy="force")

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: recreation was asked for
        [1] -> #2 Stop container demo-web-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_no_recreate_keeps_what_has_changed() -> None:
    plan = plan_of(project(NEW), snapshot(state(OLD), networks=THERE), policy="never")

    assert plan.steps == ()
    assert plan.running == ("demo-web-1",)


def test_dependencies_follow_a_policy_of_their_own() -> None:
    plan = plan_of(
        project(NEW, DB),
        snapshot(state(OLD), state(OLD_DB), networks=THERE),
        named=frozenset({"web"}),
        dependencies="never",
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: its configuration changed
        [1] -> #2 Stop container demo-web-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_a_newer_image_recreates() -> None:
    plan = plan_of(
        project(WEB),
        snapshot(
            state(WEB),
            networks=THERE,
            images={IMAGE: ImageState(id="sha256:" + "2" * 64, tags=(IMAGE,))},
        ),
    )

    assert text(plan) == golden(
        """
        [] -> #1 CreateContainer container demo-web-1: image busybox:latest is now 222222222222
        [1] -> #2 Stop container demo-web-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-web-1: replaced by #1
        [3] -> #4 Rename container demo-web-1: takes the place of 776562310000
        [4] -> #5 Start container demo-web-1: recreated
        """
    )


def test_the_timeout_of_stops_is_the_one_asked_for() -> None:
    plan = plan_of(project(WEB._replace(scale=0)), snapshot(state(WEB), networks=THERE), timeout=3)

    assert text(plan) == golden(
        """
        [] -> #1 Stop container demo-web-1: web is scaled to 0
        [1] -> #2 RemoveContainer container demo-web-1: web is scaled to 0
        """
    )
    assert plan.to_json()["steps"][0]["timeout"] == 3


def test_a_changed_variable_is_named_with_its_place() -> None:
    class Places:
        def find(self, *path: str | int) -> Position | None:
            return Position("compose.yaml", 7, 9) if path[-1] == "LEVEL" else None

    digests = json.dumps(dict(field_digests(OLD)))
    old = state(OLD, labels={**state(OLD).labels, labels.FIELDS: digests})

    plan = plan_of(project(NEW, places=Places()), snapshot(old, networks=THERE))

    assert plan.steps[0].why == "changed: environment.LEVEL (compose.yaml:7:9)"


def test_a_recreated_container_keeps_its_anonymous_volumes() -> None:
    kept = MountState(type="volume", name="e" * 64, source="", target="/cache", read_only=False)
    image = ImageState(id=state(WEB).image_id, tags=(IMAGE,), volumes=("/cache",))
    seen = snapshot(state(OLD, mounts=(kept,)), networks=THERE, images={IMAGE: image})

    kept_by = plan_of(project(NEW), seen).steps[0]
    renewed = plan_of(project(NEW), seen, renew_anon_volumes=True).steps[0]

    assert isinstance(kept_by, CreateContainer)
    assert isinstance(renewed, CreateContainer)
    mount = {"Type": "volume", "Source": "e" * 64, "Target": "/cache", "ReadOnly": False}
    assert kept_by.body["HostConfig"]["Mounts"] == [mount]
    assert "Mounts" not in renewed.body["HostConfig"]


def test_images_whose_volumes_must_be_known_are_those_of_what_is_replaced() -> None:
    kept = MountState(type="volume", name="e" * 64, source="", target="/cache", read_only=False)
    seen = snapshot(state(OLD, mounts=(kept,)), state(DB), networks=THERE)
    known = {IMAGE: ImageState(id="x", volumes=())}

    assert images_needed(project(NEW, DB), seen, Options()) == (IMAGE,)
    assert images_needed(project(OLD, DB), seen, Options()) == ()
    assert images_needed(project(NEW, DB), seen._replace(images=known), Options()) == ()
    assert images_needed(project(DB), seen, Options()) == ()


@pytest.mark.parametrize(
    ("wanted", "seen", "message"),
    [
        (
            project(WEB, networks={"default": Network(name="outer", external=True)}),
            snapshot(),
            "networks.default: the external network 'outer' does not exist",
        ),
        (
            project(WEB, networks={"default": Network(name="outer", external=True)}),
            snapshot(networks=(network(name="outer"), network(name="outer", id="second"))),
            "networks.default: there are 2 networks named 'outer'",
        ),
        (
            project(WEB, volumes={"data": Volume(name="outer", external=True)}),
            snapshot(networks=THERE),
            "volumes.data: the external volume 'outer' does not exist",
        ),
        (
            project(WEB),
            snapshot(networks=(network(labels={labels.PROJECT: "other"}),)),
            "a network named 'demo_default' exists and belongs to project 'other'",
        ),
        (
            project(WEB),
            snapshot(networks=(network(labels={}),)),
            "a network named 'demo_default' exists and was not created by this project",
        ),
        (
            project(WEB, configs={"conf": FileObject(name="conf", external=True)}),
            snapshot(),
            "configs.conf: external configs are kept by a Swarm, an engine alone has none",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(wanted: Project, seen: Snapshot, message: str) -> None:
    with pytest.raises(ComposeFileError) as refused:
        plan_of(wanted, seen)

    assert message in str(refused.value)


def test_all_problems_are_told_at_once() -> None:
    outer = {key: Network(name=key, external=True) for key in ("a", "b")}

    with pytest.raises(ComposeFileError) as refused:
        plan_of(project(networks=outer), snapshot())

    assert [problem.path for problem in refused.value.problems] == ["networks.a", "networks.b"]


def test_an_external_network_may_be_told_by_its_id() -> None:
    wanted = project(WEB, networks={"default": Network(name="id-default", external=True)})
    on_it = state(WEB, networks={"outer": "id-default"}, state="exited")

    plan = plan_of(wanted, snapshot(on_it, networks=(network(name="outer"),)))

    assert str(plan) == "[] -> #1 Start container demo-web-1: it is exited"


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ({}, "exists and was not created by this project, it is used as it is"),
        ({labels.PROJECT: "other"}, "belongs to project 'other', it is used as it is"),
        (
            {labels.PROJECT: "demo", labels.CONFIG_HASH: "x"},
            "exists with other settings, it is kept",
        ),
    ],
)
def test_a_volume_that_is_not_as_wanted_is_told_of_and_used(marks, message) -> None:
    wanted = project(service("web", volumes=(named_volume("data"),)))
    there = VolumeState(name="demo_data", labels=marks)

    plan = plan_of(wanted, snapshot(networks=THERE, volumes=(there,)))

    assert message in told(plan)[0]
    assert not [step for step in plan.steps if step.resource.startswith("Volume")]


def test_images_of_who_joins_others_are_looked_at_only_if_they_join_others_now() -> None:
    kept = MountState(type="volume", name="e" * 64, source="", target="/cache", read_only=False)
    joining = service("web", networks={}, network_mode="service:db")
    parent = state(DB)
    marks = {labels.CONFIG_HASH: container_hash(joining, {"db": parent.id})}
    joined = state(joining, mounts=(kept,))
    joined = joined._replace(labels={**joined.labels, **marks})
    wanted = project(joining, DB)

    assert images_needed(wanted, snapshot(joined, parent), Options()) == ()
    other = parent._replace(id="f" * 64)
    assert images_needed(wanted, snapshot(joined, other), Options()) == (IMAGE,)
    assert images_needed(wanted, snapshot(joined), Options()) == (IMAGE,)
