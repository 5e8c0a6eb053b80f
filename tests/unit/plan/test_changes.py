"""What changes in containers that are made anew, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from projects import (
    IMAGE,
    IMAGE_ID,
    needs,
    network,
    project,
    service,
    snapshot,
    state,
    volume,
)

from pycompose import labels
from pycompose.convert.hashing import field_digests
from pycompose.engine.fake import FakeEngine
from pycompose.model.mounts import Mount
from pycompose.model.service import Healthcheck, Logging, Port
from pycompose.plan.changes import replaced, with_changes
from pycompose.plan.ops import Change, CreateContainer
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, up
from pycompose.snapshot import MountState

DATA = Mount(type="bind", source="/old", target="/data")
WEB = service(
    "web",
    environment={"COLOUR": "red", "GONE": "1", "SAME": "x"},
    command=("serve",),
    ports=(Port(target=80, published="8080"), Port(target=81, published="8081")),
    volumes=(DATA,),
)


def _body(service: Any) -> Any:
    [step] = [
        s
        for s in up(project(service), snapshot(), Options()).steps
        if isinstance(s, CreateContainer)
    ]
    return step.body


def _inspected(body: Any) -> Any:
    """Return what an engine says of a container that was asked for with this body."""
    host = body["HostConfig"]
    config = {k: v for k, v in body.items() if k not in ("HostConfig", "NetworkingConfig")}
    config["Env"] = [*config["Env"], "PATH=/bin"]
    return {"Config": config, "HostConfig": host}


def _plan(old: Any, new: Any, **options: Any) -> Plan:
    marks = {
        **state(old).labels,
        labels.FIELDS: json.dumps(dict(field_digests(old))),
    }
    there = snapshot(state(old, labels=marks))
    wanted = project(new)
    plan = up(wanted, there, Options(**options))
    documents = {id: _inspected(_body(old)) for id in replaced(plan)}
    return with_changes(plan, wanted, there, documents)


def _changes(old: Any, new: Any) -> tuple[Change, ...]:
    [step] = [s for s in _plan(old, new).steps if isinstance(s, CreateContainer)]
    return step.changes


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"environment": {**WEB.environment, "COLOUR": "blue"}},
            [("environment.COLOUR", "red", "blue")],
        ),
        ({"environment": {**WEB.environment, "NEW": ""}}, [("environment.NEW", None, "")]),
        ({"environment": {"COLOUR": "red", "SAME": "x"}}, [("environment.GONE", "1", None)]),
        ({"command": ("serve", "-v")}, [("command", ["serve"], ["serve", "-v"])]),
        ({"image": "other"}, [("image", WEB.image, "other")]),
        ({"user": "app"}, [("user", None, "app")]),
        ({"read_only": True}, [("read_only", None, True)]),
        (
            {"ports": (Port(target=80, published="9090"), WEB.ports[1])},
            [("ports[0]", "8080:80/tcp", "9090:80/tcp")],
        ),
        ({"ports": WEB.ports[:1]}, [("ports[1]", "8081:81/tcp", None)]),
        (
            {"ports": (*WEB.ports, Port(target=82, published="8082"))},
            [("ports[2]", None, "8082:82/tcp")],
        ),
        ({"ports": WEB.ports[::-1]}, []),
        (
            {"volumes": (DATA._replace(source="/new"),)},
            [("volumes[/data]", "/old:/data", "/new:/data")],
        ),
        ({"logging": Logging(driver="local")}, [("logging.driver", None, "local")]),
        (
            {"healthcheck": Healthcheck(test=("CMD", "true"))},
            [("healthcheck.test", None, ["CMD", "true"])],
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_change_has_its_old_and_its_new_value(changed: Any, expected: Any) -> None:
    found = [(c.path, c.old, c.new) for c in _changes(WEB, WEB._replace(**changed))]
    assert [(p, _bare(o), _bare(n)) for p, o, n in found] == expected


def _bare(value: Any) -> Any:
    return value.removesuffix(":rw") if isinstance(value, str) else value


def test_what_the_engine_does_not_tell_has_no_values() -> None:
    [change] = _changes(WEB, WEB._replace(mac_address="02:42:ac:11:00:02"))
    assert (change.path, change.known) == ("mac_address", False)


def test_nothing_is_asked_of_containers_that_stay_or_are_new() -> None:
    stays = up(project(WEB), snapshot(state(WEB)), Options())
    assert replaced(stays) == ()
    assert replaced(up(project(WEB), snapshot(), Options())) == ()


def test_one_that_is_made_anew_for_a_request_has_no_changes() -> None:
    plan = _plan(WEB, WEB, policy="force")
    assert len(replaced(plan)) == 1
    assert [s.changes for s in plan.steps if isinstance(s, CreateContainer)] == [()]


def test_another_image_of_the_same_name_is_a_change() -> None:
    there = snapshot(
        state(
            WEB,
            image_id="sha256:" + "0" * 64,
            labels={
                **state(WEB).labels,
                labels.IMAGE: "sha256:" + "0" * 64,
                labels.FIELDS: json.dumps(dict(field_digests(WEB))),
            },
        )
    )
    plan = up(project(WEB), there, Options())
    [id] = replaced(plan)
    plan = with_changes(plan, project(WEB), there, {id: _inspected(_body(WEB))})
    [change] = [c for s in plan.steps if isinstance(s, CreateContainer) for c in s.changes]
    assert change.path == "image"
    assert change.old == f"{WEB.image} (000000000000)"
    assert change.new != change.old


def test_the_fake_engine_tells_what_is_read() -> None:
    engine = FakeEngine()
    engine.add_image(WEB.image)
    id = engine.create_container("web", _body(WEB))["Id"]
    old, new = WEB, WEB._replace(environment={**WEB.environment, "COLOUR": "blue"})
    marks = {**state(old).labels, labels.FIELDS: json.dumps(dict(field_digests(old)))}
    there = snapshot(state(old, labels=marks))
    plan = up(project(new), there, Options())
    [was] = replaced(plan)
    plan = with_changes(plan, project(new), there, {was: engine.inspect_container(id)})
    [change] = [c for s in plan.steps if isinstance(s, CreateContainer) for c in s.changes]
    assert (change.old, change.new) == ("red", "blue")


def test_only_the_container_that_is_made_anew_is_asked() -> None:
    app = service("app", depends_on={"web": needs("service_started")})
    new = WEB._replace(command=("other",))
    plan = up(project(new, app), snapshot(state(WEB), state(app)), Options())
    assert len(replaced(plan)) == 1


def test_of_a_container_of_docker_compose_what_is_told_word_for_word_is_compared() -> None:
    new = WEB._replace(command=("other",), environment={**WEB.environment, "COLOUR": "blue"})
    marks = {k: v for k, v in state(WEB).labels.items() if k != labels.FIELDS}
    there = snapshot(state(WEB, labels={**marks, labels.CONFIG_HASH: "another"}))
    plan = up(project(new), there, Options())
    [id] = replaced(plan)
    plan = with_changes(plan, project(new), there, {id: _inspected(_body(WEB))})
    [found] = [s.changes for s in plan.steps if isinstance(s, CreateContainer)]
    assert [(c.path, c.old, c.new) for c in found] == [
        ("command", ["serve"], ["other"]),
        ("environment.COLOUR", "red", "blue"),
    ]


def test_a_container_that_goes_before_its_volume_tells_what_changes_in_it() -> None:
    data = Mount(type="volume", source="data", target="/data")
    old, new = WEB._replace(volumes=(data,)), WEB._replace(volumes=(data,), command=("other",))
    marks = {**state(old).labels, labels.FIELDS: json.dumps(dict(field_digests(old)))}
    uses = (MountState("volume", "demo_data", "/x", "/data", read_only=False),)
    changed = volume("data", labels={**volume("data").labels, labels.CONFIG_HASH: "other"})
    there = snapshot(
        state(old, labels=marks, mounts=uses, image_id="sha256:" + "2" * 64),
        networks=(network(),),
        volumes=(changed,),
    )
    wanted = project(new)
    plan = up(wanted, there, Options(recreate_volumes=True))
    assert replaced(plan) == (state(old).id,)
    told = with_changes(plan, wanted, there, {state(old).id: _inspected(_body(old))})
    [step] = [s for s in told.steps if isinstance(s, CreateContainer)]
    assert [(one.path, one.old, one.new) for one in step.changes] == [
        ("command", ["serve"], ["other"]),
        ("image", f"{IMAGE} ({'2' * 12})", f"{IMAGE} ({IMAGE_ID[7:19]})"),
    ]
    there = there._replace(containers=(state(old, labels=marks, mounts=uses),))
    plan = up(project(old), there, Options(recreate_volumes=True))
    told = with_changes(plan, project(old), there, {state(old).id: _inspected(_body(old))})
    assert [s.changes for s in told.steps if isinstance(s, CreateContainer)] == [()]
