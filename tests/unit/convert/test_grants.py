"""Which secrets and configs are mounted, which are written, and where."""

from __future__ import annotations

import pytest
from projects import project, service

from pycompose import labels
from pycompose.convert.grants import folder_of, folders, granted
from pycompose.convert.mounts import binds_and_mounts
from pycompose.model.mounts import Grant, Mount
from pycompose.model.resources import FileObject

SECRETS = {
    "file": FileObject(name="demo_file", file="/shop/secret"),
    "token": FileObject(name="demo_token", environment="TOKEN"),
}
CONFIGS = {"inline": FileObject(name="demo_inline", content="hello")}


def of(*secrets: Grant, configs: tuple[Grant, ...] = (), **fields):
    one = service("web", secrets=secrets, configs=configs, **fields)
    return project(one, secrets=SECRETS, configs=CONFIGS), one


def written(*secrets: Grant, **fields) -> list[str]:
    return [each.target for each in granted(*of(*secrets, **fields)) if each.written]


@pytest.mark.parametrize(
    ("secret", "config", "targets"),
    [
        (Grant(source="token"), Grant(source="inline"), ["/run/secrets/token", "/inline"]),
        (
            Grant(source="token", target="other"),
            Grant(source="inline", target="other"),
            ["/run/secrets/other", "/other"],
        ),
        (
            Grant(source="token", target="/etc/token"),
            Grant(source="inline", target="/etc/conf"),
            ["/etc/token", "/etc/conf"],
        ),
    ],
)
def test_targets_are_below_the_folder_of_their_kind_or_absolute(secret, config, targets) -> None:
    assert [each.target for each in granted(*of(secret, configs=(config,)))] == targets


def test_a_file_is_mounted_as_it_is() -> None:
    assert written(Grant(source="file")) == []
    assert binds_and_mounts(*of(Grant(source="file"))) == (
        [],
        [
            {
                "Type": "bind",
                "Source": "/shop/secret",
                "Target": "/run/secrets/file",
                "ReadOnly": True,
            }
        ],
    )


@pytest.mark.parametrize("rights", [{"uid": "33"}, {"gid": "33"}, {"mode": 0}])
def test_a_file_with_rights_of_its_own_is_written(rights) -> None:
    grant = Grant(source="file", **rights)
    assert written(grant) == ["/run/secrets/file"]
    assert binds_and_mounts(*of(grant)) == ([], [])


def test_what_is_no_file_is_written() -> None:
    assert written(Grant(source="token"), configs=(Grant(source="inline"),)) == [
        "/run/secrets/token",
        "/inline",
    ]


def test_nothing_takes_the_place_of_a_volume() -> None:
    mounts = (Mount(type="tmpfs", target="/run/secrets/token"),)
    assert written(Grant(source="token"), volumes=mounts) == []


def test_a_read_only_container_gets_a_volume_for_what_is_written() -> None:
    conf = Grant(source="inline", target="/etc/app/conf")
    wanted, one = of(Grant(source="token"), configs=(conf,), read_only=True)
    assert folders(wanted, one) == ("/etc/app", "/run/secrets")
    assert [folder_of(wanted, one, each) for each in granted(wanted, one)] == [
        "/run/secrets",
        "/etc/app",
    ]
    _, mounts = binds_and_mounts(wanted, one)
    assert [(m["Target"], m["VolumeOptions"]) for m in mounts] == [
        ("/etc/app", {"Labels": {labels.GRANTS: "demo"}}),
        ("/run/secrets", {"Labels": {labels.GRANTS: "demo"}}),
    ]


def test_a_folder_below_another_and_one_in_a_volume_need_none() -> None:
    deep = Grant(source="token", target="/run/secrets/deep/token")
    data = Grant(source="token", target="/data/token")
    mounts = (Mount(type="volume", source="data", target="/data"),)
    wanted, one = of(Grant(source="token"), deep, data, volumes=mounts, read_only=True)
    assert folders(wanted, one) == ("/run/secrets",)
    assert [folder_of(wanted, one, each) for each in granted(wanted, one)] == [
        "/run/secrets",
        "/run/secrets",
        "/data",
    ]


def test_others_are_unpacked_at_the_root() -> None:
    wanted, one = of(Grant(source="token"))
    assert folders(wanted, one) == ()
    assert [folder_of(wanted, one, each) for each in granted(wanted, one)] == ["/"]
