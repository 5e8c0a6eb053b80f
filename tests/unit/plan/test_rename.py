"""What a project takes along to another name, and what forbids it."""

from __future__ import annotations

import pytest
from projects import named_volume, needs, network, project, service, snapshot, state

from pycompose import labels
from pycompose.model.project import Project
from pycompose.plan import rename
from pycompose.plan.ops import CreateContainer
from pycompose.plan.up import Options, up
from pycompose.snapshot import ContainerState, NetworkState, Snapshot, VolumeState

DB = service("db", volumes=(named_volume("data"),))
WEB = service("web", depends_on={"db": needs()})
OLD, NEW = project(DB, WEB), project(DB, WEB, name="store")


def volume(name: str, owner: str = "demo") -> VolumeState:
    return VolumeState(name=name, labels={labels.PROJECT: owner})


def container(service: str, number: int = 1, *, owner: str = "demo", **fields: object):
    made = state(OLD.services[service], number, **fields)
    name = made.name.replace("demo-", f"{owner}-")
    return made._replace(
        id=f"{owner}-{made.id}", name=name, labels={**made.labels, labels.PROJECT: owner}
    )


def mark(new: str = "store", runs: str = "db") -> ContainerState:
    own = {labels.HOOK: "volume", labels.RENAME: new, labels.RENAME_RUNS: runs}
    return ContainerState(id="mark", name="demo-rename-0", state="created", labels=own)


def both(
    *containers: ContainerState,
    after: tuple[ContainerState, ...] = (),
    hooks: tuple[ContainerState, ...] = (),
    volumes: tuple[VolumeState, ...] = (volume("demo_data"),),
    old: Project = OLD,
) -> rename.Both:
    networks = (network(),)
    before: Snapshot = snapshot(*containers, networks=networks, volumes=volumes)
    there = snapshot(*after, networks=networks, volumes=volumes, name="store")
    return rename.Both(old, NEW, before._replace(hooks=hooks), there)


def kinds(plan) -> list[str]:
    return [f"{type(step).__name__} {step.resource.split()[1]}" for step in plan.steps]


def test_what_ran_is_written_down_before_anything_stops() -> None:
    there = both(container("db"), container("web", state="exited"))
    plan = rename.begin(there, "mark", "tar")
    assert kinds(plan) == ["CreateContainer mark", "Stop demo-db-1"]
    body = plan.steps[0].body
    assert body["Labels"][labels.RENAME] == "store"
    assert body["Labels"][labels.RENAME_RUNS] == "db"
    assert plan.steps[1].after == (1,)


def test_what_ran_when_it_was_cut_off_is_remembered() -> None:
    there = both(container("db", state="exited"), container("web"), hooks=(mark(),))
    assert there.running == ("db", "web")
    plan = rename.begin(there, "more", "tar")
    assert kinds(plan) == [
        "CreateContainer more",
        "RemoveContainer demo-rename-0",
        "Stop demo-web-1",
    ]
    assert plan.steps[0].body["Labels"][labels.RENAME_RUNS] == "db,web"
    again = both(container("db", state="exited"), hooks=(mark(),))
    assert kinds(rename.begin(again, "more", "tar")) == []


def test_each_container_takes_the_place_of_an_old_one_and_nothing_runs_yet() -> None:
    there = both(
        container("db", 1, state="exited"),
        container("db", 3, state="exited"),
        volumes=(volume("demo_data"), volume("store_data", "store")),
    )
    wanted, seen = rename.carried(there)
    plan = up(wanted, seen, Options(start=False))
    made = [step for step in plan.steps if isinstance(step, CreateContainer)]
    assert {step.replaces for step in made} == {c.id for c in there.mine}
    assert all(step.body["Labels"][labels.PROJECT] == "store" for step in made)
    renamed = [k for k in kinds(plan) if k.startswith("Rename")]
    assert renamed == ["Rename store-db-1", "Rename store-db-3"]
    assert not [k for k in kinds(plan) if k.startswith("Start")]
    assert "web" not in wanted.services  # it has no container to take along


def test_what_an_attempt_has_carried_over_is_kept() -> None:
    there = both(
        container("db", state="exited"),
        after=(container("db", owner="store", state="created"),),
        hooks=(mark(),),
        volumes=(volume("demo_data"), volume("store_data", "store")),
    )
    store = NetworkState(id="n", name="store_default", labels={labels.PROJECT: "store"})
    (made,) = there.after.containers
    made = made._replace(networks={"store_default": "n"})
    networks = (*there.after.networks, store)
    there = there._replace(after=there.after._replace(containers=(made,), networks=networks))
    wanted, seen = rename.carried(there)
    found = kinds(up(wanted, seen, Options(start=False)))
    assert "RemoveContainer demo-db-1" in found
    assert not [kind for kind in found if kind.startswith("CreateContainer")]


def test_only_volumes_that_get_another_name_are_copied() -> None:
    assert both(container("db")).copies == {"data": ("demo_data", "store_data")}
    assert both(container("db"), volumes=()).copies == {}


def test_old_volumes_stay_unless_they_are_asked_for() -> None:
    there = both(hooks=(mark(),))
    assert kinds(rename.end(there, volumes=False)) == [
        "RemoveNetwork demo_default",
        "RemoveContainer demo-rename-0",
    ]
    plan = rename.end(there, volumes=True)
    assert plan.destroys == ("volume demo_data",)
    assert kinds(plan)[-1] == "RemoveContainer demo-rename-0"
    assert plan.steps[-1].after == (1, 2)


REFUSED = {
    "nothing there": (both(volumes=()), "there is nothing of a project demo"),
    "a taken name": (
        both(container("db"), after=(container("db", owner="store"),)),
        "there is a project store already: container store-db-1",
    ),
    "a taken volume": (
        both(container("db"), volumes=(volume("demo_data"), volume("store_data", "else"))),
        "there is a project store already: volume store_data",
    ),
    "another rename": (both(hooks=(mark("elsewhere"),)), "was being renamed to elsewhere"),
    "an orphan": (
        both(container("db"), container("db")._replace(service="gone", name="demo-gone-1")),
        "not of its services: demo-gone-1",
    ),
    "a command that runs": (
        both(container("db"), container("db")._replace(oneoff=True, name="demo-db-run-1")),
        "not of its services: demo-db-run-1",
    ),
    "two that run": (
        both(container("db"), after=(container("db", owner="store"),), hooks=(mark(),)),
        "both have containers",
    ),
}


@pytest.mark.parametrize(("there", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_carried_over_is_refused(there: rename.Both, message: str) -> None:
    assert message in rename.refusal(there)


def test_an_attempt_that_was_cut_off_is_no_obstacle() -> None:
    volumes = (volume("demo_data"), volume("store_data", "store"))
    assert rename.refusal(both(container("db"), hooks=(mark(),), volumes=volumes)) == ""
    assert rename.refusal(both(hooks=(mark(),), volumes=volumes)) == ""
    assert rename.refusal(both(container("db"))) == ""
