"""Performing single steps: the call that each stands for, and what is told meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from projects import IMAGE, silent

from pycompose import labels
from pycompose.engine.fake import FakeEngine
from pycompose.errors import Conflict, EngineError
from pycompose.events import Event, Progress
from pycompose.perform import Performer
from pycompose.plan import ops

WORDS: dict[str, Any] = {"id": 1, "resource": "Something", "cause": "asked", "why": "test"}
BUILD = ops.BuildImage(
    **WORDS, image="app", context="/src", dockerfile="Dockerfile", query={"t": "app"}
)


def test_what_is_gone_already_need_not_be_removed(engine: FakeEngine) -> None:
    performer = Performer(engine, {}, silent)

    for step in (
        ops.RemoveVolume(**WORDS, volume="v"),
        ops.RemoveNetwork(**WORDS, network="n"),
        ops.RemoveContainer(**WORDS, container="c"),
        ops.Stop(**WORDS, container="c"),
        ops.Kill(**WORDS, container="c"),
        ops.RemoveImage(**WORDS, image="none"),
        ops.Disconnect(**WORDS, network="n", container="c"),
    ):
        assert performer.perform(step) is None


def test_what_cannot_be_removed_is_told(engine: FakeEngine) -> None:
    id = engine.create_container("web", {"Image": IMAGE})["Id"]
    engine.start_container(id)

    with pytest.raises(Conflict):
        Performer(engine, {}, silent).perform(ops.RemoveContainer(**WORDS, container=id))


def test_who_keeps_something_from_being_removed_is_named(engine: FakeEngine) -> None:
    network = engine.create_network({"Name": "n"})
    engine.create_volume({"Name": "v"})
    host = {"NetworkMode": "n", "Binds": ["v:/v"]}
    ours = engine.create_container("one", {"Image": IMAGE, "HostConfig": host})["Id"]
    marks = {labels.PROJECT: "shop"}
    theirs = {"Image": IMAGE, "HostConfig": host, "Labels": marks}
    for id in (ours, engine.create_container("two", theirs)["Id"]):
        engine.start_container(id)
    performer = Performer(engine, {}, silent)
    message = r"it is still used by container 'one', container 'two' \(project 'shop'\)"

    for step in (
        ops.RemoveNetwork(**WORDS, network=network),
        ops.RemoveVolume(**WORDS, volume="v"),
    ):
        with pytest.raises(Conflict, match=message):
            performer.perform(step)
    engine.fail(EngineError("no more lists"), call="list_containers")
    with pytest.raises(Conflict, match="volume is in use"):
        performer.perform(ops.RemoveVolume(**WORDS, volume="v"))


def test_a_network_that_only_the_engine_holds_to_be_in_use_is_told_with_what_to_do(
    engine: FakeEngine,
) -> None:
    network = engine.create_network({"Name": "n"})
    engine.fail(Conflict("n has active endpoints", status=403), call="remove_network")

    message = "^n has active endpoints: no container is on it, restart the engine$"
    with pytest.raises(Conflict, match=message):
        Performer(engine, {}, silent).perform(ops.RemoveNetwork(**WORDS, network=network))


def test_a_container_that_a_step_made_is_known_by_that_step(engine: FakeEngine) -> None:
    made: dict[int, str] = {}
    performer = Performer(engine, made, silent)

    id = performer.perform(ops.CreateContainer(**WORDS, name="web", body={"Image": IMAGE}))
    made[1] = id or ""
    performer.perform(ops.Start(**WORDS, container=ops.Made(1)))

    assert engine.container("web").state == "running"


def test_a_build_without_a_context_is_refused(engine: FakeEngine) -> None:
    with pytest.raises(EngineError, match="there is no build context to send"):
        Performer(engine, {}, silent).perform(BUILD)


def test_a_build_tells_how_far_it_is(engine: FakeEngine) -> None:
    told: list[Event] = []
    performer = Performer(engine, {}, told.append, build_context=lambda step: b"")

    performer.perform(BUILD)

    assert {event.parent for event in told if isinstance(event, Progress)} == {"Something"}
    assert engine.inspect_image("app")["RepoTags"] == ["app:latest"]


def test_content_that_nobody_gives_is_not_written(engine: FakeEngine) -> None:
    step = ops.PutArchive(
        **WORDS, container="c", section="secrets", key="s", digest="", path="/s", folder="/", mode=0
    )

    with pytest.raises(EngineError, match="there is no content to write"):
        Performer(engine, {}, silent).perform(step)


@pytest.mark.parametrize("kind", [ops.Stop, ops.Restart])
def test_a_stop_that_takes_long_is_looked_at_afterwards(engine, monkeypatch, kind) -> None:
    monkeypatch.setattr("pycompose.perform.WORTH", 0.0)
    id = engine.create_container("web", {"Image": IMAGE})["Id"]
    engine.start_container(id)
    slow = []
    performer = Performer(engine, {}, silent, slow=slow.append)

    performer.perform(kind(**WORDS, container=id))

    assert [(type(one.step), one.document["Id"]) for one in slow] == [(kind, id)]


def test_a_quick_stop_costs_no_look(engine) -> None:
    id = engine.create_container("web", {"Image": IMAGE})["Id"]
    engine.start_container(id)
    before = len(engine.calls)

    Performer(engine, {}, silent, slow=lambda slow: None).perform(ops.Stop(**WORDS, container=id))

    assert [call.method for call in engine.calls[before:]] == ["stop_container"]


def test_a_container_that_is_gone_by_then_is_told_nothing_of(engine, monkeypatch) -> None:
    monkeypatch.setattr("pycompose.perform.WORTH", 0.0)
    slow = []
    Performer(engine, {}, silent, slow=slow.append).perform(ops.Stop(**WORDS, container="gone"))
    assert slow == []
