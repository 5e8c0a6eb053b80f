"""The bodies that create networks and volumes."""

from __future__ import annotations

from pycompose import __version__, labels
from pycompose.convert.hashing import network_hash, volume_hash
from pycompose.convert.network import network, volume
from pycompose.model.project import Project
from pycompose.model.resources import IpamPool, Network, Volume


def made(**fields):
    wanted = Network(name="demo_default", **fields)
    return network(Project(name="demo", networks={"default": wanted}), "default")


def test_a_network_tells_whose_it_is() -> None:
    assert made(labels={"mine": "yes"}) == {
        "Name": "demo_default",
        "CheckDuplicate": True,
        "Internal": False,
        "Attachable": False,
        "Labels": {
            "mine": "yes",
            labels.NETWORK: "default",
            labels.PROJECT: "demo",
            labels.VERSION: __version__,
            labels.CONFIG_HASH: network_hash(Network(name="demo_default", labels={"mine": "yes"})),
        },
    }


def test_a_network_has_what_the_file_gives() -> None:
    pool = IpamPool(subnet="10.0.0.0/24", aux_addresses={"router": "10.0.0.9"})

    found = made(
        driver="overlay",
        driver_opts={"a": "b"},
        enable_ipv4=False,
        enable_ipv6=True,
        ipam_config=(pool,),
        ipam_options={"c": "d"},
    )

    assert found["Driver"] == "overlay"
    assert found["Options"] == {"a": "b"}
    assert found["EnableIPv4"] is False
    assert found["EnableIPv6"] is True
    assert found["IPAM"] == {
        "Driver": "default",
        "Config": [{"Subnet": "10.0.0.0/24", "AuxiliaryAddresses": {"router": "10.0.0.9"}}],
        "Options": {"c": "d"},
    }


def test_a_volume_tells_whose_it_is() -> None:
    wanted = Volume(name="demo_data", driver="local", driver_opts={"type": "nfs"})

    assert volume(Project(name="demo", volumes={"data": wanted}), "data") == {
        "Name": "demo_data",
        "Driver": "local",
        "DriverOpts": {"type": "nfs"},
        "Labels": {
            labels.VOLUME: "data",
            labels.PROJECT: "demo",
            labels.VERSION: __version__,
            labels.CONFIG_HASH: volume_hash(wanted),
        },
    }


def test_a_volume_without_a_driver_leaves_it_to_the_engine() -> None:
    body = volume(Project(name="demo", volumes={"data": Volume(name="demo_data")}), "data")

    assert set(body) == {"Name", "Labels"}
