"""How a service says that its containers are replaced, and what is wrong with that."""

from __future__ import annotations

import pytest
from projects import project, service, state

from pycompose.errors import Position
from pycompose.model.deploy import Deploy, UpdateConfig
from pycompose.model.service import Attachment, Port
from pycompose.plan.updates import Update, impossible, rolls, update, wrong
from pycompose.snapshot import PortState


class Written:
    """Every value stands on the line that its path is long."""

    def find(self, *path: str | int) -> Position:
        return Position("compose.yaml", len(path), 1)


def said(mine: object = None, **config: object):
    extensions = {} if mine is None else {"x-rolling": mine}
    deploy = Deploy(update_config=UpdateConfig(**config)) if config else None
    return service("web", extensions=extensions, deploy=deploy)


def problems(web, *, old=(), private: bool = False) -> list[str]:
    wanted = project(web, places=Written())
    found = [*wrong(wanted, web)]
    found += impossible(wanted, web, update(web), old, private=private) if old else []
    return [f"{one.at.line}: {one.path}: {one.message}" for one in found]


@pytest.mark.parametrize(
    ("mine", "asked", "expected"),
    [
        (None, None, False),
        (None, True, True),
        (True, None, True),
        ({}, None, True),
        ({"drain": ["x"]}, None, True),
        (True, False, False),
        (False, None, False),
        (False, True, False),
    ],
)
def test_the_user_and_the_service_have_a_say(mine, asked, expected: bool) -> None:
    assert bool(rolls(said(mine), asked)) is expected


def test_what_is_not_given_is_as_the_specification_has_it() -> None:
    assert update(service("web")) == Update(
        start_first=False, parallelism=1, delay=0, monitor=0, action="pause", idle=True
    )


def test_what_is_given_is_taken() -> None:
    web = said(
        {"drain": ["leave", "now"]},
        order="start-first",
        parallelism=0,
        delay=5,
        monitor=7,
        failure_action="rollback",
        max_failure_ratio=0.25,
    )
    assert update(web) == Update(
        start_first=True,
        parallelism=0,
        delay=5,
        monitor=7,
        action="rollback",
        max_failure_ratio=0.25,
        drain=("leave", "now"),
        idle=False,
    )


def test_a_drain_that_is_a_string_is_for_the_shell() -> None:
    assert update(said({"drain": "a && b"})).drain == ("/bin/sh", "-c", "a && b")


@pytest.mark.parametrize(
    ("action", "ratio", "of", "expected"),
    [
        ("pause", 0.0, 4, 0),
        ("pause", 0.3, 10, 3),
        ("rollback", 0.25, 4, 1),
        ("rollback", 0.24, 4, 0),
        ("continue", 0.0, 4, 4),
    ],
)
def test_some_failures_are_tolerated(action, ratio: float, of: int, expected: int) -> None:
    assert Update(action=action, max_failure_ratio=ratio).tolerated(of) == expected


@pytest.mark.parametrize(
    ("web", "expected"),
    [
        (
            said("yes"),
            "3: services.web.x-rolling: expected true, false or a mapping with 'drain'",
        ),
        (
            said({"order": "start-first"}),
            "4: services.web.x-rolling.order: unknown attribute, expected 'drain'",
        ),
        (
            said({"drain": [1]}),
            "4: services.web.x-rolling.drain: expected a command: a list of strings, or a string"
            " for the shell",
        ),
        (
            said(failure_action="stop"),
            "5: services.web.deploy.update_config.failure_action: expected one of continue, pause,"
            " rollback, not 'stop'",
        ),
        (
            said(max_failure_ratio=1.5),
            "5: services.web.deploy.update_config.max_failure_ratio: expected a number from 0 to 1,"
            " not 1.5",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(web, expected: str) -> None:
    assert problems(web) == [expected]


HELD = (PortState(80, 8080, "0.0.0.0", "tcp"),)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"ports": (Port(80, "8080"),)},
            "4: services.web.ports[0]: port 8080/tcp of the host cannot be held by old and new"
            " containers at once",
        ),
        (
            {"network_mode": "host", "networks": {}},
            "3: services.web.network_mode: an old and a new container would be after the same ports"
            " at once",
        ),
        (
            {"networks": {"default": Attachment(ipv4_address="10.0.0.2")}},
            "5: services.web.networks.default.ipv4_address: two containers at once cannot have one"
            " address",
        ),
        (
            {"mac_address": "02:00:00:00:00:01"},
            "3: services.web.mac_address: two containers at once cannot have one address",
        ),
    ],
)
def test_what_forbids_two_at_once_is_told_with_its_place(fields, expected: str) -> None:
    web = service("web", **fields)
    assert problems(web, old=(state(web, ports=HELD),)) == [expected]


def test_two_at_once_do_not_share_what_nobody_named() -> None:
    web = service("web")
    (told,) = problems(web, old=(state(web),), private=True)
    assert told.startswith("2: services.web: an old and a new container would write to one anonym")


@pytest.mark.parametrize(
    ("fields", "old"),
    [
        ({"ports": (Port(80),)}, HELD),
        ({"ports": (Port(80, "8080-8081"),)}, HELD),
        ({"ports": (Port(80, "9090"),)}, HELD),
        ({"ports": (Port(80, "8080", protocol="udp"),)}, HELD),
        ({"container_name": "shop"}, ()),
        ({"network_mode": "bridge", "networks": {}}, ()),
        ({"networks": {"default": Attachment(aliases=("shop",))}}, ()),
    ],
)
def test_what_two_can_have_is_not_refused(fields, old) -> None:
    web = service("web", **fields)
    assert problems(web, old=(state(web, ports=old),)) == []


def test_a_range_needs_a_port_for_each_that_is_new_at_once() -> None:
    web = said(parallelism=2, order="start-first")._replace(ports=(Port(80, "8080-8082"),))
    old = [
        state(web, number, ports=(PortState(80, 8079 + number, "0.0.0.0", "tcp"),))
        for number in (1, 2)
    ]
    assert len(problems(web, old=old)) == 1
    assert problems(web._replace(ports=(Port(80, "8080-8083"),)), old=old) == []
