"""The body that creates a container."""

from __future__ import annotations

import json

import pytest
from projects import IMAGE, needs, project, service

from pycompose import labels
from pycompose.convert.container import container, restart_policy
from pycompose.convert.hashing import container_hash, field_digests
from pycompose.model.deploy import Deploy, RestartPolicy
from pycompose.model.limits import Ulimit
from pycompose.model.service import Attachment, Healthcheck, Logging, Port
from pycompose.snapshot import Capabilities

OLD = Capabilities(api=(1, 41))
NEW = Capabilities(api=(1, 44), several_endpoints=True)
MAC = "02:42:ac:11:00:02"


def made(capabilities: Capabilities = OLD, *, replaces: bool = False, **fields):
    wanted = service("web", **fields)
    return container(
        project(wanted, working_dir="/src", config_files=("/src/compose.yaml",)),
        wanted,
        2,
        capabilities=capabilities,
        image_id="sha256:1",
        replaces=replaces,
    )


def body(**fields):
    return made(**fields).body


def host(**fields):
    return body(**fields)["HostConfig"]


def test_labels_tell_whose_container_it_is() -> None:
    wanted = service("web", labels={"mine": "yes"}, depends_on={"db": needs(restart=True)})

    marks = body(labels={"mine": "yes"}, depends_on={"db": needs(restart=True)})["Labels"]

    assert marks["mine"] == "yes"
    assert marks[labels.PROJECT] == "demo"
    assert marks[labels.SERVICE] == "web"
    assert marks[labels.NUMBER] == "2"
    assert marks[labels.ONEOFF] == "False"
    assert marks[labels.WORKING_DIR] == "/src"
    assert marks[labels.CONFIG_FILES] == "/src/compose.yaml"
    assert marks[labels.CONFIG_HASH] == container_hash(wanted)
    assert marks[labels.DEPENDS_ON] == "db:service_started:true"
    assert marks[labels.IMAGE] == "sha256:1"
    assert json.loads(marks[labels.FIELDS]) == field_digests(wanted)
    assert labels.ENVIRONMENT_FILE not in marks
    assert labels.REPLACE not in marks


def test_labels_of_the_file_cannot_take_the_place_of_ours() -> None:
    assert body(labels={labels.PROJECT: "other"})["Labels"][labels.PROJECT] == "demo"


def test_a_replacement_is_marked() -> None:
    assert made(replaces=True).body["Labels"][labels.REPLACE] == "web-2"
    named = made(replaces=True, container_name="front")
    assert named.body["Labels"][labels.REPLACE] == "front"


def test_environment_files_are_named() -> None:
    wanted = service("web")
    found = container(
        project(wanted, environment_files=("/a", "/b")),
        wanted,
        1,
        capabilities=OLD,
        image_id="",
    )

    assert found.body["Labels"][labels.ENVIRONMENT_FILE] == "/a,/b"


def test_what_is_not_given_is_not_sent() -> None:
    assert set(body()) == {
        "Image",
        "Env",
        "Labels",
        "AttachStdout",
        "AttachStderr",
        "Tty",
        "OpenStdin",
        "ExposedPorts",
        "HostConfig",
        "NetworkingConfig",
    }
    assert host() == {
        "NetworkMode": "demo_default",
        "RestartPolicy": {"Name": ""},
        "PortBindings": {},
    }


def test_a_variable_without_a_value_is_taken_from_the_image_away() -> None:
    assert body(environment={"A": "1", "B": "", "C": None})["Env"] == ["A=1", "B=", "C"]


def test_empty_commands_differ_from_none() -> None:
    found = body(command=(), entrypoint=())

    assert found["Cmd"] == []
    assert found["Entrypoint"] == []
    assert "Cmd" not in body()


