"""kill -9 at any change: the next `up` (or `down`) finishes what was begun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from killing import dying
from projects import (
    carry_out,
    down,
    named_volume,
    names,
    needs,
    next_down,
    next_up,
    project,
    service,
    up,
)

from pycompose import labels
from pycompose.engine.fake import FakeEngine, Killed
from pycompose.model.hooks import Hook
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, Network
from pycompose.model.service import Grant
from pycompose.observe import observe
from pycompose.plan.lifecycle import stop as plan_stop

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
    stopped: bool = False  # `before` has been stopped


def _db(version: str = "1", **fields: object) -> Project:
    return project(service("db", image=IMAGE, environment={"VERSION": version}, **fields))


def _two(version: str = "1") -> Project:
    db = service("db", image=IMAGE, environment={"VERSION": version}, volumes=(named_volume("d"),))
    both = {"front": None, "back": None}
    return project(db, service("web", networks=both, depends_on={"db": needs(restart=True)}))


def _hooked() -> Project:
    hooks = {name: (Hook(command=(name,)),) for name in ("post_start", "pre_stop")}
    return project(service("db", image=IMAGE, **hooks), service("web", depends_on={"db": needs()}))


def stop(engine: FakeEngine, wanted: Project) -> object:
    return carry_out(engine, plan_stop(wanted, observe(engine, wanted.name, wanted), ()))


def _down_with_volumes(engine: FakeEngine, wanted: Project) -> object:
    return down(engine, wanted, volumes=True)


def _next_down_with_volumes(engine: FakeEngine, wanted: Project) -> object:
    return next_down(engine, wanted, volumes=True)


def _shared(label: str = "1", **fields: object) -> Project:
    """Return a project whose network has a label, with two services on it."""
    network = Network(name="demo_default", labels={"version": label})
    return project(
        service("db", image=IMAGE), service("web"), networks={"default": network}, **fields
    )


def _granted(version: str = "1") -> Project:
    """Return a project with a secret that is written into a volume of its container's own."""
    grants = (Grant(source="token", mode=0o400),)
    token = FileObject(name="demo_token", environment="TOKEN")
    fields = {"environment": {"VERSION": version}, "secrets": grants, "read_only": True}
    return project(service("web", image=IMAGE, **fields), secrets={"token": token})


def _joined(version: str = "1") -> Project:
    """Return a project with a service in the network of another one."""
    db = service("db", image=IMAGE, environment={"VERSION": version})
    return project(db, service("web", networks={}, network_mode="service:db"))


ONE, BOTH = ("demo-db-1",), ("demo-db-1", "demo-web-1")
THREE = ("demo-db-1", "demo-db-2", "demo-db-3")
SCENARIOS = {
    "F-01": {"up": Scenario(None, _two(), BOTH), "hooks": Scenario(None, _hooked(), BOTH)},
    "F-02": {
        "one": Scenario(_db("1"), _db("2"), ONE),
        "dependents": Scenario(_two("1"), _two("2"), BOTH),
        "three": Scenario(_db("1", scale=3), _db("2", scale=3), THREE),
        "a network": Scenario(_shared("1"), _shared("2"), BOTH),
        "secrets": Scenario(_granted("1"), _granted("2"), ("demo-web-1",)),
        "joined": Scenario(_joined("1"), _joined("2"), BOTH),
    },
    "F-03": {"scale": Scenario(_db(scale=1), _db(scale=3), THREE)},
    "F-04": {"scale": Scenario(_db(scale=3), _db(scale=1), ONE)},
    "F-05": {
        "hooks": Scenario(_hooked(), _hooked(), (), down, next_down),
        "down": Scenario(_two(), _two(), (), down, next_down),
        "down -v": Scenario(_two(), _two(), (), _down_with_volumes, _next_down_with_volumes),
        "secrets": Scenario(
            _granted(), _granted(), (), _down_with_volumes, _next_down_with_volumes
        ),
    },
    "F-06": {
        "stop": Scenario(_two(), _two(), BOTH, stop),
        "up": Scenario(_two(), _two(), BOTH, stopped=True),
        "hooks": Scenario(_hooked(), _hooked(), BOTH, stopped=True),
    },
}


