"""What stands in the way of a plan."""

from __future__ import annotations

from typing import Any

from projects import network, project, service, snapshot, state

from pycompose import labels
from pycompose.model.build import Build
from pycompose.model.mounts import BindOptions, Mount
from pycompose.model.project import Project
from pycompose.model.resources import IpamPool, Network
from pycompose.model.service import Port
from pycompose.plan.preflight import Facts, Questions, problems, questions
from pycompose.plan.up import Options, up
from pycompose.snapshot import Capabilities, NetworkState, Snapshot

WEB = service("web")


def told(wanted: Project, seen: Snapshot, facts: Facts = Facts(), **how: Any) -> list[str]:  # noqa: B008
    plan = up(wanted, seen, Options())
    return [
        f"{one.path}: {one.message} ({one.hint})"
        for one in problems(wanted, seen, plan, facts, **how)
    ]


def asked(wanted: Project, seen: Snapshot) -> Questions:
    return questions(wanted, seen, up(wanted, seen, Options()))


def bind(source: str, options: BindOptions | None = None) -> Mount:
    return Mount(type="bind", source=source, target="/x", bind=options)


def test_a_plan_that_does_nothing_asks_for_nothing() -> None:
    web = service("web", ports=(Port(target=80, published="8080"),), volumes=(bind("/etc"),))
    assert asked(project(web), snapshot(state(web), networks=(network(),))) == Questions()


def test_a_plan_asks_for_what_it_needs_to_know() -> None:
    ports = (
        Port(target=80, published="8080-8081"),
        Port(target=53, published="53", protocol="udp"),
    )
    made = bind("/made", BindOptions(create_host_path=True))
    web = service("web", ports=ports, volumes=(bind("/etc"), made))
    assert asked(project(web), snapshot()) == Questions(
        containers=True,
        sockets=frozenset({(8080, "tcp"), (8081, "tcp"), (53, "udp")}),
        sources=("/etc",),
    )


def test_a_name_that_a_stranger_holds_is_told_with_its_project() -> None:
    marks = {labels.PROJECT: "shop"}
    holder = state(service("db"), id="f" * 64, name="database", labels=marks)
    named = project(service("web", container_name="database"))
    assert told(named, snapshot(), Facts(containers=(holder,))) == [
        "services.web.container_name: the name 'database' is taken by container 'database'"
        " (service 'db' of project 'shop') (give this one another 'container_name', or remove"
        " that one)"
    ]


def test_a_default_name_may_be_taken_too() -> None:
    holder = state(WEB, id="f" * 64, labels={})
    (found,) = told(project(WEB), snapshot(), Facts(containers=(holder,)))
    assert found.startswith("services.web: the name 'demo-web-1' is taken by container")
    assert "which no project made" in found


def test_the_name_of_a_container_that_is_replaced_is_free() -> None:
    old = state(service("web", environment={"A": "1"}))
    seen = snapshot(old, networks=(network(),))
    assert told(project(WEB), seen, Facts(containers=(old,))) == []


def test_an_image_that_may_not_be_pulled_has_to_be_here() -> None:
    wanted = project(service("web", image="absent", pull_policy="never"))
    (found,) = told(wanted, snapshot())
    assert found.startswith("services.web.pull_policy: image 'absent' is not here")
    assert told(wanted, snapshot(), pull="missing") == []
    (found,) = told(project(service("web", image="absent")), snapshot(), pull="never")
    assert found.startswith("services.web.image: ")


def test_an_image_that_is_only_built_has_to_be_built() -> None:
    wanted = project(service("web", image="", build=Build(context="/src")))
    assert told(wanted, snapshot()) == []
    (found,) = told(wanted, snapshot(), build=False)
    assert found.startswith("services.web.build: image 'demo-web' is not here")


def test_a_source_that_is_not_made_has_to_be_there() -> None:
    made = bind("/c", BindOptions(create_host_path=True))
    wanted = project(service("web", volumes=(bind("/a.yaml"), bind("/b", BindOptions()), made)))
    facts = Facts(absent={"/a.yaml": "/a.yml", "/b": "", "/c": ""})
    assert told(wanted, snapshot(), facts) == [
        "services.web.volumes[0].source: there is no '/a.yaml' to mount (did you mean '/a.yml'?)",
        "services.web.volumes[1].source: there is no '/b' to mount (create it, or write"
        " 'bind: {create_host_path: true}' for a folder)",
    ]


def test_an_old_engine_makes_only_what_the_short_form_mounts() -> None:
    shared = bind("/a", BindOptions(create_host_path=True, propagation="rshared"))
    wanted = project(
        service("web", volumes=(shared, bind("/b", BindOptions(create_host_path=True))))
    )
    facts = Facts(absent={"/a": "", "/b": ""})
    old = snapshot()
    assert asked(wanted, old).sources == ("/a",)
    (found,) = told(wanted, old, facts)
    assert (
        "volumes[0].source: there is no '/a' to mount (create it, this engine makes none" in found
    )
    new = old._replace(capabilities=Capabilities(api=(1, 42)))
    assert asked(wanted, new).sources == ()
    assert told(wanted, new, facts) == []


def test_a_subnet_that_another_network_has_is_told_with_it() -> None:
    pools = (IpamPool(subnet="fd00::/64"), IpamPool(subnet="10.9.1.0/24"))
    wanted = project(WEB, networks={"default": Network(name="demo_default", ipam_config=pools)})
    marks = {labels.PROJECT: "shop"}
    other = NetworkState(id="n", name="shop_default", subnets=("10.9.0.0/16",), labels=marks)
    (found,) = told(wanted, snapshot(networks=(other,)))
    assert found.startswith(
        "networks.default.ipam.config[1].subnet: subnet 10.9.1.0/24 overlaps with that of"
        " network 'shop_default' of project 'shop'"
    )
    assert told(wanted, snapshot(networks=(other._replace(subnets=("10.8.0.0/16",)),))) == []


def test_a_network_that_goes_may_have_no_stranger_on_it() -> None:
    marks = {labels.PROJECT: "demo", labels.NETWORK: "default", labels.CONFIG_HASH: "other"}
    seen = snapshot(state(WEB), networks=(network(labels=marks),))
    stranger = state(
        service("job"), id="f" * 64, name="theirs", state="exited", labels={labels.PROJECT: "shop"}
    )
    wanted = project(WEB)

    assert asked(wanted, seen).containers
    assert told(wanted, seen, Facts(containers=(*seen.containers, stranger))) == [
        "networks.default: network 'demo_default' has to be removed (networks.default changed), but"
        " container 'theirs' (service 'job' of project 'shop') is on it"
        " ('docker network disconnect demo_default theirs' takes it off)"
    ]
    assert told(wanted, seen, Facts(containers=seen.containers)) == []