def test_only_one_network_is_asked_for_where_engines_take_only_one() -> None:
    networks = {"a": None, "b": Attachment(aliases=("front",)), "c": Attachment(priority=5)}

    old, new = made(networks=networks), made(NEW, networks=networks)

    assert list(old.body["NetworkingConfig"]["EndpointsConfig"]) == ["demo_c"]
    assert old.body["HostConfig"]["NetworkMode"] == "demo_c"
    assert old.connect == (
        ("demo_a", {"Aliases": ["demo-web-2", "web"]}),
        ("demo_b", {"Aliases": ["demo-web-2", "web", "front"]}),
    )
    assert list(new.body["NetworkingConfig"]["EndpointsConfig"]) == ["demo_c", "demo_a", "demo_b"]
    assert new.connect == ()


def test_an_endpoint_has_what_the_file_gives() -> None:
    attachment = Attachment(
        ipv4_address="10.0.0.2",
        link_local_ips=("169.254.1.1",),
        mac_address=MAC,
        driver_opts={"a": "b"},
        gw_priority=1,
        interface_name="eth7",
    )

    found = made(NEW, networks={"a": attachment}, external_links=("q", "old:db")).body
    endpoint = found["NetworkingConfig"]["EndpointsConfig"]["demo_a"]

    assert endpoint == {
        "Aliases": ["demo-web-2", "web"],
        "IPAMConfig": {"IPv4Address": "10.0.0.2", "LinkLocalIPs": ["169.254.1.1"]},
        "MacAddress": MAC,
        "DriverOpts": {"a": "b", "com.docker.network.endpoint.ifname": "eth7"},
        "GwPriority": 1,
        "Links": ["q:q", "old:db"],
    }
    assert found["HostConfig"]["Links"] == ["q:q", "old:db"]


@pytest.mark.parametrize(
    ("fields", "old", "new"),
    [
        ({"mac_address": MAC}, MAC, {"demo_default": MAC}),
        ({"networks": {"a": Attachment(mac_address=MAC)}}, MAC, {"demo_a": MAC}),
        (
            {"mac_address": MAC, "networks": {"a": None, "b": Attachment(priority=1)}},
            MAC,
            {"demo_b": MAC, "demo_a": None},
        ),
        ({"mac_address": MAC, "networks": {}, "network_mode": "bridge"}, MAC, {}),
    ],
)
def test_an_address_is_of_the_main_network_or_of_the_container_on_old_engines(
    fields, old, new
) -> None:
    before, now = made(OLD, **fields).body, made(NEW, **fields).body

    assert before["MacAddress"] == old
    assert "MacAddress" not in str(before["NetworkingConfig"])
    assert "MacAddress" not in now
    endpoints = now["NetworkingConfig"]["EndpointsConfig"]
    assert {key: each.get("MacAddress") for key, each in endpoints.items()} == new


def test_volumes_of_containers_outside_the_project_keep_their_mode() -> None:
    found = host(volumes_from=("container:legacy", "container:old:ro"))

    assert found["VolumesFrom"] == ["legacy", "old:ro"]


def test_a_disabled_network_is_told_twice() -> None:
    found = body(network_mode="disabled", networks={})

    assert found["NetworkDisabled"] is True
    assert found["HostConfig"]["NetworkMode"] == "disabled"


@pytest.mark.parametrize(
    ("fields", "mode"),
    [
        ({"network_mode": "host", "networks": {}}, "host"),
        ({"networks": {}}, "none"),
        ({}, "demo_default"),
    ],
)
def test_the_network_mode_is_given_or_the_first_network(fields, mode) -> None:
    assert host(**fields)["NetworkMode"] == mode


