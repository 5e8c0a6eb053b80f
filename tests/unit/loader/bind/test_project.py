"""Nodes to the model."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError
from pycompose.loader.bind.project import bind
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy
from pycompose.model.limits import Ulimit
from pycompose.model.mounts import BindOptions, Grant, Mount, TmpfsOptions, VolumeOptions
from pycompose.model.resources import FileObject, IpamPool, Network, Volume
from pycompose.model.service import (
    Attachment,
    Dependency,
    Healthcheck,
    Logging,
    Port,
    Service,
)


def bound(text):
    [document] = parse(Source("/x.yaml", "x.yaml", text))
    return bind(document)


def web(body):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return bound(f"services:\n  web:\n{lines}").services["web"]


def test_every_attribute_of_a_service_is_bound():
    service = web("""
profiles: [a]
annotations: {a: b}
attach: false
build:
  context: /c
  dockerfile: D
  args: {A: "1", B: }
  labels: {l: x}
  cache_from: [a]
  no_cache: true
  pull: true
  network: host
  target: t
  tags: [x]
  extra_hosts: ["h=1", "h=2"]
  shm_size: 64m
  x-b: {c: 1}
command: []
configs: [{source: c, target: /x, uid: "1", gid: "2", mode: "0440"}]
depends_on: {db: {condition: service_healthy, restart: true, required: false}}
deploy: {replicas: 2}
environment: {A: "1", B: , C: 1.10}
extra_hosts: {a: ["1", "2"], b: "3"}
healthcheck:
  {test: [NONE], timeout: 3s, interval: 1m30s, retries: 3, start_period: 0s, disable: true}
image: img
init: false
logging: {driver: json-file, options: {a: "1"}}
networks: {a: , b: {aliases: [x], priority: 10, driver_opts: {o: "1"}}, c: {gw_priority: 1}}
pids_limit: 10
ports: [{target: 80, published: "8000", mode: host, host_ip: 1.1.1.1, protocol: udp, name: n}]
scale: 2
secrets: [{source: s, mode: 288}]
shm_size: 1024
stop_grace_period: 1m
ulimits: {a: 5, b: {soft: 1, hard: 2}}
volumes:
  - {type: volume, source: v, target: /a, volume: {nocopy: true, labels: {a: b}, subpath: s}}
  - {type: bind, source: /s, target: /b, read_only: true, bind: {create_host_path: true}}
  - {type: tmpfs, target: /t, tmpfs: {size: "10", mode: 493}}
x-note: [1, {a: 2}]
unknown: 1
""")
    assert service == Service(
        name="web",
        profiles=("a",),
        annotations={"a": "b"},
        attach=False,
        build=Build(
            context="/c",
            dockerfile="D",
            args={"A": "1", "B": None},
            labels={"l": "x"},
            cache_from=("a",),
            no_cache=True,
            pull=True,
            network="host",
            target="t",
            tags=("x",),
            extra_hosts={"h": ("1", "2")},
            shm_size=64 * 1024**2,
            extensions={"x-b": {"c": 1}},
        ),
        command=(),
        configs=(Grant(source="c", target="/x", uid="1", gid="2", mode=0o440),),
        depends_on={"db": Dependency(condition="service_healthy", restart=True, required=False)},
        deploy=Deploy(replicas=2),
        environment={"A": "1", "B": None, "C": "1.10"},
        extra_hosts={"a": ("1", "2"), "b": ("3",)},
        healthcheck=Healthcheck(
            test=("NONE",),
            timeout=3 * 10**9,
            interval=90 * 10**9,
            retries=3,
            start_period=0,
            disable=True,
        ),
        image="img",
        init=False,
        logging=Logging(driver="json-file", options={"a": "1"}),
        networks={
            "b": Attachment(aliases=("x",), priority=10, driver_opts={"o": "1"}),
            "a": None,
            "c": Attachment(gw_priority=1),
        },
        pids_limit=10,
        ports=(
            Port(
                target=80, published="8000", mode="host", host_ip="1.1.1.1", protocol="udp",
                name="n",
            ),
        ),
        scale=2,
        secrets=(Grant(source="s", mode=0o440),),
        shm_size=1024,
        stop_grace_period=60 * 10**9,
        ulimits={"a": Ulimit(single=5), "b": Ulimit(soft=1, hard=2)},
        volumes=(
            Mount(
                type="volume",
                source="v",
                target="/a",
                volume=VolumeOptions(nocopy=True, labels={"a": "b"}, subpath="s"),
            ),
            Mount(
                type="bind",
                source="/s",
                target="/b",
                read_only=True,
                bind=BindOptions(create_host_path=True),
            ),
            Mount(type="tmpfs", target="/t", tmpfs=TmpfsOptions(size=10, mode=0o755)),
        ),
        extensions={"x-note": [1, {"a": 2}]},
    )  # fmt: skip
    assert list(service.networks) == ["b", "a", "c"]


def test_null_is_not_given():
    assert web("command:\nimage: a\nhealthcheck: {test: , retries: }\ndeploy: {replicas: }") == (
        Service(name="web", image="a", healthcheck=Healthcheck(), deploy=Deploy())
    )


def test_a_service_that_says_nothing_is_bound():
    assert bound("services: {web: }").services == {"web": Service(name="web")}


def test_what_services_share_is_bound():
    project = bound("""
