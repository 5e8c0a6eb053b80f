"""Which ports of the host a plan cannot have, and who holds them."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from projects import network, project, service, snapshot, state

from pycompose import labels
from pycompose.model.project import Project
from pycompose.model.service import Port
from pycompose.plan.ops import Start, Stop
from pycompose.plan.plan import Plan
from pycompose.plan.ports import Listener, _before, conflicts, wants
from pycompose.plan.up import Options, up
from pycompose.snapshot import ContainerState, PortState, Snapshot

SHOP = {labels.PROJECT: "shop"}


def port(published: str, target: int = 80, **fields: Any) -> Port:
    return Port(target=target, published=published, **fields)


def holding(one: ContainerState, number: int, ip: str = "0.0.0.0") -> ContainerState:
    held = PortState(private=80, public=number, host_ip=ip, protocol="tcp")
    return one._replace(ports=(held,))


def stranger(number: int, ip: str = "0.0.0.0", **fields: Any) -> ContainerState:
    values = {"id": "f" * 64, "name": "shop-front-1", "labels": SHOP, **fields}
    return holding(state(service("front"), **values), number, ip)


def told(
    wanted: Project,
    *there: ContainerState,
    seen: Snapshot | None = None,
    listeners: tuple[Listener, ...] = (),
    **options: Any,
) -> list[str]:
    plan = plan_of(wanted, seen or snapshot(networks=(network(),)), **options)
    found = conflicts(wanted, plan, wants(wanted, plan), there, listeners)
    return [f"{one.path}: {one.message}" for one in found]


def plan_of(wanted: Project, seen: Snapshot, **options: Any) -> Plan:
    return up(wanted, seen, Options(**options))


WEB = project(service("web", ports=(port("8080"),)))


def test_a_container_of_another_project_is_named_with_its_service() -> None:
    assert told(WEB, stranger(8080)) == [
        "services.web.ports[0]: port 8080/tcp of the host is held by"
        " container 'shop-front-1' (service 'front' of project 'shop')"
    ]


def test_a_container_of_no_project_is_named() -> None:
    (found,) = told(WEB, stranger(8080, labels={}))
    assert found.endswith("is held by container 'shop-front-1'")


def test_a_process_is_named_as_far_as_it_is_known() -> None:
    known = Listener("0.0.0.0", 8080, "tcp", 17, "httpd")
    assert told(WEB, listeners=(known,))[0].endswith("is held by process 17 (httpd)")
    unknown = Listener("::", 8080, "tcp")
    assert told(WEB, listeners=(unknown,))[0].endswith("is held by a process on this host")


def test_the_socket_of_a_port_of_a_container_is_told_of_once_as_the_container() -> None:
    proxy = Listener("0.0.0.0", 8080, "tcp", 17, "docker-proxy")
    (found,) = told(WEB, stranger(8080), listeners=(proxy,))
    assert "shop-front-1" in found


def test_a_sibling_is_named_with_its_place() -> None:
    both = project(service("api", ports=(port("8080"),)), service("web", ports=(port("8080"),)))
    (found,) = told(both)
    assert found.startswith("services.web.ports[0]: ")
    assert "is held by service 'api' (demo:1:1)" in found


def test_containers_of_one_service_cannot_share_a_port() -> None:
    (found,) = told(project(service("web", scale=3, ports=(port("8080"),))))
    assert found.endswith("3 containers of the service cannot share port 8080/tcp of the host")


def test_a_container_that_stays_counts_among_those_that_share() -> None:
    web = service("web", scale=2, ports=(port("8080"),))
    there = holding(state(web), 8080)
    (found,) = told(project(web), there, seen=snapshot(there, networks=(network(),)))
    assert "2 containers of the service cannot share" in found


@pytest.mark.parametrize(("scale", "problems"), [(2, 0), (3, 1)])
def test_a_range_has_to_have_a_free_port_for_each_container(scale: int, problems: int) -> None:
    wanted = project(service("web", scale=scale, ports=(port("8080-8082"),)))
    found = told(wanted, stranger(8081))
    assert len(found) == problems
    assert all("3 containers need one of the ports 8080-8082/tcp" in one for one in found)
    assert all("2 are free: 8081 is held by container 'shop-front-1'" in one for one in found)


def test_a_range_leaves_out_what_a_single_port_of_the_file_takes() -> None:
    api = service("api", ports=(port("8080-8081"),))
    assert told(project(api, service("web", ports=(port("8080"),)))) == []
    web = service("web", scale=1, ports=(port("8080"), port("8081", 81)))
    (found,) = told(project(api, web))
    assert "0 are free" in found


@pytest.mark.parametrize(
    ("wanted", "held", "taken"),
    [
        ("", "127.0.0.1", True),
        ("127.0.0.1", "0.0.0.0", True),
        ("127.0.0.1", "::", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("[::1]", "::1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("0.0.0.0", "::1", False),
        ("127.0.0.1", "::1", False),
    ],
)
def test_addresses_exclude_each_other(wanted: str, held: str, taken: bool) -> None:
    web = project(service("web", ports=(port("8080", host_ip=wanted),)))
    assert bool(told(web, stranger(8080, held))) is taken
    assert bool(told(web, listeners=(Listener(held, 8080, "tcp"),))) is taken


def test_another_protocol_is_another_port() -> None:
    assert told(WEB, listeners=(Listener("0.0.0.0", 8080, "udp"),)) == []


@pytest.mark.parametrize("published", ["", "0"])
def test_a_port_that_the_engine_picks_is_free(published: str) -> None:
    assert told(project(service("web", scale=2, ports=(port(published),)))) == []


@pytest.mark.parametrize("mode", ["host", "none", "container:other"])
def test_ports_that_are_not_published_are_not_looked_at(mode: str) -> None:
    web = service("web", networks={}, network_mode=mode, ports=(port("8080"),))
    plan = plan_of(project(service("web", ports=(port("8080"),))), snapshot())
    assert wants(project(web), plan) == []


def test_what_the_plan_stops_holds_nothing() -> None:
    old = holding(state(service("web", environment={"A": "1"}, ports=(port("8080"),))), 8080)
    gone = holding(state(service("gone")), 8081)
    wanted = project(service("web", ports=(port("8080"), port("8081", 81))))
    seen = snapshot(old, gone, networks=(network(),))
    assert told(wanted, old, gone, seen=seen, remove_orphans=True) == []
    (found,) = told(wanted, old, gone, seen=seen)
    assert "port 8081/tcp of the host is held by container 'demo-gone-1'" in found


def test_a_start_comes_after_the_stop_that_frees_its_port() -> None:
    gone = holding(state(service("gone")), 8080)
    plan = plan_of(WEB, snapshot(gone, networks=(network(),)), remove_orphans=True)
    (stop,) = (step.id for step in plan.steps if isinstance(step, Stop))
    (start,) = (step for step in plan.steps if isinstance(step, Start))
    assert stop in start.after
    other = holding(state(service("gone")), 8081)
    plan = plan_of(WEB, snapshot(other, networks=(network(),)), remove_orphans=True)
    (start,) = (step for step in plan.steps if isinstance(step, Start))
    assert len(start.after) == 1


def test_services_can_swap_their_ports() -> None:
    old = {"a": "8080", "b": "8081"}
    there = [
        holding(state(service(name, ports=(port(number),))), int(number))
        for name, number in old.items()
    ]
    wanted = project(service("a", ports=(port("8081"),)), service("b", ports=(port("8080"),)))
    plan = plan_of(wanted, snapshot(*there, networks=(network(),)))
    assert str(plan) == dedent("""\
        [] -> #1 CreateContainer container demo-a-1: its configuration changed
        [1] -> #2 Stop container demo-a-1: replaced by #1
        [2] -> #3 RemoveContainer container demo-a-1: replaced by #1
        [3] -> #4 Rename container demo-a-1: takes the place of 613100000000
        [] -> #5 CreateContainer container demo-b-1: its configuration changed
        [5] -> #6 Stop container demo-b-1: replaced by #5
        [4,6] -> #7 Start container demo-a-1: recreated
        [6] -> #8 RemoveContainer container demo-b-1: replaced by #5
        [8] -> #9 Rename container demo-b-1: takes the place of 623100000000
        [2,9] -> #10 Start container demo-b-1: recreated""")


def test_a_stop_that_waits_for_the_start_frees_nothing_for_it() -> None:
    needs = {1: set(), 2: {1}, 3: {2}}
    assert _before(3, needs) == {1, 2}
    assert _before(1, needs) == set()


def test_a_container_that_stopped_holds_nothing() -> None:
    assert told(WEB, stranger(8080, state="exited")) == []


def test_containers_that_are_not_started_take_no_port() -> None:
    assert told(WEB, stranger(8080), start=False) == []
