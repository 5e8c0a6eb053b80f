"""Containers that share something with those of other services."""

from __future__ import annotations

import pytest
from projects import needs, network, project, service, snapshot, state

from pycompose import labels
from pycompose.convert.hashing import container_hash
from pycompose.errors import ComposeFileError
from pycompose.plan.joins import followers
from pycompose.plan.ops import CreateContainer, Made
from pycompose.plan.up import Options, up

P = service("p")
D = service(
    "d",
    networks={},
    network_mode="service:p",
    volumes_from=("p:ro",),
    depends_on={"p": needs(restart=True)},
)
BOTH = project(P, D)
THERE = (network(),)


def joined(parent, **fields):
    """The container of d that shares the network of the container `parent`."""
    found = state(D, networks={}, **fields)
    marks = {**found.labels, labels.CONFIG_HASH: container_hash(D, {"p": parent.id})}
    return found._replace(labels=marks)


def plan_of(*containers, wanted=BOTH, **options):
    return up(wanted, snapshot(*containers, networks=THERE), Options(**options))


def test_the_parent_is_made_first_and_its_id_is_put_in_later() -> None:
    plan = plan_of()
    assert str(plan).splitlines() == [
        "[] -> #1 CreateContainer container demo-p-1: no container yet",
        "[1] -> #2 Start container demo-p-1: created",
        "[1] -> #3 CreateContainer container demo-d-1: no container yet",
        "[2,3] -> #4 Start container demo-d-1: created",
    ]
    create = plan.steps[2]
    assert isinstance(create, CreateContainer)
    assert create.joins == (Made(1),)
    assert create.body["HostConfig"]["NetworkMode"] == "container:join:0"
    assert create.body["HostConfig"]["VolumesFrom"] == ["join:0"]
    assert "hashed" not in plan.to_json()["steps"][2]


def test_the_id_of_a_parent_that_is_there_is_written_down() -> None:
    parent = state(P)
    create = plan_of(parent).steps[0]
    assert isinstance(create, CreateContainer)
    assert create.joins == ()
    assert create.body["HostConfig"]["NetworkMode"] == f"container:{parent.id}"
    assert create.body["Labels"][labels.CONFIG_HASH] == container_hash(D, {"p": parent.id})


def test_what_shares_with_the_same_container_stays() -> None:
    parent = state(P)
    assert plan_of(parent, joined(parent)).steps == ()


def test_what_shared_with_another_container_is_made_anew() -> None:
    old = joined(state(P)._replace(id="f" * 64))
    marks = {**old.labels, labels.FIELDS: plan_of().steps[2].body["Labels"][labels.FIELDS]}
    first = plan_of(state(P), old._replace(labels=marks)).steps[0]
    assert (first.resource, first.cause) == ("Container demo-d-1", "dependency")
    assert first.why == "what it shares something with is another one now"


def test_dependents_follow_a_parent_that_is_made_anew() -> None:
    parent = state(P)
    plan = plan_of(parent, joined(parent), named=frozenset(("p",)), policy="force")
    assert str(plan).splitlines() == [
        "[] -> #1 Stop container demo-d-1: p, which it depends on, is recreated",
        "[] -> #2 CreateContainer container demo-p-1: recreation was asked for",
        "[1,2] -> #3 Stop container demo-p-1: replaced by #2",
        "[3] -> #4 RemoveContainer container demo-p-1: replaced by #2",
        f"[4] -> #5 Rename container demo-p-1: takes the place of {parent.id[:12]}",
        "[5] -> #6 Start container demo-p-1: recreated",
        "[2] -> #7 CreateContainer container demo-d-1: what it shares something with is made anew",
        "[1,7] -> #8 RemoveContainer container demo-d-1: replaced by #7",
        f"[8] -> #9 Rename container demo-d-1: takes the place of {state(D).id[:12]}",
        "[6,9] -> #10 Start container demo-d-1: recreated",
    ]


def test_without_its_dependencies_a_service_joins_what_is_there() -> None:
    parent = state(P)
    alone = project(D, disabled={"p": P})
    assert plan_of(parent, joined(parent), wanted=alone).steps == ()
    with pytest.raises(ComposeFileError) as refused:
        plan_of(wanted=alone)
    assert "services.d.network_mode: service 'p' has no container to share it with" in str(
        refused.value
    )


def test_services_left_out_follow_only_if_they_have_containers() -> None:
    parent = state(P)
    alone = project(P, disabled={"d": D})
    seen = snapshot(parent, joined(parent), networks=THERE)
    again = up(alone, seen, Options(policy="force"))
    assert followers(alone, seen, again) == ("d",)
    assert followers(alone, snapshot(parent, networks=THERE), again) == ()
    assert followers(alone, seen, up(alone, seen, Options())) == ()


def test_a_link_is_made_once_its_containers_have_their_names() -> None:
    linking = service("web", links=("p:parent",), depends_on={"p": needs(restart=True)})
    plan = plan_of(wanted=project(P, linking))
    create = next(step for step in plan.steps if step.resource == "Container demo-web-1")
    assert isinstance(create, CreateContainer)
    assert create.after == (1,)
    wanted = ["demo-p-1:parent", "demo-p-1:p-1", "demo-p-1:demo-p-1"]
    assert create.body["HostConfig"]["Links"] == wanted
    (endpoint,) = create.body["NetworkingConfig"]["EndpointsConfig"].values()
    assert endpoint["Links"] == wanted
