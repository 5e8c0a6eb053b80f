"""How secrets and configs come into containers, and when they make a new one."""

from __future__ import annotations

import json

import pytest
from projects import network, project, service, snapshot, state, volume

from pycompose import labels
from pycompose.errors import ComposeFileError
from pycompose.model.mounts import Grant
from pycompose.model.resources import FileObject
from pycompose.plan.containers import remove
from pycompose.plan.down import Options as Down
from pycompose.plan.down import down
from pycompose.plan.ops import PutArchive
from pycompose.plan.up import Options, up
from pycompose.snapshot import MountState, VolumeState

SECRETS = {"token": FileObject(name="demo_token", environment="TOKEN")}
CONTENTS = {"secrets.token": "12345678"}
THERE = (network(),)
PRIVATE = "a" * 64


def web(**fields):
    grant = Grant(source="token", uid="33", mode=0o400)
    return service("web", **{"secrets": (grant,), **fields})


def plan_of(one, *containers, volumes=(), contents=CONTENTS):
    wanted = project(one, secrets=SECRETS)
    seen = snapshot(*containers, networks=THERE, volumes=volumes)
    return up(wanted, seen, Options(contents=contents))


def given(one, digest="12345678", **fields):
    found = state(one, **fields)
    marks = {labels.CONTENTS: json.dumps({"secrets.token": digest})}
    return found._replace(labels={**found.labels, **marks})


def test_what_is_written_is_there_before_the_start() -> None:
    plan = plan_of(web())
    assert str(plan).splitlines() == [
        "[] -> #1 CreateContainer container demo-web-1: no container yet",
        "[1] -> #2 PutArchive container demo-web-1: secret token is written to /run/secrets/token",
        "[1,2] -> #3 Start container demo-web-1: created",
    ]
    create, put, _ = plan.steps
    assert json.loads(create.body["Labels"][labels.CONTENTS]) == CONTENTS
    assert isinstance(put, PutArchive)
    assert (put.section, put.key, put.digest) == ("secrets", "token", "12345678")
    assert (put.path, put.folder, put.uid, put.gid, put.mode) == (
        "/run/secrets/token",
        "/",
        33,
        0,
        0o400,
    )


def test_the_same_content_changes_nothing() -> None:
    assert plan_of(web(), given(web())).steps == ()
    assert plan_of(web(), state(web())).steps == ()  # made by Docker Compose: nobody knows


def test_another_content_makes_a_new_container() -> None:
    first, *rest = plan_of(web(), given(web(), "87654321")).steps
    assert first.why == "changed: the content of secrets.token"
    assert [type(step).__name__ for step in rest] == [
        "PutArchive",
        "Stop",
        "RemoveContainer",
        "Rename",
        "Start",
    ]


def test_a_label_that_cannot_be_read_is_none() -> None:
    broken = state(web())._replace(labels={**state(web()).labels, labels.CONTENTS: "{"})
    assert plan_of(web(), broken).steps == ()


def test_it_is_written_again_before_a_stopped_container_starts() -> None:
    plan = plan_of(web(), given(web(), state="exited"))
    assert [type(step).__name__ for step in plan.steps] == ["PutArchive", "Start"]


def private(one):
    mount = MountState(
        type="volume", name=PRIVATE, source="/x", target="/run/secrets", read_only=False
    )
    return given(one, "87654321", mounts=(mount,)), volume(
        "x", name=PRIVATE, labels={labels.GRANTS: "demo"}
    )


def test_the_volume_of_a_read_only_container_goes_with_it() -> None:
    one = web(read_only=True)
    old, its = private(one)
    plan = plan_of(one, old, volumes=(its,))
    removed = next(step for step in plan.steps if type(step).__name__ == "RemoveVolume")
    assert (removed.volume, removed.best_effort, removed.destroys) == (PRIVATE, True, "")
    mounts = plan.steps[0].body["HostConfig"]["Mounts"]
    assert [mount.get("Source") for mount in mounts] == [None]  # the new one has its own

    wanted, seen = project(one, secrets=SECRETS), snapshot(old, volumes=(its,))
    for goes in (down(wanted, seen, Down()), remove(wanted, seen, (), stopping=True, volumes=True)):
        assert PRIVATE in [getattr(step, "volume", "") for step in goes.steps]
        assert goes.destroys in ((), ("the anonymous volumes of demo-web-1",))


@pytest.mark.parametrize(
    ("grant", "fields", "message"),
    [
        (
            Grant(source="token", uid="root"),
            {},
            "services.web.secrets[0].uid: expected a number, not 'root'",
        ),
        (
            Grant(source="token", target="/token"),
            {"read_only": True},
            "services.web.secrets[0]: '/token' cannot be written, the container's root is"
            " read-only",
        ),
    ],
)
def test_what_cannot_be_written_is_refused(grant, fields, message) -> None:
    with pytest.raises(ComposeFileError) as refused:
        plan_of(web(secrets=(grant,), **fields))
    assert message in str(refused.value)


def test_the_volume_of_a_container_that_has_gone_goes_too() -> None:
    names = ("a" * 64, "b" * 64, "c" * 64)
    owners = ("demo", "demo", "other")
    left, used, theirs = (
        VolumeState(name=name, labels={labels.GRANTS: owner})
        for name, owner in zip(names, owners, strict=True)
    )
    mount = MountState(type="volume", name=used.name, source="", target="/run", read_only=False)
    web = service("web")
    seen = snapshot(
        state(web, mounts=(mount,)), networks=(network(),), volumes=(left, used, theirs)
    )

    plan = up(project(web), seen, Options())

    assert [(step.volume, step.best_effort) for step in plan.steps] == [(left.name, True)]
