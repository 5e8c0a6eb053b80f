"""What a service mounts, as the engine is asked for it."""

from __future__ import annotations

import pytest
from projects import project, service

from pycompose.convert.mounts import binds_and_mounts
from pycompose.model.mounts import (
    BindOptions,
    Grant,
    ImageOptions,
    Mount,
    TmpfsOptions,
    VolumeOptions,
)
from pycompose.model.resources import FileObject
from pycompose.snapshot import MountState

KEPT = MountState(type="volume", name="e" * 64, source="/var", target="/c", read_only=False)


def converted(*mounts: Mount, inherited=(), **fields):
    wanted = service("web", volumes=mounts, **fields)
    files = {"key": FileObject(name="demo_key", file="/src/key")}
    return binds_and_mounts(project(wanted, secrets=files, configs=files), wanted, inherited)


def bind(**options) -> Mount:
    return Mount(type="bind", source="/src", target="/dst", bind=BindOptions(**options))


@pytest.mark.parametrize(
    ("mount", "expected"),
    [
        (Mount(type="bind", source="/src", target="/dst"), "/src:/dst:rw"),
        (Mount(type="bind", source="/src", target="/dst", read_only=True), "/src:/dst:ro"),
        (bind(create_host_path=True), "/src:/dst:rw"),
        (bind(create_host_path=True, selinux="z"), "/src:/dst:rw,z"),
        (bind(create_host_path=True)._replace(consistency="cached"), "/src:/dst:rw"),
        (Mount(type="volume", source="data", target="/d"), "demo_data:/d:rw"),
        (
            Mount(type="volume", source="data", target="/d", volume=VolumeOptions()),
            "demo_data:/d:rw",
        ),
    ],
)
def test_what_the_short_form_can_say_is_said_in_it(mount: Mount, expected: str) -> None:
    assert converted(mount) == ([expected], [])


def test_an_image_is_mounted_by_its_name_or_that_of_the_service_that_has_it() -> None:
    mounts = (
        Mount(type="image", source="alpine", target="/a", image=ImageOptions(subpath="bin")),
        Mount(type="image", source="web", target="/b", read_only=True, image=ImageOptions()),
    )

    assert converted(*mounts, image="web:1")[1] == [
        {
            "Type": "image",
            "Source": "alpine",
            "Target": "/a",
            "ReadOnly": False,
            "ImageOptions": {"Subpath": "bin"},
        },
        {"Type": "image", "Source": "web:1", "Target": "/b", "ReadOnly": True},
    ]


@pytest.mark.parametrize(
    ("mount", "expected"),
    [
        (bind(), {"Type": "bind", "Source": "/src", "BindOptions": {}}),
        (
            bind(create_host_path=True, propagation="rshared"),
            {
                "Type": "bind",
                "Source": "/src",
                "BindOptions": {"Propagation": "rshared", "CreateMountpoint": True},
            },
        ),
        (
            bind(recursive="disabled"),
            {"Type": "bind", "Source": "/src", "BindOptions": {"NonRecursive": True}},
        ),
        (
            Mount(
                type="bind",
                source="/src",
                target="/dst",
                consistency="cached",
                bind=BindOptions(propagation="rslave"),
            ),
            {
                "Type": "bind",
                "Source": "/src",
                "Consistency": "cached",
                "BindOptions": {"Propagation": "rslave"},
            },
        ),
        (
            Mount(type="volume", target="/dst"),
            {
                "Type": "volume",
                "VolumeOptions": {"Labels": {"org.pycompose.anonymous": "demo/web"}},
            },
        ),
        (
            Mount(type="volume", target="/dst", volume=VolumeOptions(labels={"a": "b"})),
            {
                "Type": "volume",
                "VolumeOptions": {"Labels": {"a": "b", "org.pycompose.anonymous": "demo/web"}},
            },
        ),
        (
            Mount(
                type="volume",
                source="data",
                target="/dst",
                volume=VolumeOptions(nocopy=True, subpath="in", labels={"a": "b"}),
            ),
            {
                "Type": "volume",
                "Source": "demo_data",
                "VolumeOptions": {"NoCopy": True, "Subpath": "in", "Labels": {"a": "b"}},
            },
        ),
        (
            Mount(type="tmpfs", target="/dst", tmpfs=TmpfsOptions(size=64, mode=0o700)),
            {"Type": "tmpfs", "TmpfsOptions": {"SizeBytes": 64, "Mode": 0o700}},
        ),
    ],
)
def test_all_else_is_said_in_the_long_form(mount: Mount, expected) -> None:
    assert converted(mount) == ([], [{"Target": "/dst", "ReadOnly": False, **expected}])


def test_an_inherited_volume_takes_the_place_of_an_anonymous_one() -> None:
    inherited = {"Type": "volume", "Source": "e" * 64, "Target": "/c", "ReadOnly": False}

    assert converted(Mount(type="volume", target="/c"), inherited=[KEPT]) == ([], [inherited])
    assert converted(inherited=[KEPT]) == ([], [inherited])


def test_an_inherited_bind_keeps_its_source() -> None:
    kept = MountState(type="bind", name="", source="/src", target="/c", read_only=True)

    assert converted(inherited=[kept])[1] == [
        {"Type": "bind", "Source": "/src", "Target": "/c", "ReadOnly": True}
    ]


def test_secrets_and_configs_are_mounted_as_files() -> None:
    grant = (Grant(source="key"),)

    assert converted(secrets=grant, configs=grant)[1] == [
        {"Type": "bind", "Source": "/src/key", "Target": "/run/secrets/key", "ReadOnly": True},
        {"Type": "bind", "Source": "/src/key", "Target": "/key", "ReadOnly": True},
    ]


def test_a_mount_of_the_same_target_takes_the_place_of_a_secret_and_a_config() -> None:
    mine = [Mount(type="tmpfs", target=target) for target in ("/run/secrets/key", "/key")]
    grant = (Grant(source="key"),)

    assert len(converted(*mine, secrets=grant, configs=grant)[1]) == 2
