"""What counts as a change."""

from __future__ import annotations

import pytest

from pycompose.convert.hashing import (
    changed_fields,
    config_hash,
    container_hash,
    field_digests,
    go_json,
    network_hash,
    volume_hash,
)
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy
from pycompose.model.mounts import Grant, Mount, VolumeOptions
from pycompose.model.resources import IpamPool, Network, Volume
from pycompose.model.service import Dependency, Logging, Port, Service

WEB = Service(name="web", image="postgres", networks={"default": None})


def test_the_hash_is_docker_compose_s():
    # Observed: `docker compose config --hash '*'` of 2.40.3.
    assert config_hash(WEB) == "d336b89da15d6ff8463a4cf94316f13525409249eedb1b1d6f5e7cae3d7d8e60"


def test_escapes_of_go_are_part_of_the_hash():
    # Observed: the label of a container that 2.40.3 created.
    service = Service(
        name="web",
        image="killtest:1",
        command=("sleep", "1"),
        environment={"A": "<b>&", "B": "é \u2028 \x1b x"},
        networks={"default": None, "n1": None},
        volumes=(
            Mount(type="volume", source="v1", target="/a", volume=VolumeOptions()),
            Mount(type="volume", source="v2", target="/b", volume=VolumeOptions()),
        ),
    )
    hashed = config_hash(service._replace(pull_policy="never"))
    assert hashed == "e3db843a0ce209f972b05460202bf47c2598b61c2293c07475e19cee6e0e05ea"


@pytest.mark.parametrize(
    "change",
    [
        {"build": Build(context="/x")},
        {"pull_policy": "always"},
        {"scale": 3},
        {"depends_on": {"db": Dependency()}},
        {"profiles": ("debug",)},
        {"extensions": {"x-note": 1}},
    ],
)
def test_what_recreates_nothing_is_not_hashed(change):
    assert config_hash(WEB._replace(**change)) == config_hash(WEB)
    assert changed_fields(field_digests(WEB), WEB._replace(**change)) == ()


def test_the_number_of_replicas_is_not_hashed_but_deploy_is():
    one, two = (WEB._replace(deploy=Deploy(replicas=count)) for count in (1, 2))
    assert config_hash(one) == config_hash(two) != config_hash(WEB)


def test_a_shared_namespace_is_hashed_by_its_container():
    service = Service(name="a", image="x", ipc="service:b")
    container = service._replace(ipc="container:123")
    assert container_hash(service, {"b": "123"}) == config_hash(container)
    assert container_hash(service, {"service:c": "container:123"}) == config_hash(service)


# Observed: what 2.40.3 prints, and the label of the container that it creates.
@pytest.mark.parametrize(
    ("fields", "written", "created"),
    [
        (
            {"volumes_from": ("container:q:ro",)},
            "b6c6671be76d0e4bc0b60cefcdbe2f8672388700ba873382260c39786925e831",
            "2fae78ee7622c6511192f6da2203cd100d5323d38ce378bb0fffa5b5ba957e90",
        ),
        (
            {"labels": {"a": "b"}, "label_file": ("/tmp/attr/lab/l",)},
            "bbec217f1384663b1c2e109453749e525c1d049e9d29d4f83091c279d5ac0870",
            "7c6191e97800d9748876ae34cd55e52bdd7d01335c95b022d8e990cf921e345c",
        ),
    ],
)
def test_a_container_is_hashed_as_docker_compose_creates_it(fields, written, created):
    service = Service(name="a", image="busybox", networks={"default": None}, **fields)
    assert config_hash(service) == written
    assert container_hash(service) == created


def test_networks_and_volumes_have_docker_compose_s_hashes():
    # Observed: labels that 2.40.3 wrote.
    assert network_hash(Network(name="itint_default")) == (
        "ead0340cd19e18201e86217a413d4c818386b77648c7b13cfab127b41c8a8afd"
    )
    network = Network(
        name="itint_n1",
        driver="bridge",
        driver_opts={"com.docker.network.bridge.enable_icc": "true"},
        labels={"a": "b"},
        ipam_config=(IpamPool(subnet="10.213.0.0/24"),),
    )
    assert network_hash(network) == (
        "7a6ae68c2c91c79185e8aa803503c1678fb3289e2ba46877833d3e1e7abc3d44"
    )
    assert volume_hash(Volume(name="itint_v1")) == (
        "1d21f6affdaff40027d4c07ed0a621768a75b5c188902e2f07a3e92672cd2874"
    )
    assert volume_hash(Volume(name="v", driver="local")) == volume_hash(Volume(name="v"))


def test_json_is_escaped_as_go_does():
    assert go_json({"b": ["<&>", "\u2028\u2029", "é\n\x01", "\ud800"], "a": None}) == (
        '{"b":["\\u003c\\u0026\\u003e","\\u2028\\u2029","é\\n\\u0001","\ufffd"],"a":null}'
    )
    assert go_json({"a": []}, indent=2) == '{\n  "a": []\n}'


@pytest.mark.parametrize("indent", [None, 2])
def test_floats_are_written_as_go_does_and_strings_that_look_like_one_stay(indent):
    floats = [1.0, 0.5, -0.0, 100.0, 1234567.0, 0.00005, 1e-7, 1.5e-9, 1e20, 1e22, 2]
    text = "[1,0.5,-0,100,1234567,0.00005,1e-7,1.5e-9,100000000000000000000,1e+22,2]"
    assert "".join(go_json(floats, indent=indent).split()) == text
    assert go_json({"a: 1.0": 'b" 1.0, c', "d": 2.0}) == r'{"a: 1.0":"b\" 1.0, c","d":2}'
    assert go_json(2.0) == "2"


RICH = WEB._replace(
    environment={"A": "1", "B": "1"},
    ports=(Port(target=80), Port(target=81)),
    volumes=(Mount(type="volume", target="/data"),),
    secrets=(Grant(source="s", target="/run/secrets/s"),),
    configs=(Grant(source="c"),),
    command=("a", "b"),
)


def test_digests_are_by_path():
    assert sorted(field_digests(RICH)) == [
        *("command", "configs[c]", "environment.A", "environment.B", "image", "networks.default"),
        *("ports[0]", "ports[1]", "secrets[/run/secrets/s]", "volumes[/data]"),
    ]


def test_equal_values_have_different_digests():
    digests = field_digests(RICH)
    assert digests["environment.A"] != digests["environment.B"]
    assert all(len(digest) == 8 for digest in digests.values())


def test_changed_fields_names_what_was_added_removed_and_changed():
    changed = RICH._replace(
        environment={"A": "2", "C": "1"},
        ports=RICH.ports[:1],
        image="redis",
        volumes=(),
    )
    assert changed_fields(field_digests(RICH), changed) == (
        *("environment.A", "environment.B", "environment.C", "image"),
        *("ports[1]", "volumes[/data]"),
    )


def test_an_empty_mapping_is_a_field_itself():
    assert "logging" in field_digests(WEB._replace(logging=Logging()))
