"""Values that can be read, and that no engine takes."""

from __future__ import annotations

import pytest
from projects import service

from pycompose.convert.unfit import unfit
from pycompose.model.deploy import Deploy, RestartPolicy
from pycompose.model.service import Port

SOUND = {
    "ports": (
        Port(target=1),
        Port(target=65535, published="0", protocol="UDP"),
        Port(target=80, published="8000-8005", protocol=""),
    ),
    "expose": ("80", "80/udp", "8000-8005", "9/SCTP"),
    "deploy": Deploy(restart_policy=RestartPolicy(condition="any")),
}


def test_sound_values_are_passed_over() -> None:
    assert list(unfit(service("web", **SOUND))) == []


@pytest.mark.parametrize("policy", ["", "no", "always", "unless-stopped", "on-failure:3"])
def test_restart_policies_of_engines_are_passed_over(policy: str) -> None:
    assert list(unfit(service("web", restart=policy))) == []


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        (
            {"restart": "sometimes"},
            "restart",
            "unknown restart policy 'sometimes', expected 'no', ",
        ),
        ({"restart": "on-failure:x"}, "restart", "unknown restart policy 'on-failure:x'"),
        ({"restart": "always:1"}, "restart", "unknown restart policy 'always:1'"),
        (
            {"deploy": Deploy(restart_policy=RestartPolicy(condition="often"))},
            "deploy restart_policy condition",
            "unknown condition 'often', expected 'none', 'on-failure' or 'any'",
        ),
        ({"ports": (Port(target=70000),)}, "ports 0 target", "container port 70000 is out of"),
        ({"ports": (Port(target=8, published="-1"),)}, "ports 0 published", "host port '-1' is no"),
        (
            {"ports": (Port(target=8, published="9-8"),)},
            "ports 0 published",
            "host port range '9-8' runs backwards",
        ),
        (
            {"ports": (Port(target=8), Port(target=8, published="99999"))},
            "ports 1 published",
            "host port '99999' is out of range, expected 1 to 65535",
        ),
        (
            {"ports": (Port(target=8, protocol="foo"),)},
            "ports 0 protocol",
            "unknown protocol 'foo'",
        ),
        ({"expose": ("http",)}, "expose 0", "'http' is no port or range"),
        ({"expose": ("1", "")}, "expose 1", "'' is no port"),
        ({"expose": ("0",)}, "expose 0", "'0' is out of range, expected 1 to 65535"),
        ({"expose": ("8-7",)}, "expose 0", "range '8-7' runs backwards"),
        ({"expose": ("80/foo",)}, "expose 0", "unknown protocol 'foo'"),
    ],
)
def test_what_no_engine_takes_is_told_with_its_path(
    fields: dict[str, object], path: str, message: str
) -> None:
    [found] = unfit(service("web", **fields))
    assert " ".join(map(str, found.path)) == path
    assert found.message.startswith(message)
