"""What an engine holds, as a snapshot."""

from __future__ import annotations

import pytest
from projects import IMAGE, named_volume, project, service, up

from pycompose import labels
from pycompose.engine.fake import FakeEngine
from pycompose.errors import EngineError
from pycompose.observe import container, containers, observe, with_image_details

WEB = project(service("web", scale=2, volumes=(named_volume("data"),)))


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.add_image(IMAGE, volumes=["/cache"])
    return fake


def listed(**fields):
    return container({"Id": "1", "Names": ["/demo-web-1"], **fields})


def test_containers_are_sorted_and_know_their_service(engine) -> None:
    up(engine, WEB)

    seen = observe(engine, "demo", WEB)

    found = [(c.name, c.service, c.number, c.state) for c in seen.containers]
    assert found == [("demo-web-1", "web", 1, "running"), ("demo-web-2", "web", 2, "running")]
    assert containers(engine, "demo") == seen.containers


def test_networks_and_volumes_are_recorded_whosever_they_are(engine) -> None:
    engine.create_volume({"Name": "mine"})
    up(engine, WEB)

    seen = observe(engine, "demo", WEB)

    assert {"bridge", "demo_default"} <= {network.name for network in seen.networks}
    assert {"demo_data", "mine"} <= {volume.name for volume in seen.volumes}


def test_containers_of_others_are_left_out(engine) -> None:
    up(engine, WEB)

    assert observe(engine, "other").containers == ()


def test_images_are_known_by_the_name_the_project_gives_them(engine) -> None:
    wanted = project(service("a", image="docker.io/library/busybox"), service("b", image="none"))

    assert set(observe(engine, "demo", wanted).images) == {"docker.io/library/busybox"}
    assert observe(engine, "demo", wanted, images=False).images == {}


def test_an_image_may_be_told_by_its_id(engine) -> None:
    id = engine.inspect_image(IMAGE)["Id"]
    wanted = project(service("a", image=id), service("b", image="sha256:" + "0" * 64))

    assert set(observe(engine, "demo", wanted).images) == {id}


def test_images_that_the_project_built_are_found_without_it(engine) -> None:
    engine.add_image("demo-app", labels={labels.PROJECT: "demo"})

    assert set(observe(engine, "demo").images) == {"demo-app:latest"}


def test_networks_that_are_told_by_name_are_known_by_their_id(engine, monkeypatch) -> None:
    up(engine, WEB)
    by_id = observe(engine, "demo").containers[0].networks
    listed = engine.list_containers

    def named(**words):
        rows = listed(**words)
        for row in rows:
            for name, end in row["NetworkSettings"]["Networks"].items():
                end["NetworkID"] = name
        return rows

    monkeypatch.setattr(engine, "list_containers", named)
    assert observe(engine, "demo").containers[0].networks == by_id
    assert set(by_id.values()) <= {one.id for one in observe(engine, "demo").networks}


def test_images_are_looked_at_on_request(engine) -> None:
    seen = observe(engine, "demo", WEB)
    tagged = 1_700_000_000.0
    engine.add_image("old", platform="linux/arm64/v8", tagged_at=tagged)
    both = observe(engine, "demo", project(service("web"), service("old", image="old")))

    assert seen.images[IMAGE].volumes is None
    assert with_image_details(engine, seen, [IMAGE]).images[IMAGE].volumes == ("/cache",)
    old = with_image_details(engine, both, ["old"]).images["old"]
    assert (old.tagged, old.platform) == (tagged, "linux/arm64/v8")


@pytest.mark.parametrize("call", ["list_containers", "list_networks", "list_volumes"])
def test_a_refusal_is_passed_on(engine, call: str) -> None:
    engine.fail(EngineError("no"), call=call)

    with pytest.raises(EngineError, match="no"):
        observe(engine, "demo", WEB)


def test_looking_changes_nothing_and_takes_few_calls(engine) -> None:
    observe(engine, "demo", WEB)

    assert engine.changes == []
    assert len(engine.calls) == 6


@pytest.mark.parametrize("name", ["SIGWINCH", "winch", "28"])
def test_what_was_sent_its_stop_signal_and_runs_is_stopping(engine, name: str) -> None:
    wanted = project(service("web", stop_signal=name), service("db"))
    up(engine, wanted)
    for one in ("demo-db-1", "demo-web-1"):
        engine.kill_container(one, signal="28")

    seen = observe(engine, "demo", wanted)

    # To others it means something else.
    assert [(c.name, c.stopping) for c in seen.containers] == [
        ("demo-db-1", False),
        ("demo-web-1", True),
    ]


def test_what_was_started_since_or_has_ended_is_not_stopping(engine) -> None:
    wanted = project(service("web", stop_signal="SIGWINCH", scale=2))
    up(engine, wanted)
    for one in ("demo-web-1", "demo-web-2"):
        engine.kill_container(one, signal="28")
        engine.exit(one, 0)
    engine.start_container("demo-web-1")

    seen = observe(engine, "demo", wanted)

    assert [(c.state, c.stopping) for c in seen.containers] == [
        ("running", False),
        ("exited", False),
    ]


@pytest.mark.parametrize("call", ["recent_events", "inspect_container"])
def test_an_engine_that_does_not_tell_of_stops_is_believed_to_have_none(engine, call: str) -> None:
    wanted = project(service("web", stop_signal="SIGWINCH"))
    up(engine, wanted)
    engine.kill_container("demo-web-1", signal="28")
    engine.fail(EngineError("no"), call=call)

    assert not observe(engine, "demo", wanted).containers[0].stopping


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("", None), ("x", None), ("٣", None)])
def test_a_number_that_cannot_be_read_is_none(text: str, number: int | None) -> None:
    assert listed(Labels={labels.NUMBER: text}).number == number


@pytest.mark.parametrize(
    ("status", "health", "exit_code"),
    [
        ("Up 5 minutes (healthy)", "healthy", None),
        ("Up 5 minutes (unhealthy)", "unhealthy", None),
        ("Up 1 second (health: starting)", "starting", None),
        ("Up 5 minutes", "none", None),
        ("Exited (137) 2 hours ago", "none", 137),
        ("Restarting (1) 3 seconds ago", "none", 1),
        ("Created", "none", None),
    ],
)
def test_health_and_exit_code_are_read_from_the_status(status, health, exit_code) -> None:
    found = listed(Status=status)

    assert (found.health, found.exit_code) == (health, exit_code)


def test_the_name_is_not_one_that_a_link_gives() -> None:
    assert listed(Names=["/other/db", "/demo-db-1"]).name == "demo-db-1"
    assert listed(Names=None).name == ""


def test_what_an_engine_leaves_out_is_empty() -> None:
    found = listed(NetworkSettings={"Networks": {"a": None}}, Mounts=None, Ports=[{}])

    assert found.networks == {"a": ""}
    assert found.mounts == ()
    assert found.ports[0].protocol == "tcp"
    assert not found.oneoff
