"""Why a container is not what its service asks for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from projects import IMAGE, IMAGE_ID, named_volume, project, service, snapshot, state

from pycompose import labels
from pycompose.convert.hashing import field_digests
from pycompose.errors import Position
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.model.service import Port, Service
from pycompose.plan.diverged import anonymous, diverged, inheritable
from pycompose.snapshot import ContainerState, ImageState, MountState

WEB = service("web")
ID = "e" * 64


class Everywhere:
    """Places that tell the path they were asked for."""

    def find(self, *path: str | int) -> Position:
        return Position(".".join(map(str, path[2:])), 1, 1)


def of(
    seen: ContainerState, wanted: Service = WEB, **networks: int | str
) -> tuple[str, str] | None:
    there = networks or {"default": "id-default"}
    return diverged(project(wanted), wanted, seen, snapshot(), there)


def changed(old: Service, new: Service) -> str:
    """Return what is said of a container of `old` where `new` is wanted."""
    digests = json.dumps(dict(field_digests(old)))
    seen = state(old, labels={**state(old).labels, labels.FIELDS: digests})
    wanted: Project = replace(project(new), places=Everywhere())
    found = diverged(wanted, new, seen, snapshot(), {"default": "id-default"})
    assert found is not None
    assert found.cause == "changed"
    return found.why


def mount(name: str = ID, target: str = "/c", type: str = "volume") -> MountState:
    return MountState(type=type, name=name, source="/from", target=target, read_only=False)


def test_a_container_that_is_as_wanted_has_not_diverged() -> None:
    assert of(state(WEB)) is None


def test_another_image_is_told_by_its_id() -> None:
    assert of(state(WEB, image_id="other", labels={**state(WEB).labels, labels.IMAGE: "x"})) == (
        "image",
        f"image {IMAGE} is now {IMAGE_ID[7:19]}",
    )


def test_an_image_is_known_by_the_label_or_by_the_engine() -> None:
    digest = {**state(WEB).labels, labels.IMAGE: "sha256:manifest"}
    unlabelled = {key: text for key, text in state(WEB).labels.items() if key != labels.IMAGE}

    assert of(state(WEB, labels=digest)) is None
    assert of(state(WEB, labels=unlabelled)) is None
    assert of(state(WEB, labels=unlabelled, image_id="")) is None
    assert of(state(WEB, labels=unlabelled, image_id="other")) is not None


def test_a_dead_container_has_diverged() -> None:
    assert of(state(WEB, state="dead")) == ("incomplete", "it is dead")


@pytest.mark.parametrize("status", ["running", "paused", "restarting"])
def test_a_running_container_must_be_on_its_networks_by_id(status) -> None:
    seen = state(WEB, state=status, networks={"demo_default": "an older one"})

    assert of(seen) == ("incomplete", "it is not on network demo_default")


@pytest.mark.parametrize("status", ["created", "exited"])
def test_a_stopped_container_must_be_on_its_networks_by_name(status) -> None:
    assert of(state(WEB, state=status, networks={"demo_default": ""})) is None
    assert of(state(WEB, state=status, networks={})) is not None


def test_a_stopped_container_is_lost_without_its_network() -> None:
    found = of(state(WEB, state="exited"), default=1)

    assert found == ("incomplete", "one of its networks is made anew")


def test_a_running_container_must_have_its_volumes() -> None:
    wanted = service("web", volumes=(named_volume("data"),))

    assert of(state(wanted), wanted) == ("incomplete", "volume demo_data is not mounted")
    assert of(state(wanted, mounts=(mount("demo_data"),)), wanted) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            {"environment": {"A": "1"}},
            {"environment": {"A": "2"}},
            "environment.A (environment.A:1:1)",
        ),
        ({}, {"tty": True}, "tty (tty:1:1)"),
        ({"ports": ()}, {"ports": (Port(target=80),)}, "ports[0] (ports.0:1:1)"),
        (
            {},
            {"volumes": (Mount(type="tmpfs", target="/a"), Mount(type="tmpfs", target="/b"))},
            "volumes[/a] (volumes.0:1:1), volumes[/b] (volumes.1:1:1)",
        ),
    ],
)
def test_changed_fields_are_named_with_their_places(old, new, why) -> None:
    assert changed(service("web", **old), service("web", **new)) == f"changed: {why}"


@pytest.mark.parametrize("broken", ["", "no json", "[]", "1"])
def test_digests_that_cannot_be_read_are_done_without(broken: str) -> None:
    marks = {**state(WEB).labels, labels.CONFIG_HASH: "other", labels.FIELDS: broken}

    assert of(state(WEB, labels=marks)) == ("changed", "its configuration changed")


def test_a_volume_named_by_its_id_is_anonymous() -> None:
    assert anonymous(mount())
    assert not anonymous(mount("data"))
    assert not anonymous(mount(type="bind"))


def test_volumes_that_the_image_declares_are_inherited() -> None:
    image = ImageState(id="x", volumes=("/c",))

    assert inheritable(WEB, state(WEB, mounts=(mount(),)), image) == (mount(),)
    assert inheritable(WEB, state(WEB, mounts=(mount(target="/other"),)), image) == ()
    assert inheritable(WEB, state(WEB, mounts=(mount(),)), ImageState(id="x", volumes=())) == ()


def test_anonymous_volumes_are_inherited_where_nobody_looked_at_the_image() -> None:
    seen = state(WEB, mounts=(mount(), mount("data", "/d")))

    assert inheritable(WEB, seen, None) == (mount(),)
    assert inheritable(WEB, seen, ImageState(id="x")) == (mount(),)


def test_volumes_without_a_source_are_inherited() -> None:
    unnamed = service("web", volumes=(Mount(type="volume", target="/c"),))

    assert inheritable(unnamed, state(WEB, mounts=(mount(),)), None) == (mount(),)


def test_a_named_volume_takes_the_place_of_an_inherited_one() -> None:
    named = service("web", volumes=(named_volume("data", "/c"),))
    image = ImageState(id="x", volumes=("/c",))

    assert inheritable(named, state(WEB, mounts=(mount(),)), image) == ()
