"""What a test can tell the engine in memory, beyond the contract of all engines."""

from __future__ import annotations

import threading

import pytest

from pycompose.engine.fake import Behaviour, FakeEngine, Killed
from pycompose.engine.port import Engine
from pycompose.errors import Conflict, EngineError, EngineUnavailable, NotFound

IMAGE = "app:1"


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.add_image(IMAGE)
    return fake


def run(engine: Engine, name: str = "web", **body: object) -> str:
    engine.create_container(name, {"Image": IMAGE, **body})
    engine.start_container(name)
    return name


def status(engine: FakeEngine) -> list[str]:
    return [row["Status"] for row in engine.list_containers()]


# Behaviour


def test_container_runs_until_its_program_is_ended_by_hand(engine: FakeEngine):
    run(engine)
    assert engine.container("web").running
    engine.exit("web", 4)
    assert engine.inspect_container("web")["State"]["ExitCode"] == 4


def test_behaviour_of_a_name_goes_before_that_of_its_image(engine: FakeEngine):
    engine.behave("app:1", Behaviour(exits=1))
    engine.behave("web", Behaviour(exits=2))
    assert engine.wait_container(run(engine)) == 2
    assert engine.wait_container(run(engine, "other")) == 1


def test_exit_and_health_come_after_so_many_looks(engine: FakeEngine):
    engine.behave("web", Behaviour(health="unhealthy", exits=3, polls=2))
    run(engine, Healthcheck={"Test": ["CMD", "true"]})
    assert status(engine) == ["Up Less than a second (health: starting)"]
    events = engine.events()
    assert engine.inspect_container("web")["State"]["Status"] == "exited"
    seen = iter(events)
    assert [next(seen)["Action"] for _ in range(2)] == ["health_status: unhealthy", "disconnect"]
    assert next(seen)["Action"] == "die"


def test_health_can_be_set_by_hand_with_its_output(engine: FakeEngine):
    engine.behave("web", Behaviour(health="starting"))
    run(engine, Healthcheck={"Test": ["CMD", "true"]})
    engine.set_health("web", "unhealthy", "no route")
    health = engine.inspect_container("web")["State"]["Health"]
    assert (health["Status"], health["Log"][-1]["Output"]) == ("unhealthy", "no route")
    assert status(engine) == ["Up Less than a second (unhealthy)"]


def test_container_without_a_check_has_no_health(engine: FakeEngine):
    run(engine, Healthcheck={"Test": ["NONE"]})
    assert "Health" not in engine.inspect_container("web")["State"]


def test_image_gives_volumes_labels_and_check(engine: FakeEngine):
    engine.add_image(
        "db:1", volumes=["/data"], healthcheck={"Test": ["CMD", "x"]}, labels={"a": "b"}
    )
    engine.create_container("db", {"Image": "db:1", "Labels": {"c": "d"}})
    shown = engine.inspect_container("db")
    assert shown["Config"]["Labels"] == {"a": "b", "c": "d"}
    assert shown["Config"]["Healthcheck"] == {"Test": ["CMD", "x"]}
    assert [mount["Destination"] for mount in shown["Mounts"]] == ["/data"]


def test_container_that_cannot_start_stays_created(engine: FakeEngine):
    engine.behave("web", Behaviour(start_error="no such program"))
    with pytest.raises(EngineError, match="no such program"):
        run(engine)
    assert status(engine) == ["Created"]


def test_program_that_ends_again_and_again_is_restarting(engine: FakeEngine):
    engine.behave("web", Behaviour(exits=1))
    run(engine, HostConfig={"RestartPolicy": {"Name": "always"}})
    assert status(engine) == ["Restarting (1) Less than a second ago"]
    engine.stop_container("web")
    assert status(engine) == ["Exited (1) 1 second ago"]


def test_time_passes_only_when_something_changes_or_the_test_says_so(engine: FakeEngine):
    run(engine)
    assert status(engine) == status(engine) == ["Up Less than a second"]
    engine.advance(90)
    assert status(engine) == ["Up About a minute"]
    engine.advance(7200)
    assert status(engine) == ["Up 2 hours"]


def test_written_lines_reach_who_follows(engine: FakeEngine):
    run(engine)
    lines = iter(engine.logs("web", follow=True, tail="0"))
    engine.write("web", b"one\n")
    engine.write("web", b"two\n", stream=2)
    assert [next(lines), next(lines)] == [(1, b"one\n"), (2, b"two\n")]


def test_body_is_kept_as_it_was_sent(engine: FakeEngine):
    body = {"Image": IMAGE, "HostConfig": {"Init": True}, "Unheard": ["of"]}
    engine.create_container("web", body)
    assert engine.container("web").body == body


def test_same_calls_make_same_ids():
    def ids() -> list[str]:
        fake = FakeEngine()
        return [fake.add_image(IMAGE), run(fake), fake.create_network({"Name": "n"})]

    assert ids() == ids()


def test_volumes_of_another_container_are_mounted(engine: FakeEngine):
    engine.create_container("first", {"Image": IMAGE, "Volumes": {"/data": {}}})
    engine.create_container("second", {"Image": IMAGE, "HostConfig": {"VolumesFrom": ["first:ro"]}})
    [first], [second] = engine.container("first").mounts, engine.container("second").mounts
    assert (second.name, second.read_only) == (first.name, True)
    engine.remove_container("second", volumes=True)
    assert [volume["Name"] for volume in engine.list_volumes()] == [first.name]


