"""What others do to a project, and what is there that should not be: told of, and overcome."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from fake_scene import FakeScene
from fault_proxy import Request, answered, meanwhile, once, refused

from pycompose import labels
from pycompose.engine.fake import Behaviour
from pycompose.model.values import Json

WEB = """\
services:
  web:
    image: IMAGE
    networks: [front]
    volumes: [data:/data, /anonymous]
  db: {image: IMAGE, networks: [front]}
networks: {front: {}}
volumes: {data: {}}
"""
RUNNING = {"web-1": "running", "db-1": "running"}


@pytest.mark.parametrize(
    ("words", "path", "code"),
    [
        ("up -d --force-recreate", "/stop", 0),
        ("up -d", "/start", 1),
        ("restart", "/restart", 1),
        ("stop", "/stop", 0),
        ("down", "/stop", 0),
        ("down", "", 0),
    ],
)
def test_f_30_a_container_that_somebody_removes_meanwhile_is_no_obstacle(
    scene: FakeScene, words: str, path: str, code: int
) -> None:
    scene.write(WEB)
    if words != "up -d":
        scene.run("up", "-d")

    def remove() -> None:
        scene.engine.remove_container("demo-web-1", force=True)

    def which(request: Request) -> bool:
        if path:
            return request.path.endswith(path) and hits(scene, request)
        return request.method == "DELETE" and hits(scene, request)

    scene.proxy.reset(once(which, meanwhile(remove)))
    done = scene.run(*words.split(), code=code)
    assert code == 0 or "Container demo-web-1: " in done.stderr.splitlines()[-1]
    scene.proxy.reset()
    scene.run("up", "-d")
    assert scene.states() == RUNNING
    assert scene.nothing_to_do()


def hits(scene: FakeScene, request: Request) -> bool:
    """Tell whether a request is about the container of `web`."""
    ids = scene.ids()
    return "web-1" in ids and ids["web-1"] in request.path


def test_f_30_a_container_that_is_removed_while_its_health_is_awaited_is_told(
    scene: FakeScene,
) -> None:
    scene.write(
        "services:\n"
        "  db: {image: IMAGE, healthcheck: {test: 'x'}}\n"
        "  web: {image: IMAGE, depends_on: {db: {condition: service_healthy}}}\n"
    )
    scene.engine.behave("demo-db-1", Behaviour(polls=1000))

    def remove() -> None:
        scene.engine.remove_container("demo-db-1", force=True)

    inspects = once(lambda r: r.path.endswith("/json") and len(r.path) > 40, meanwhile(remove))
    scene.proxy.reset(inspects)
    done = scene.run("up", "-d", code=1)
    assert "Service db: No such container" in done.stderr
    scene.engine.behave("demo-db-1", Behaviour())
    scene.proxy.reset()
    scene.run("up", "-d")
    assert scene.states() == RUNNING


ENDS = "services:\n  web: {image: IMAGE}\n"


@pytest.mark.parametrize(
    ("words", "code"), [("up -d", 0), ("up --wait", 1), ("up", 0), ("up --exit-code-from web", 3)]
)
def test_f_34_a_container_that_ends_with_3_ends_up_as_it_should(
    scene: FakeScene, words: str, code: int
) -> None:
    scene.write(ENDS)
    scene.engine.behave("demo-web-1", Behaviour(exits=3))
    scene.run(*words.split(), code=code)


def test_f_35_a_crash_loop_is_not_waited_for_in_vain(scene: FakeScene) -> None:
    scene.write("services:\n  web: {image: IMAGE, restart: always}\n")
    scene.engine.behave("demo-web-1", Behaviour(exits=3, polls=1))
    done = scene.run("up", "--wait", code=1)
    assert "container demo-web-1" in done.stderr


@pytest.mark.parametrize(
    ("condition", "behaviour", "words"),
    [
        ("service_healthy", Behaviour(health="unhealthy"), "is unhealthy"),
        ("service_healthy", Behaviour(exits=0), "exited (0)"),
        ("service_healthy", Behaviour(exits=1), "exited (1)"),
        ("service_completed_successfully", Behaviour(exits=7), "exit 7"),
    ],
)
def test_f_36_a_dependency_that_does_not_get_ready_is_told_with_its_reason(
    scene: FakeScene, condition: str, behaviour: Behaviour, words: str
) -> None:
    scene.write(
        "services:\n"
        "  db: {image: IMAGE, healthcheck: {test: 'x'}}\n"
        f"  web: {{image: IMAGE, depends_on: {{db: {{condition: {condition}}}}}}}\n"
    )
    scene.engine.behave("demo-db-1", behaviour)
    done = scene.run("up", "-d", code=1)
    assert "Service db: container demo-db-1 " in done.stderr
    assert words in done.stderr
    assert scene.states()["web-1"] == "created"


def test_f_36_health_that_nobody_checks_is_not_waited_for(scene: FakeScene) -> None:
    scene.write(
        "services:\n"
        "  db: {image: IMAGE}\n"
        "  web: {image: IMAGE, depends_on: {db: {condition: service_healthy}}}\n"
    )
    done = scene.run("up", "-d", code=1)
    assert "container demo-db-1 has no healthcheck configured" in done.stderr


def marks(**more: str) -> dict[str, str]:
    names = {"project": labels.PROJECT, "network": labels.NETWORK, "volume": labels.VOLUME}
    return {names[key]: value for key, value in more.items()}


@pytest.mark.parametrize("owner", [{}, marks(project="other", network="front")])
def test_f_38_and_f_39_a_network_of_somebody_else_is_left_alone(
    scene: FakeScene, owner: dict[str, str]
) -> None:
    scene.write(WEB)
    theirs = scene.engine.create_network({"Name": "demo_front", "Labels": owner})
    done = scene.run("up", "-d", code=1)
    assert "networks.front: a network named 'demo_front' exists" in done.stderr
    assert "external: true" in done.stderr
    assert scene.states() == {}
    scene.run("-f", "compose.yaml", "down", "-v")
    assert scene.engine.inspect_network(theirs)["Id"] == theirs


def pool(subnet: str) -> Json:
    return {"Config": [{"Subnet": subnet}]}


def test_f_41_a_subnet_that_is_taken_is_told_with_its_network(scene: FakeScene) -> None:
    scene.engine.create_network({"Name": "theirs", "IPAM": pool("10.7.0.0/16")})
    scene.write(WEB.replace("front: {}", "front: {ipam: {config: [{subnet: 10.7.1.0/24}]}}"))
    done = scene.run("up", "-d", code=1)
    assert "subnet 10.7.1.0/24 overlaps with that of network 'theirs'" in done.stderr
    assert scene.nothing_left()


def test_f_42_a_network_that_changed_is_made_anew(scene: FakeScene) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    scene.write(WEB.replace("front: {}", "front: {labels: {a: b}}"))
    scene.run("up", "-d")
    assert scene.states() == RUNNING
    [network] = scene.engine.list_networks(filters=scene.mine)
    assert network["Labels"]["a"] == "b"
    assert scene.nothing_to_do()


def test_f_43_a_network_with_a_stranger_on_it_stays_and_so_do_its_containers(
    scene: FakeScene,
) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    before = scene.ids()
    body = {"Image": "busybox:latest", "HostConfig": {"NetworkMode": "demo_front"}}
    scene.engine.start_container(scene.engine.create_container("theirs", body)["Id"])
    scene.write(WEB.replace("front: {}", "front: {labels: {a: b}}"))
    done = scene.run("up", "-d", code=1)
    assert "networks.front: network 'demo_front' has to be removed" in done.stderr
    assert "container 'theirs' is on it" in done.stderr
    assert (scene.ids(), scene.states()) == (before, RUNNING)
    scene.engine.remove_container("theirs", force=True)
    scene.run("up", "-d")
    assert scene.states() == RUNNING


@pytest.mark.parametrize("words", ["up -d", "up -d --yes"])
def test_f_44_a_volume_that_changed_keeps_its_data_and_nobody_is_asked(
    scene: FakeScene, words: str
) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    scene.write(WEB.replace("data: {}", "data: {labels: {a: b}}"))
    done = scene.run(*words.split())
    assert "volume 'demo_data' exists with other settings, it is kept" in done.stderr
    assert scene.volumes() == ["demo_data"]
    assert not any(call.method == "remove_volume" for call in scene.engine.changes)


@pytest.mark.parametrize("owner", [{}, marks(project="other", volume="data")])
def test_f_45_a_volume_of_somebody_else_is_warned_of_and_kept(
    scene: FakeScene, owner: dict[str, str]
) -> None:
    scene.engine.create_volume({"Name": "demo_data", "Labels": owner})
    scene.write(WEB)
    assert "it is used as it is" in scene.run("up", "-d").stderr
    done = scene.run("-f", "compose.yaml", "down", "-v")
    assert "volume demo_data is kept" in done.stderr
    assert [one["Name"] for one in scene.engine.list_volumes()] == ["demo_data"]


MISSING = {
    "a network": (WEB.replace("front: {}", "front: {external: true}"), "networks.front"),
    "a volume": (WEB.replace("data: {}", "data: {external: true}"), "volumes.data"),
    "a secret": (
        WEB.replace("  db: {", "  db: {secrets: [token], ") + "secrets: {token: {file: ./no}}\n",
        "secrets.token.file",
    ),
    "a source": (
        WEB.replace("/anonymous]", "{type: bind, source: ./no, target: /no}]"),
        "services.web.volumes[1].source",
    ),
}


@pytest.mark.parametrize("what", MISSING)
def test_f_46_what_is_missing_is_told_before_anything_is_made(scene: FakeScene, what: str) -> None:
    text, path = MISSING[what]
    scene.write(text)
    done = scene.run("up", "-d", code=1)
    assert f" {path}: " in done.stderr
    # Whether a file is there is looked at only where the engine is this machine's, which this is.
    assert scene.engine.changes == []


def test_f_47_a_down_that_cannot_remove_all_is_no_success(scene: FakeScene) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    host = {"NetworkMode": "demo_front", "Binds": ["demo_data:/data"]}
    body = {"Image": "busybox:latest", "HostConfig": host}
    scene.engine.start_container(scene.engine.create_container("theirs", body)["Id"])
    done = scene.run("down", "-v", code=1)
    assert "Network demo_front: it is still used by container 'theirs'" in done.stderr
    assert "Volume demo_data: it is still used by container 'theirs'" in done.stderr
    assert scene.states() == {}
    scene.engine.remove_container("theirs", force=True)
    scene.run("down", "-v")
    assert scene.nothing_left()


def test_f_48_a_recreation_that_is_refused_leaves_the_old_container_running(
    scene: FakeScene,
) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    before = scene.ids()
    scene.write(WEB.replace("  web:\n", "  web:\n    tty: true\n"))
    scene.proxy.reset(once(lambda r: r.path == "/containers/create", refused(500)))
    scene.run("up", "-d", code=1)
    assert (scene.ids(), scene.states()) == (before, RUNNING)
    scene.run("up", "-d")
    assert scene.states() == RUNNING
    assert scene.ids()["web-1"] != before["web-1"]


def test_f_49_a_paused_container_goes_on_and_can_be_taken_down(scene: FakeScene) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    scene.engine.pause_container("demo-web-1")
    scene.run("up", "-d")
    assert scene.states() == RUNNING
    scene.engine.pause_container("demo-web-1")
    scene.run("down", "-v")
    assert scene.nothing_left()


def copy_of_web(scene: FakeScene, name: str, number: str) -> None:
    """Run another container with the labels of `web`, and another number."""
    old = scene.engine.container("demo-web-1").body
    body = {**old, "Labels": {**old["Labels"], labels.NUMBER: number}}
    scene.engine.start_container(scene.engine.create_container(name, body)["Id"])


@pytest.mark.parametrize("number", ["1", "0", "abc", "", "-1", "9" * 5000, "²"])
def test_f_50_a_number_that_is_no_number_or_taken_is_overcome(
    scene: FakeScene, number: str
) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    before = scene.ids()
    copy_of_web(scene, "demo-web-x", number)
    scene.run("ps")
    scene.run("up", "-d")
    assert (scene.ids(), scene.states()) == (before, RUNNING)
    assert scene.nothing_to_do()
    scene.run("down", "-v")
    assert scene.nothing_left()


def test_f_51_orphans_are_told_of_and_go_with_the_flag(scene: FakeScene) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    scene.write(WEB.replace("  db: {image: IMAGE, networks: [front]}\n", ""))
    assert "found orphan containers (demo-db-1)" in scene.run("up", "-d").stderr
    assert scene.states() == RUNNING
    scene.run("up", "-d", "--remove-orphans")
    assert scene.states() == {"web-1": "running"}


STALE = "task {id}: already exists"


@pytest.mark.parametrize("words", ["up -d", "up -d --no-recreate", "up --wait"])
def test_a_container_that_no_start_will_bring_up_is_made_anew(scene: FakeScene, words: str) -> None:
    scene.write(WEB)
    scene.run("up", "-d")
    scene.run("stop")
    before = scene.ids()
    anonymous = scene.engine.inspect_container("demo-web-1")["Mounts"]
    scene.proxy.reset(stale(before["web-1"]))
    done = scene.run(*words.split())
    assert "Container demo-web-1: made anew, as it cannot start" in done.stderr
    assert scene.states() == RUNNING
    assert scene.ids()["web-1"] != before["web-1"]
    assert scene.ids()["db-1"] == before["db-1"]
    volumes = {mount["Name"] for mount in scene.engine.inspect_container("demo-web-1")["Mounts"]}
    assert volumes == {mount["Name"] for mount in anonymous}
    assert scene.nothing_to_do()


def stale(id: str) -> Callable[[Request], object]:
    """Return a rule: an engine that was killed cannot start this container any more."""
    body = json.dumps({"message": STALE.format(id=id)}).encode()
    fault = answered(body, 500, "application/json")
    return lambda request: fault if request.path == f"/containers/{id}/start" else None