name: demo
networks:
  n:
    name: demo_n
    driver: bridge
    driver_opts: {o: 1}
    ipam: {driver: d, options: {a: b}, config: [{subnet: s, aux_addresses: {h: i}}]}
    external: true
    internal: true
    attachable: true
    labels: {a: b}
    enable_ipv4: false
    enable_ipv6: true
    x-n: 1
  m: {name: demo_m, ipam: }
volumes: {v: {name: x, driver: d, driver_opts: {a: b}, external: {name: x}, labels: {c: d}}}
secrets: {s: {name: y, environment: E}}
configs: {c: {name: z, content: text}}
x-top: 1
""")
    assert project.name == "demo"
    assert project.networks == {
        "m": Network(name="demo_m"),
        "n": Network(
            name="demo_n",
            driver="bridge",
            driver_opts={"o": "1"},
            ipam_driver="d",
            ipam_options={"a": "b"},
            ipam_config=(IpamPool(subnet="s", aux_addresses={"h": "i"}),),
            external=True,
            internal=True,
            attachable=True,
            labels={"a": "b"},
            enable_ipv4=False,
            enable_ipv6=True,
            extensions={"x-n": 1},
        ),
    }
    assert project.volumes == {
        "v": Volume(name="x", driver="d", driver_opts={"a": "b"}, external=True, labels={"c": "d"})
    }
    assert project.secrets == {"s": FileObject(name="y", environment="E")}
    assert project.configs == {"c": FileObject(name="z", content="text")}
    assert project.extensions == {"x-top": 1}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("stop_grace_period: soon", "services.web.stop_grace_period: 'soon' is no duration"),
        ("shm_size: big", "services.web.shm_size: 'big' is no size"),
        ("scale: many", "services.web.scale: expected a whole number, not 'many'"),
        ("tty: maybe", "services.web.tty: expected true or false"),
        ("image: []", "services.web.image: expected a string"),
        ("command: ls", "services.web.command: expected a list"),
        ("logging: x", "services.web.logging: expected a mapping"),
        ("labels: []", "services.web.labels: expected a mapping"),
        ("secrets: [{source: s, mode: 9z}]", "services.web.secrets: expected octal digits"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_at_its_place(body, expected):
    with pytest.raises(ComposeFileError) as caught:
        web(body)
    [problem] = caught.value.problems
    assert problem.at.line == 3
    assert f"{problem.path}: {problem.message}".startswith(expected)


def test_all_wrong_values_are_told():
    with pytest.raises(ComposeFileError) as caught:
        bound("services: {a: {tty: x}, b: {tty: x}}\nnetworks: {n: {internal: x}}")
    assert len(caught.value.problems) == 3


def test_places_are_those_of_the_nodes():
    project = bound("services:\n  web:\n    ports:\n    - target: 80\n    image: a\n")
    find = project.places.find
    assert str(find("services", "web", "ports", 0, "target")) == "x.yaml:4:15"
    assert str(find("services", "web", "image", "deeper")) == "x.yaml:5:12"
    assert str(find("services", "web", "ports", 7)) == "x.yaml:4:5"
    assert find("networks", "default") is None