def test_ports_are_exposed_and_bound() -> None:
    ports = (
        Port(target=80, published="8000", host_ip="127.0.0.1"),
        Port(target=80),
        Port(target=53, protocol="udp", published="5300-5305"),
    )

    found = body(ports=ports, expose=("9000", "7000-7001/udp"))

    assert list(found["ExposedPorts"]) == ["53/udp", "7000/udp", "7001/udp", "80/tcp", "9000/tcp"]
    assert found["HostConfig"]["PortBindings"] == {
        "80/tcp": [
            {"HostIp": "127.0.0.1", "HostPort": "8000"},
            {"HostIp": "", "HostPort": ""},
        ],
        "53/udp": [{"HostIp": "", "HostPort": "5300-5305"}],
    }


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", {"Name": ""}),
        ("no", {"Name": "no"}),
        ("unless-stopped", {"Name": "unless-stopped"}),
        ("on-failure:3", {"Name": "on-failure", "MaximumRetryCount": 3}),
    ],
)
def test_a_restart_policy_may_count(text, policy) -> None:
    assert restart_policy(text) == policy


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (RestartPolicy(), {"Name": "", "MaximumRetryCount": 0}),
        (RestartPolicy(condition="none"), {"Name": "no", "MaximumRetryCount": 0}),
        (RestartPolicy(condition="any", delay=5), {"Name": "always", "MaximumRetryCount": 0}),
        (
            RestartPolicy(condition="on-failure", max_attempts=3, window=1),
            {"Name": "on-failure", "MaximumRetryCount": 3},
        ),
        (
            RestartPolicy(condition="unless-stopped"),
            {"Name": "unless-stopped", "MaximumRetryCount": 0},
        ),
    ],
)
def test_the_restart_policy_of_a_deploy_section_goes_first(policy, expected) -> None:
    deployed = host(restart="unless-stopped", deploy=Deploy(restart_policy=policy))
    assert deployed["RestartPolicy"] == expected
    assert host(restart="no", deploy=Deploy())["RestartPolicy"] == {"Name": "no"}


def test_capabilities_have_the_names_that_kernels_give_them() -> None:
    found = host(cap_add=("sys_ptrace", "CAP_CHOWN", "chown"), cap_drop=("all", "MKNOD"))

    assert found["CapAdd"] == ["CAP_CHOWN", "CAP_SYS_PTRACE"]
    assert found["CapDrop"] == ["ALL", "CAP_MKNOD"]


def test_a_health_check_has_what_the_file_gives() -> None:
    check = Healthcheck(test=("CMD", "true"), interval=5, retries=0)

    assert body(healthcheck=check)["Healthcheck"] == {
        "Test": ["CMD", "true"],
        "Interval": 5,
        "Retries": 0,
    }
    assert body(healthcheck=Healthcheck(disable=True))["Healthcheck"] == {"Test": ["NONE"]}


def test_a_grace_period_is_sent_in_seconds() -> None:
    assert body(stop_grace_period=90 * 10**9)["StopTimeout"] == 90


def test_limits_are_single_or_soft_and_hard() -> None:
    limits = {"nofile": Ulimit(soft=1, hard=2), "nproc": Ulimit(single=3)}

    assert host(ulimits=limits)["Ulimits"] == [
        {"Name": "nofile", "Soft": 1, "Hard": 2},
        {"Name": "nproc", "Soft": 3, "Hard": 3},
    ]


def test_other_settings_are_passed_on() -> None:
    found = host(
        init=False,
        logging=Logging(driver="local", options={"max-size": "1m"}),
        tmpfs=("/run:size=64m", "/tmp"),
        extra_hosts={"db": ("10.0.0.1", "10.0.0.2")},
        read_only=True,
    )

    assert found["Init"] is False
    assert found["LogConfig"] == {"Type": "local", "Config": {"max-size": "1m"}}
    assert found["Tmpfs"] == {"/run": "size=64m", "/tmp": ""}
    assert found["ExtraHosts"] == ["db:10.0.0.1", "db:10.0.0.2"]
    assert found["ReadonlyRootfs"] is True


def test_the_image_and_the_platform_are_those_of_the_service() -> None:
    assert body()["Image"] == IMAGE
    assert body(image="")["Image"] == "demo-web"
    assert made(platform="linux/arm64").platform == "linux/arm64"
