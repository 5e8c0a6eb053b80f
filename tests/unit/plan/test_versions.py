"""What old engines would pass over without a word."""

from __future__ import annotations

import pytest
from projects import project, service

from pycompose.model.devices import Device
from pycompose.model.mounts import BindOptions, ImageOptions, Mount, VolumeOptions
from pycompose.model.resources import Network
from pycompose.model.service import Attachment, Healthcheck
from pycompose.plan.versions import missing
from pycompose.snapshot import Capabilities

OLD, NEW = Capabilities(api=(1, 41)), Capabilities(api=(1, 49))
ENDPOINT = "com.docker.network.endpoint"
MAC = "02:42:ac:11:00:02"


@pytest.mark.parametrize(
    ("fields", "path", "api"),
    [
        ({"healthcheck": Healthcheck(start_interval=1)}, "healthcheck.start_interval", "1.44"),
        (
            {"networks": {"a": None, "b": Attachment(mac_address=MAC)}},
            "networks.b.mac_address",
            "1.44",
        ),
        (
            {"networks": {"a": Attachment(interface_name="eth7")}},
            "networks.a.interface_name",
            "1.49",
        ),
        (
            {"volumes": (Mount(type="image", source="x", target="/x", image=ImageOptions()),)},
            "volumes[0]",
            "1.48",
        ),
        (
            {"volumes": (Mount(type="volume", target="/x", volume=VolumeOptions(subpath="a")),)},
            "volumes[0].volume.subpath",
            "1.45",
        ),
        ({"annotations": {"a": "b"}}, "annotations", "1.43"),
        (
            {"devices": (Device(source="a.b/c=d", target="a.b/c=d"),)},
            "devices[0]",
            "1.44",
        ),
        ({"networks": {"a": Attachment(gw_priority=1)}}, "networks.a.gw_priority", "1.48"),
        (
            {"networks": {"a": Attachment(driver_opts={f"{ENDPOINT}.sysctls": "x"})}},
            f"networks.a.driver_opts.{ENDPOINT}.sysctls",
            "1.46",
        ),
        (
            {"volumes": (Mount(type="cluster", source="x", target="/x"),)},
            "volumes[0]",
            "1.42",
        ),
        (
            {"volumes": (Mount(type="bind", target="/x", bind=BindOptions(recursive="writable")),)},
            "volumes[0].bind.recursive",
            "1.44",
        ),
    ],
)
def test_what_an_old_engine_would_pass_over_is_refused_with_the_version_it_needs(
    fields, path, api
) -> None:
    message = f"needs an engine with API {api} or newer, this one has 1.41"

    wanted = project(service("web", **fields))
    [problem] = missing(wanted, OLD)
    assert (problem.path, problem.message) == (f"services.web.{path}", message)
    assert missing(wanted, NEW) == []


def test_a_network_without_its_usual_addresses_needs_a_new_engine() -> None:
    def wanted(*, ipv4: bool | None):
        network = Network(name="demo_default", enable_ipv4=ipv4)
        return project(service("web"), networks={"default": network})

    [problem] = missing(wanted(ipv4=False), OLD)
    assert problem.path == "networks.default.enable_ipv4"
    assert missing(wanted(ipv4=True), OLD) == missing(wanted(ipv4=False), NEW) == []
