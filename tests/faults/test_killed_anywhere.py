"""kill -9 at any change: the next `up` (or `down`) finishes what was begun."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from projects import down, named_volume, names, needs, next_down, next_up, project, service, up

from pycompose.engine.fake import FakeEngine, Killed
from pycompose.model.hooks import Hook
from pycompose.model.project import Project
from pycompose.observe import observe

IMAGE = "db:1"
AT_MOST = 30  # no scenario makes more changes than this


@dataclass(frozen=True)
class Scenario:
    """What there is (`before`, None: nothing), what is asked for, and what must be there then."""

    before: Project | None
    wanted: Project
    containers: tuple[str, ...]
    run: Callable[[FakeEngine, Project], object] = up
    plan: Callable[[FakeEngine, Project], object] = next_up


def _db(version: str = "1", **fields: object) -> Project:
    return project(service("db", image=IMAGE, environment={"VERSION": version}, **fields))


def _two(version: str = "1") -> Project:
    db = service("db", image=IMAGE, environment={"VERSION": version}, volumes=(named_volume("d"),))
    both = {"front": None, "back": None}
    return project(db, service("web", networks=both, depends_on={"db": needs(restart=True)}))


def _hooked() -> Project:
    hooks = {name: (Hook(command=(name,)),) for name in ("post_start", "pre_stop")}
    return project(service("db", image=IMAGE, **hooks), service("web", depends_on={"db": needs()}))


def _down_with_volumes(engine: FakeEngine, wanted: Project) -> object:
    return down(engine, wanted, volumes=True)


def _next_down_with_volumes(engine: FakeEngine, wanted: Project) -> object:
    return next_down(engine, wanted, volumes=True)


SCENARIOS = {
    "fresh up": Scenario(None, _two(), ("demo-db-1", "demo-web-1")),
    "recreate": Scenario(_db("1"), _db("2"), ("demo-db-1",)),
    "recreate with dependents": Scenario(_two("1"), _two("2"), ("demo-db-1", "demo-web-1")),
    "recreate three": Scenario(
        _db("1", scale=3), _db("2", scale=3), ("demo-db-1", "demo-db-2", "demo-db-3")
    ),
    "one to three": Scenario(_db(scale=1), _db(scale=3), ("demo-db-1", "demo-db-2", "demo-db-3")),
    "three to one": Scenario(_db(scale=3), _db(scale=1), ("demo-db-1",)),
    "hooks": Scenario(None, _hooked(), ("demo-db-1", "demo-web-1")),
    "down with hooks": Scenario(_hooked(), _hooked(), (), down, next_down),
    "down": Scenario(_two(), _two(), (), down, next_down),
    "down -v": Scenario(_two(), _two(), (), _down_with_volumes, _next_down_with_volumes),
}


def _engine(scenario: Scenario) -> FakeEngine:
    engine = FakeEngine()
    engine.add_image("busybox:latest")
    engine.add_image(IMAGE, volumes=["/var/lib/db"])
    if scenario.before is not None:
        up(engine, scenario.before)
    return engine


def _changes(scenario: Scenario) -> int:
    engine = _engine(scenario)
    before = len(engine.changes)
    scenario.run(engine, scenario.wanted)
    return len(engine.changes) - before


def _anonymous(engine: FakeEngine) -> dict[str, str]:
    """Return the volume at /var/lib/db of each container, by the container's name."""
    return {
        container.name: mount.name
        for container in observe(engine, "demo").containers
        for mount in container.mounts
        if mount.target == "/var/lib/db"
    }


def _run_until_killed(scenario: Scenario, engine: FakeEngine) -> None:
    # What was gone already is refused, so that there is no "after" to be killed at.
    with contextlib.suppress(Killed):
        scenario.run(engine, scenario.wanted)
    engine.revive()


def _cuts() -> list[object]:
    return [
        pytest.param(name, at, after, id=f"{name}, {'after' if after else 'before'} {at}")
        for name, scenario in SCENARIOS.items()
        for at in range(1, _changes(scenario) + 1)
        for after in (False, True)
    ]


@pytest.mark.parametrize(("name", "at", "after"), _cuts())
def test_two_more_rounds_finish_what_was_cut(name: str, at: int, after: bool) -> None:
    scenario = SCENARIOS[name]
    wanted = scenario.wanted
    engine = _engine(scenario)
    kept = _anonymous(engine)
    engine.fail(Killed(), at=at, mutating=True, after=after)
    _run_until_killed(scenario, engine)

    scenario.run(engine, wanted)
    first = tuple(names(engine, wanted))
    scenario.run(engine, wanted)

    assert first == scenario.containers
    assert tuple(names(engine, wanted)) == scenario.containers
    assert str(scenario.plan(engine, wanted)) == ""
    seen = observe(engine, "demo", wanted)
    assert all(container.state == "running" for container in seen.containers)
    numbers = [(container.service, container.number) for container in seen.containers]
    assert len(set(numbers)) == len(numbers)
    there = [network.name for network in seen.networks if network.name.startswith("demo_")]
    expected = sorted(n.name for n in wanted.networks.values()) if scenario.containers else []
    assert there == expected
    found = _anonymous(engine)
    assert all(found[one] == volume for one, volume in kept.items() if one in found)


@pytest.mark.parametrize(("name", "at", "after"), _cuts())
def test_one_round_is_enough(name: str, at: int, after: bool) -> None:
    scenario = SCENARIOS[name]
    engine = _engine(scenario)
    engine.fail(Killed(), at=at, mutating=True, after=after)
    _run_until_killed(scenario, engine)

    scenario.run(engine, scenario.wanted)

    assert str(scenario.plan(engine, scenario.wanted)) == ""


def test_no_scenario_is_empty() -> None:
    assert all(0 < _changes(scenario) < AT_MOST for scenario in SCENARIOS.values())


def test_a_project_volume_outlives_every_cut_of_a_recreate() -> None:
    scenario = SCENARIOS["recreate with dependents"]
    for at in range(1, _changes(scenario) + 1):
        engine = _engine(scenario)
        engine.fail(Killed(), at=at, mutating=True)
        with pytest.raises(Killed):
            up(engine, scenario.wanted)
        engine.revive()
        up(engine, scenario.wanted)
        assert "demo_d" in [volume.name for volume in observe(engine, "demo").volumes]
