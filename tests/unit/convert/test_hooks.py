"""Hooks as the bodies of requests."""

from __future__ import annotations

from projects import IMAGE, project, service

from pycompose import labels
from pycompose.convert.hooks import exec_body, hook_container
from pycompose.convert.surroundings import Surroundings
from pycompose.model.hooks import Hook
from pycompose.model.service import Attachment
from pycompose.snapshot import Capabilities
from pycompose.version import VERSION


def test_a_hook_becomes_a_command_whose_output_is_wanted() -> None:
    hook = Hook(
        command=("sh", "-c", "x"),
        user="me",
        privileged=True,
        working_dir="/srv",
        environment={"B": "2=3", "A": None},
    )

    assert exec_body(hook) == {
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": ["sh", "-c", "x"],
        "Env": ["A", "B=2=3"],
        "Privileged": True,
        "User": "me",
        "WorkingDir": "/srv",
    }


def container(hook: Hook, *, new: bool = True, proxied: bool = False, **fields):
    wanted = service("web", pre_start=(hook,), **fields)
    return hook_container(
        project(wanted),
        wanted,
        0,
        2,
        capabilities=Capabilities(api=(1, 44) if new else (1, 41), several_endpoints=new),
        references={"db": "123"},
        around=Surroundings(proxies={"HTTP_PROXY": "p"} if proxied else {}),
    )


def test_a_hook_before_the_start_runs_as_its_service_does() -> None:
    made = container(
        Hook(command=("x",), environment={"B": "2", "A": None}),
        environment={"A": "1", "C": "3"},
        user="me",
        working_dir="/srv",
        platform="linux/arm64",
    )
    assert made.platform == "linux/arm64"
    assert made.body == {
        "Image": IMAGE,
        "Cmd": ["x"],
        "Env": ["A", "B=2", "C=3"],
        "Labels": {
            labels.PROJECT: "demo",
            labels.SERVICE: "web",
            labels.VERSION: VERSION,
            labels.HOOK: "pre_start",
        },
        "AttachStdout": True,
        "AttachStderr": True,
        "User": "me",
        "WorkingDir": "/srv",
        "HostConfig": {
            "NetworkMode": "demo_default",
            "VolumesFrom": ["join:2"],
            "Privileged": False,
        },
        "NetworkingConfig": {
            "EndpointsConfig": {"demo_default": {"Aliases": ["demo-web-pre_start-0", "web"]}}
        },
    }


def test_an_image_of_its_own_has_its_own_user_and_folder() -> None:
    body = container(Hook(image="tools", privileged=True), user="me", working_dir="/srv").body
    assert body["Image"] == "tools"
    assert body["HostConfig"]["Privileged"] is True
    assert not body.keys() & {"User", "WorkingDir", "Cmd"}
    body = container(Hook(image="tools", user="root", working_dir="/")).body
    assert (body["User"], body["WorkingDir"]) == ("root", "/")


def test_a_hook_is_where_its_service_is_but_for_the_addresses() -> None:
    networks = {
        "a": Attachment(aliases=("front",), ipv4_address="10.0.0.2", priority=1),
        "b": None,
    }
    named = {"Aliases": ["demo-web-pre_start-0", "web", "front"]}
    plain = {"Aliases": ["demo-web-pre_start-0", "web"]}
    new, old = container(Hook(), networks=networks), container(Hook(), new=False, networks=networks)
    together = {"demo_a": named, "demo_b": plain}
    assert new.body["NetworkingConfig"]["EndpointsConfig"] == together
    assert old.body["NetworkingConfig"]["EndpointsConfig"] == {"demo_a": named}
    assert (new.connect, old.connect) == ((), (("demo_b", plain),))
    shared = container(Hook(), networks={}, network_mode="service:db")
    assert shared.body["HostConfig"]["NetworkMode"] == "container:123"
    assert container(Hook(), networks={}).body["HostConfig"]["NetworkMode"] == "none"


def test_proxies_are_variables_that_others_go_before() -> None:
    body = container(
        Hook(environment={"http_proxy": "h"}), proxied=True, environment={"A": "1"}
    ).body
    assert body["Env"] == ["A=1", "HTTP_PROXY=p", "http_proxy=h"]
