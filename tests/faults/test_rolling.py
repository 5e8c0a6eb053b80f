"""Rolling updates that fail or are cut off: who serves meanwhile, and what is left afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from killing import dying
from projects import next_up, project, service, up

from pycompose.engine.fake import Behaviour, FakeEngine, Killed, Ran
from pycompose.errors import ApplyError, EngineError
from pycompose.model.deploy import Deploy, UpdateConfig
from pycompose.model.hooks import Hook
from pycompose.model.project import Project
from pycompose.observe import containers

GOOD, BAD = "app:1", "app:2"
CHECK = {"Test": ["CMD", "true"]}


class Watched(FakeEngine):
    """An engine that notes the fewest containers that served at the end of a stop or removal."""

    def __init__(self) -> None:
        super().__init__()
        self.fewest = 1000
        for image, volumes in ((GOOD, []), (BAD, [])):
            self.add_image(image, volumes=volumes, healthcheck=CHECK)
        self.behave(BAD, Behaviour(health="unhealthy", output=((1, b"no luck\n"),)))

    def serving(self) -> list[str]:
        """Return the ids of what serves, sorted."""
        return sorted(c.id for c in containers(self, "demo") if c.health == "healthy")

    def stop_container(self, container: str, *, timeout: int | None = None) -> None:
        super().stop_container(container, timeout=timeout)
        self.fewest = min(self.fewest, len(self.serving()))

    def remove_container(
        self, container: str, *, force: bool = False, volumes: bool = False
    ) -> None:
        super().remove_container(container, force=force, volumes=volumes)
        self.fewest = min(self.fewest, len(self.serving()))


def wanted(
    version: str = "1", image: str = GOOD, scale: int = 3, mine: Any = True, **config: Any
) -> Project:
    values = {"order": "start-first", **config}
    return project(
        service(
            "web",
            image=image,
            scale=scale,
            environment={"VERSION": version},
            deploy=Deploy(update_config=UpdateConfig(**values)),
            extensions={"x-rolling": mine},
            post_start=(Hook(command=("warm",)),),
        )
    )


def begun(**config: Any) -> tuple[Watched, dict[str, str]]:
    """Return an engine that runs the first version, and the ids there by name."""
    engine = Watched()
    up(engine, wanted(**config))
    return engine, ids(engine)


def ids(engine: FakeEngine) -> dict[str, str]:
    return {c.name: c.id for c in containers(engine, "demo", all=True)}


def spoil(engine: FakeEngine, there: dict[str, str], *numbers: int) -> None:
    """Let the replacements of these containers be unhealthy."""
    for number in numbers:
        name = f"demo-web-{number}"
        engine.behave(f"{there[name][:12]}_{name}", Behaviour(health="unhealthy"))


def replaced(engine: FakeEngine, there: dict[str, str]) -> list[int]:
    """Return the numbers of the containers that are others now."""
    now = ids(engine)
    assert now.keys() == there.keys()
    assert all(c.state == "running" for c in containers(engine, "demo", all=True))
    return [
        number for number in (1, 2, 3) if now[f"demo-web-{number}"] != there[f"demo-web-{number}"]
    ]


@pytest.mark.parametrize(("order", "least"), [("start-first", 3), ("stop-first", 2)])
def test_all_are_replaced_and_enough_serve_meanwhile(order: str, least: int) -> None:
    engine, there = begun(order=order)

    up(engine, wanted("2", order=order))

    assert replaced(engine, there) == [1, 2, 3]
    assert engine.fewest == least
    assert str(next_up(engine, wanted("2", order=order))) == ""


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
@pytest.mark.parametrize(
    ("config", "bad", "expected"),
    [
        ({"failure_action": "pause"}, [2], [1]),
        ({"failure_action": "continue"}, [2], [1, 3]),
        ({"failure_action": "rollback"}, [2], []),
        ({"failure_action": "rollback", "parallelism": 0}, [3], []),
        ({"failure_action": "rollback", "parallelism": 2}, [1], []),
        ({"failure_action": "pause", "parallelism": 2}, [1], [2]),
        ({"failure_action": "pause", "max_failure_ratio": 0.4}, [1], [2, 3]),
        ({"failure_action": "pause", "max_failure_ratio": 0.4}, [1, 2], []),
        ({"failure_action": "rollback", "max_failure_ratio": 0.4}, [2], [1, 3]),
        ({"failure_action": "rollback", "max_failure_ratio": 0.4}, [1, 3], []),
        ({"failure_action": "continue"}, [1, 2, 3], []),
    ],
)
def test_a_failure_has_the_consequences_that_were_asked_for(order, config, bad, expected) -> None:
    config = {"order": order, **config}
    engine, there = begun(**config)
    spoil(engine, there, *bad)

    with pytest.raises(ApplyError) as failed:
        up(engine, wanted("2", **config))

    names = [resource for resource, _ in failed.value.failures]
    assert set(names) <= {f"Container demo-web-{number}" for number in bad}
    assert names
    assert all("is unhealthy" in str(error) for _, error in failed.value.failures), failed.value
    assert replaced(engine, there) == expected
    if order == "start-first":
        assert engine.fewest == 3


def test_a_container_that_cannot_even_start_is_taken_back() -> None:
    engine, there = begun()
    engine.behave(BAD, Behaviour(start_error="no such program"))

    with pytest.raises(ApplyError, match="no such program"):
        up(engine, wanted(image=BAD))

    assert replaced(engine, there) == []


def test_a_container_that_cannot_even_be_created_changes_nothing() -> None:
    engine, there = begun(failure_action="continue")
    engine.fail(EngineError("no space"), call="create_container", at=2)

    with pytest.raises(ApplyError, match="no space"):
        up(engine, wanted("2", failure_action="continue"))

    assert replaced(engine, there) == [1, 3]


def test_a_new_container_whose_hook_fails_is_taken_back() -> None:
    engine, there = begun()
    engine.behave(BAD, Behaviour(commands={"warm": Ran(exits=3)}))

    with pytest.raises(ApplyError, match="web hook exited with status 3"):
        up(engine, wanted(image=BAD))

    assert replaced(engine, there) == []


def test_a_drain_that_fails_is_told_and_the_old_container_goes() -> None:
    mine = {"drain": ["leave"]}
    engine, there = begun(mine=mine)
    engine.behave("demo-web-2", Behaviour(commands={"leave": Ran(exits=4)}))

    up(engine, wanted("2", mine=mine))

    assert replaced(engine, there) == [1, 2, 3]
    ran = [call for call in engine.changes if call.method == "create_exec"]
    assert [call.args[-1] for call in ran].count("leave") == 3


@pytest.mark.parametrize("volumes", [[], ["/data"]])
def test_nothing_is_left_of_what_did_not_serve(volumes) -> None:
    engine, there = begun()
    engine.add_image(BAD, volumes=volumes, healthcheck=CHECK)

    with pytest.raises(ApplyError):
        up(engine, wanted(image=BAD))

    assert replaced(engine, there) == []
    assert engine.list_volumes() == []


# kill -9


CONFIGS: dict[str, dict[str, Any]] = {
    "start-first": {},
    "two at once": {"parallelism": 2},
    "start-first, rollback": {"failure_action": "rollback"},
    "stop-first": {"order": "stop-first"},
    "stop-first, rollback": {"order": "stop-first", "failure_action": "rollback"},
}
LEAST = {"start-first": 3, "stop-first": 2}


def cut(engine: Watched, at: int, *, after: bool, run: Callable[[], object]) -> None:
    engine.fail(Killed(), at=at, mutating=True, after=after)
    with dying(engine), contextlib.suppress(ApplyError):
        run()


def changes(config: dict[str, Any], image: str = GOOD) -> int:
    engine, _ = begun(**config)
    before = len(engine.changes)
    with contextlib.suppress(ApplyError):
        up(engine, wanted("2", image, **config))
    return len(engine.changes) - before


def cuts(image: str = GOOD) -> list[object]:
    return [
        pytest.param(name, at, after, id=f"{name}, {'after' if after else 'before'} {at}")
        for name, config in CONFIGS.items()
        for at in range(1, changes(config, image) + 1)
        for after in (False, True)
    ]


@pytest.mark.parametrize(("name", "at", "after"), cuts())
def test_the_next_up_finishes_what_was_cut_and_enough_serve_meanwhile(name, at, after) -> None:
    config = CONFIGS[name]
    engine, there = begun(**config)
    cut(engine, at, after=after, run=lambda: up(engine, wanted("2", **config)))

    up(engine, wanted("2", **config))

    assert replaced(engine, there) == [1, 2, 3]
    assert str(next_up(engine, wanted("2", **config))) == ""
    assert engine.fewest >= LEAST[config.get("order", "start-first")]


@pytest.mark.parametrize(("name", "at", "after"), cuts())
def test_a_plain_up_finishes_it_too(name, at, after) -> None:
    config = {**CONFIGS[name], "mine": False}
    engine, there = begun(**config)
    new = wanted("2", **config)
    rolled = wanted("2", **CONFIGS[name])
    cut(engine, at, after=after, run=lambda: up(engine, rolled))

    up(engine, new)

    assert replaced(engine, there) == [1, 2, 3]
    assert str(next_up(engine, new)) == ""


@pytest.mark.parametrize(("name", "at", "after"), cuts(BAD))
def test_a_bad_version_that_was_cut_off_is_taken_back_by_the_next_up(name, at, after) -> None:
    config = CONFIGS[name]
    engine, there = begun(**config)
    cut(engine, at, after=after, run=lambda: up(engine, wanted("2", BAD, **config)))

    with pytest.raises(ApplyError):
        up(engine, wanted("2", BAD, **config))

    assert replaced(engine, there) == []
    assert engine.fewest >= LEAST[config.get("order", "start-first")]


@pytest.mark.parametrize(("name", "at", "after"), cuts())
def test_what_was_cut_off_can_be_taken_back_to_the_old_version(name, at, after) -> None:
    config = CONFIGS[name]
    engine, _ = begun(**config)
    cut(engine, at, after=after, run=lambda: up(engine, wanted("2", **config)))

    up(engine, wanted("1", **config))

    assert str(next_up(engine, wanted("1", **config))) == ""
    assert [*ids(engine)] == ["demo-web-1", "demo-web-2", "demo-web-3"]
    assert engine.fewest >= 2
