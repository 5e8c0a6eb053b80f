"""Services named by services, and the ids that stand for their containers."""

from __future__ import annotations

from projects import service

from pycompose.convert.hashing import container_hash, digest, hashed
from pycompose.convert.joins import bound, links, parents, resolved

WEB = service(
    "web",
    networks={},
    network_mode="service:net",
    ipc="service:net",
    pid="container:other",
    volumes_from=("data:ro", "container:outside:ro"),
)


def test_parents_are_the_services_joined_each_with_its_path() -> None:
    assert parents(WEB) == {"net": ("network_mode",), "data": ("volumes_from", 0)}
    assert parents(service("alone", ipc="host")) == {}


def test_containers_take_the_place_of_services() -> None:
    found = resolved(WEB, {"net": "123", "data": "456"})
    assert (found.network_mode, found.ipc, found.pid) == (
        "container:123",
        "container:123",
        "container:other",
    )
    assert found.volumes_from == ("456", "container:outside:ro")
    assert resolved(WEB, {}) is WEB


def test_ids_are_put_in_once_they_are_known() -> None:
    later = {"net": "join:0", "data": "join:1"}
    wanted = resolved(WEB, later)
    body = {
        "Image": "join:0",  # no id stands here
        "HostConfig": {
            "NetworkMode": wanted.network_mode,
            "IpcMode": wanted.ipc,
            "VolumesFrom": ["join:1", "outside"],
        },
    }
    ready, document = bound(body, hashed(WEB, later), ["123", "456"])
    assert ready == {
        "Image": "join:0",
        "HostConfig": {
            "NetworkMode": "container:123",
            "IpcMode": "container:123",
            "VolumesFrom": ["456", "outside"],
        },
    }
    assert digest(document) == container_hash(WEB, {"net": "123", "data": "456"})
    assert body["HostConfig"]["VolumesFrom"] == ["join:1", "outside"]


def test_a_link_names_each_container_in_three_ways_with_the_number_of_the_linking_one() -> None:
    one = service("web", links=("db:database", "cache", "gone"))
    containers = {"db": {1: "demo-db-1"}, "cache": {1: "one", 2: "two"}}
    assert links(one, containers, "demo", 3) == [
        *("demo-db-1:database", "demo-db-1:db-3", "demo-db-1:demo-db-3"),
        *("one:cache", "one:cache-3", "one:demo-cache-3"),
        *("two:cache", "two:cache-3", "two:demo-cache-3"),
    ]
