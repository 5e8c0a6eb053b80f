"""What old engines would pass over without a word."""

from __future__ import annotations

import pytest
from projects import project, service

from pycompose.model.mounts import ImageOptions, Mount, VolumeOptions
from pycompose.model.service import Attachment, Healthcheck
from pycompose.plan.versions import missing
from pycompose.snapshot import Capabilities

OLD, NEW = Capabilities(api=(1, 41)), Capabilities(api=(1, 49))
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
