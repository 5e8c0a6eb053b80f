"""The canonical document of a project."""

from __future__ import annotations

from pycompose.convert.document import (
    network_document,
    project_document,
    service_document,
    volume_document,
    yaml_document,
)
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy
from pycompose.model.limits import Ulimit
from pycompose.model.mounts import BindOptions, Grant, Mount, TmpfsOptions, VolumeOptions
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, IpamPool, Network, Volume
from pycompose.model.service import Attachment, Dependency, Healthcheck, Port, Service


def written(**attributes):
    document = service_document(Service(name="web", **attributes))
    return {key: value for key, value in document.items() if value is not None}


def test_command_and_entrypoint_are_always_there():
    assert service_document(Service(name="web")) == {"command": None, "entrypoint": None}


def test_an_empty_command_is_not_the_image_s_command():
    assert written(command=(), entrypoint=()) == {"command": [], "entrypoint": []}


def test_keys_stand_in_docker_compose_s_order():
    service = Service(name="web", image="a", build=Build(context="/"), tty=True, cap_add=("x",))
    assert list(service_document(service)) == [
        *("build", "cap_add", "command", "entrypoint", "image", "tty"),
    ]


def test_mappings_are_sorted():
    assert list(written(environment={"B": "1", "A": None})["environment"]) == ["A", "B"]


def test_false_counts_where_it_differs_from_not_given():
    assert written(init=False, attach=False, scale=0, privileged=False) == {
        "attach": False,
        "init": False,
        "scale": 0,
    }


def test_units_are_written_as_docker_compose_does():
    assert written(shm_size=1024, stop_grace_period=90 * 10**9) == {
        "shm_size": "1024",
        "stop_grace_period": "1m30s",
    }


def test_a_healthcheck_writes_what_it_says():
    check = Healthcheck(test=("NONE",), interval=0, retries=0, disable=True)
    assert written(healthcheck=check)["healthcheck"] == {
        "test": ["NONE"],
        "interval": "0s",
        "retries": 0,
        "disable": True,
    }


def test_mounts_keep_empty_sections():
    mounts = (
        Mount(type="volume", target="/a", volume=VolumeOptions()),
        Mount(type="bind", source="/s", target="/b", bind=BindOptions(create_host_path=True)),
        Mount(type="bind", source="/s", target="/c", bind=BindOptions(create_host_path=False)),
        Mount(type="tmpfs", target="/t", tmpfs=TmpfsOptions(size=1, mode=0o755)),
    )
    assert written(volumes=mounts)["volumes"] == [
        {"type": "volume", "target": "/a", "volume": {}},
        {"type": "bind", "source": "/s", "target": "/b", "bind": {"create_host_path": True}},
        {"type": "bind", "source": "/s", "target": "/c", "bind": {}},
        {"type": "tmpfs", "target": "/t", "tmpfs": {"size": "1", "mode": 493}},
    ]


def test_small_sections():
    document = written(
        configs=(Grant(source="c", mode=0o440),),
        depends_on={"db": Dependency(restart=True)},
        extra_hosts={"h": ("2", "1"), "a": ("3",)},
        networks={"b": None, "a": Attachment(priority=1, aliases=("x",))},
        ports=(Port(target=80, published="8000"),),
        ulimits={"one": Ulimit(single=5), "two": Ulimit(soft=0, hard=2)},
    )
    assert document == {
        "configs": [{"source": "c", "mode": "0440"}],
        "depends_on": {"db": {"condition": "service_started", "restart": True, "required": True}},
        "extra_hosts": ["a=3", "h=1", "h=2"],
        "networks": {"a": {"aliases": ["x"], "priority": 1}, "b": None},
        "ports": [{"mode": "ingress", "target": 80, "published": "8000", "protocol": "tcp"}],
        "ulimits": {"one": 5, "two": {"hard": 2}},
    }


def test_the_sections_of_deploy_and_ipam_are_shown_empty_in_json_alone():
    project = Project(
        name="demo",
        services={
            "web": Service(
                name="web",
                deploy=Deploy(replicas=2),
                ulimits={"two": Ulimit(hard=2)},
                build=Build(context="/c", extensions={"x-b": 1}),
                extensions={"x-s": {"b": 1, "a": [{"d": 1, "c": 2}]}},
            )
        },
        networks={"default": Network(name="demo_default", extensions={"x-n": 1})},
        extensions={"x-p": 1},
    )
    assert project_document(project) == {
        "name": "demo",
        "networks": {"default": {"name": "demo_default", "ipam": {}}},
        "services": {
            "web": {
                "build": {"context": "/c"},
                "command": None,
                "deploy": {"replicas": 2, "resources": {}, "placement": {}},
                "entrypoint": None,
                "ulimits": {"two": {"hard": 2}},
            }
        },
        "x-p": 1,
    }
    document = yaml_document(project)
    assert document == {
        "name": "demo",
        "services": {
            "web": {
                "build": {"context": "/c", "x-b": 1},
                "deploy": {"replicas": 2},
                "ulimits": {"two": {"soft": 0, "hard": 2}},
                "x-s": {"a": [{"c": 2, "d": 1}], "b": 1},
            }
        },
        "networks": {"default": {"name": "demo_default", "x-n": 1}},
        "x-p": 1,
    }
    assert list(document) == ["name", "services", "networks", "x-p"]


def test_a_network_in_full():
    network = Network(
        name="n",
        driver="bridge",
        driver_opts={"o": "1"},
        ipam_driver="default",
        ipam_options={"b": "2"},
        ipam_config=(IpamPool(subnet="10.0.0.0/8", aux_addresses={"a": "10.0.0.2"}),),
        external=True,
        internal=True,
        attachable=True,
        labels={"l": ""},
        enable_ipv4=False,
        enable_ipv6=True,
    )
    assert network_document(network) == {
        "name": "n",
        "driver": "bridge",
        "driver_opts": {"o": "1"},
        "ipam": {
            "driver": "default",
            "config": [{"subnet": "10.0.0.0/8", "aux_addresses": {"a": "10.0.0.2"}}],
            "options": {"b": "2"},
        },
        "external": True,
        "internal": True,
        "attachable": True,
        "labels": {"l": ""},
        "enable_ipv4": False,
        "enable_ipv6": True,
    }


def test_volumes_and_files():
    project = Project(
        name="demo",
        volumes={"v": Volume(name="v", external=True)},
        secrets={"s": FileObject(name="demo_s", environment="TOKEN")},
        configs={"c": FileObject(name="demo_c", content="a", labels={"b": "1"})},
    )
    assert volume_document(project.volumes["v"]) == {"name": "v", "external": True}
    assert project_document(project) == {
        "configs": {"c": {"name": "demo_c", "content": "a", "labels": {"b": "1"}}},
        "name": "demo",
        "secrets": {"s": {"name": "demo_s", "environment": "TOKEN"}},
        "services": {},
        "volumes": {"v": {"name": "v", "external": True}},
    }
    assert list(project_document(project)) == sorted(project_document(project))


def test_a_single_limit_is_a_number_in_both_forms():
    service = Service(name="web", ulimits={"one": Ulimit(single=5)})
    document = yaml_document(Project(name="demo", services={"web": service}))
    assert document["services"]["web"] == {"ulimits": {"one": 5}}