def test_port_without_a_number_gets_a_free_one_and_a_range_the_first(engine: FakeEngine):
    engine.create_container(
        "any", {"Image": IMAGE, "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": ""}]}}}
    )
    engine.start_container("any")
    assert engine.container("any").ports["80/tcp"][0]["HostPort"] == "49153"
    ranged = {"PortBindings": {"80/tcp": [{"HostPort": "8000-8001"}]}}
    for name in "bc":
        run(engine, name * 2, HostConfig=ranged)
    ports = [engine.container(name).ports["80/tcp"][0]["HostPort"] for name in ("bb", "cc")]
    assert ports == ["8000", "8001"]
    with pytest.raises(EngineError, match="port is already allocated"):
        run(engine, "dd", HostConfig=ranged)


# Images


def test_image_is_pulled_from_the_registry_only(engine: FakeEngine):
    made = engine.add_image("redis", local=False)
    with pytest.raises(NotFound):
        engine.inspect_image("redis")
    told: list[object] = []
    engine.pull_image("redis:latest", on_progress=told.append)
    assert engine.inspect_image("redis")["Id"] == made
    assert len(told) == 3
    with pytest.raises(NotFound, match="pull access denied for nginx"):
        engine.pull_image("nginx")


def test_pulled_image_takes_the_tag_of_an_older_one(engine: FakeEngine):
    engine.add_image(IMAGE, id="sha256:new", local=False)
    old = engine.inspect_image(IMAGE)["Id"]
    engine.pull_image(IMAGE)
    assert engine.inspect_image(IMAGE)["Id"] == "sha256:new"
    assert engine.inspect_image(old)["RepoTags"] == []


def test_same_context_builds_the_same_image(engine: FakeEngine):
    first = engine.build_image(b"tar", {"t": "demo-web"})
    assert engine.build_image(iter([b"t", b"ar"]), {"t": "demo-api"}) == first
    assert engine.inspect_image("demo-web")["Id"] == first
    assert engine.build_image(b"other", {"t": "demo-web"}) != first
    engine.remove_image("demo-web")
    with pytest.raises(NotFound):
        engine.inspect_image("demo-web")


def test_a_built_image_has_every_name_it_was_given(engine: FakeEngine):
    image = engine.build_image(b"tar", {"t": ["one", "two:3"]})
    assert engine.inspect_image("one")["Id"] == engine.inspect_image("two:3")["Id"] == image


# Calls and faults


def test_calls_are_recorded_with_their_words(engine: FakeEngine):
    run(engine)
    engine.list_networks(filters={"label": ["a"]})
    assert [str(call) for call in engine.calls] == [
        "create_container(web)",
        "start_container(web)",
        "list_networks(filters=label:a)",
    ]
    assert [call.method for call in engine.changes] == ["create_container", "start_container"]


def test_fault_before_a_call_leaves_the_engine_as_it_was(engine: FakeEngine):
    engine.fail(EngineError("boom", status=500), call="create_container", at=2)
    run(engine)
    with pytest.raises(EngineError, match="boom"):
        run(engine, "two")
    run(engine, "two")


def test_fault_after_a_call_loses_the_answer_only(engine: FakeEngine):
    engine.fail(EngineUnavailable("cut"), mutating=True, after=True)
    engine.list_containers()
    with pytest.raises(EngineUnavailable):
        engine.create_container("web", {"Image": IMAGE})
    with pytest.raises(Conflict):
        engine.create_container("web", {"Image": IMAGE})


def test_lasting_fault_fails_every_call_from_then_on(engine: FakeEngine):
    engine.fail(EngineError("down"), at=2, lasting=True)
    engine.info()
    for _ in range(3):
        with pytest.raises(EngineError, match="down"):
            engine.info()
    engine.revive()
    engine.info()


def test_who_was_killed_does_nothing_more_until_revived(engine: FakeEngine):
    run(engine)
    events = iter(engine.events())
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            engine.wait_container("web")
        except Killed as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    engine.until(lambda: engine.calls[-1].method == "wait_container")
    engine.fail(Killed(), mutating=True, after=True)
    with pytest.raises(Killed):
        engine.create_volume({"Name": "data"})
    waiting.join(10)
    assert len(ended) == 1
    assert next(events)["Type"] == "volume"
    with pytest.raises(Killed):
        next(events)
    with pytest.raises(Killed):
        engine.list_volumes()
    engine.revive()
    assert [volume["Name"] for volume in engine.list_volumes()] == ["data"]


def test_cut_streams_raise_what_a_lost_connection_does(engine: FakeEngine):
    run(engine)
    streams = [engine.events(), engine.logs("web", follow=True), engine.attach("web")]
    engine.cut_streams()
    for stream in streams:
        with pytest.raises(EngineUnavailable):
            list(stream)


def test_removal_ends_a_wait_for_it_with_the_exit_code(engine: FakeEngine):
    run(engine)
    codes: list[int] = []

    def wait() -> None:
        codes.append(engine.wait_container("web", condition="removed"))

    waiting = threading.Thread(target=wait)
    waiting.start()
    engine.until(lambda: engine.calls[-1].method == "wait_container")
    engine.remove_container("web", force=True)
    waiting.join(10)
    assert codes == [137]


def test_condition_that_never_holds_times_out(engine: FakeEngine):
    with pytest.raises(TimeoutError):
        engine.until(lambda: False, timeout=0.01)


def test_many_threads_get_what_one_would(engine: FakeEngine):
    names = [f"c{number}" for number in range(20)]
    threads = [threading.Thread(target=run, args=(engine, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = engine.list_containers(all=False)
    assert sorted(row["Names"][0] for row in rows) == sorted(f"/{name}" for name in names)
    assert len(engine.changes) == 40