def _engine(scenario: Scenario) -> FakeEngine:
    engine = FakeEngine()
    engine.add_image("busybox:latest")
    engine.add_image(IMAGE, volumes=["/var/lib/db"])
    if scenario.before is not None:
        up(engine, scenario.before)
    if scenario.stopped and scenario.before is not None:
        stop(engine, scenario.before)
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
    with dying(engine):
        scenario.run(engine, scenario.wanted)


def _cuts(row: str) -> Any:
    """Let a test meet a kill before and after each change of the scenarios of a row."""
    cases = [
        pytest.param(scenario, at, after, id=f"{name}, {'after' if after else 'before'} {at}")
        for name, scenario in SCENARIOS[row].items()
        for at in range(1, _changes(scenario) + 1)
        for after in (False, True)
    ]
    return pytest.mark.parametrize(("scenario", "at", "after"), cases)


def _finished(scenario: Scenario, at: int, after: bool) -> None:
    """One more run ends where an undisturbed one does, and the next has nothing to do."""
    engine, wanted = _engine(scenario), scenario.wanted
    kept = _anonymous(engine)
    engine.fail(Killed(), at=at, mutating=True, after=after)
    _run_until_killed(scenario, engine)

    again = up if scenario.run is stop else scenario.run
    again(engine, wanted)

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
    down(engine, wanted, volumes=True)
    assert [v.name for v in observe(engine, "demo").volumes if v.labels] == []


@_cuts("F-01")
def test_f_01_a_killed_up_is_finished(scenario: Scenario, at: int, after: bool) -> None:
    _finished(scenario, at, after)


@_cuts("F-02")
def test_f_02_a_killed_recreation_is_finished(scenario: Scenario, at: int, after: bool) -> None:
    _finished(scenario, at, after)


@_cuts("F-03")
def test_f_03_more_containers_are_made_after_a_kill(
    scenario: Scenario, at: int, after: bool
) -> None:
    _finished(scenario, at, after)


@_cuts("F-04")
def test_f_04_fewer_containers_are_left_after_a_kill(
    scenario: Scenario, at: int, after: bool
) -> None:
    _finished(scenario, at, after)


@_cuts("F-05")
def test_f_05_a_killed_down_is_finished(scenario: Scenario, at: int, after: bool) -> None:
    _finished(scenario, at, after)


@_cuts("F-06")
def test_f_06_what_was_stopped_runs_again_after_a_kill(
    scenario: Scenario, at: int, after: bool
) -> None:
    _finished(scenario, at, after)


def test_f_07_no_volume_outlives_a_down_with_volumes() -> None:
    unnamed = Mount(type="volume", target="/cache")
    old, new = (_db(version, volumes=(unnamed,), scale=2) for version in "12")
    engine = _engine(Scenario(old, new, ()))
    up(engine, new)
    up(engine, new, renew_anon_volumes=True, policy="force")
    up(engine, _db("2", volumes=(unnamed,), scale=1))

    down(engine, new, volumes=True)

    # What an image declares and a replica has left behind alone has no label.
    left = engine.list_volumes()
    assert [volume for volume in left if labels.ANONYMOUS in (volume["Labels"] or {})] == []


def test_f_07_what_a_recreation_handed_on_goes_with_its_container() -> None:
    engine = _engine(Scenario(_two("1"), _two("2"), ()))
    up(engine, _two("2"))

    down(engine, _two("2"), volumes=True)

    assert engine.list_volumes() == []


def test_no_scenario_is_empty() -> None:
    every = [one for row in SCENARIOS.values() for one in row.values()]
    assert all(0 < _changes(scenario) < AT_MOST for scenario in every)


def test_a_project_volume_outlives_every_cut_of_a_recreation() -> None:
    scenario = SCENARIOS["F-02"]["dependents"]
    for at in range(1, _changes(scenario) + 1):
        engine = _engine(scenario)
        engine.fail(Killed(), at=at, mutating=True)
        with pytest.raises(Killed):
            up(engine, scenario.wanted)
        engine.revive()
        up(engine, scenario.wanted)
        assert "demo_d" in [volume.name for volume in observe(engine, "demo").volumes]
