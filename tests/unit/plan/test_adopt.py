"""A project known by its labels only."""

from __future__ import annotations

import pytest
from projects import IMAGE, network, service, snapshot, state, volume

from pycompose import labels
from pycompose.errors import UsageError
from pycompose.model.service import Dependency
from pycompose.plan.adopt import adopt, check_start, with_dependents

DB, WEB = service("db"), service("web")


def depending(text: str):
    return state(WEB, labels={**state(WEB).labels, labels.DEPENDS_ON: text})


def test_services_have_the_image_and_the_scale_that_is_there() -> None:
    found = adopt(snapshot(state(DB, 1), state(DB, 2), state(WEB, oneoff=True)))

    assert sorted(found.services) == ["db"]
    assert found.services["db"].image == IMAGE
    assert found.services["db"].instances == 2


def test_dependencies_are_read_from_labels() -> None:
    seen = snapshot(state(DB), depending("db:service_healthy:true"))

    assert adopt(seen).services["web"].depends_on == {
        "db": Dependency(condition="service_healthy", restart=True)
    }


def test_labels_of_older_tools_and_unknown_services_are_no_obstacle() -> None:
    seen = snapshot(state(DB), depending("db,gone:service_started:false,web:,:"))

    assert adopt(seen).services["web"].depends_on == {"db": Dependency(restart=True)}


def test_networks_and_volumes_are_those_with_the_label_of_the_project() -> None:
    others = {labels.PROJECT: "other"}
    found = adopt(
        snapshot(
            networks=(network(), network(name="x", labels=others)),
            volumes=(volume("data"), volume("y", labels=others)),
        )
    )

    assert {key: one.name for key, one in found.networks.items()} == {"default": "demo_default"}
    assert {key: one.name for key, one in found.volumes.items()} == {"data": "demo_data"}


def test_what_needs_a_service_goes_with_it() -> None:
    found = adopt(snapshot(state(DB), depending("db:service_started:false")))

    assert with_dependents(found, ["db"]) == ("db", "web")
    assert with_dependents(found, ["web"]) == ("web",)
    assert with_dependents(found, ["nothing"]) == ("nothing",)  # and not everything
    assert with_dependents(found, []) == ()


def test_what_labels_tell_of_but_is_not_there_cannot_be_started() -> None:
    seen = snapshot(state(DB), depending("db,gone:service_started:false"))
    found = adopt(seen)

    check_start(found, seen, ["db"])
    for names, message in [
        (["nosuch"], "no such service: nosuch"),
        ([], "service 'web' depends on 'gone', which has no container"),
        (["web"], "service 'web' depends on 'gone'"),
    ]:
        with pytest.raises(UsageError, match=message):
            check_start(found, seen, names)
    with pytest.raises(UsageError, match="no container found for project 'demo'"):
        check_start(adopt(snapshot()), snapshot(), [])
