"""Laws of `up`, on small projects that change between two versions."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import IMAGE, carry_out, look, named_volume, needs, next_up, project, service, up

from pycompose.engine.fake import FakeEngine
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.observe import containers, observe
from pycompose.plan.ops import CreateContainer, Made, RemoveVolume, Start, Wait
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options
from pycompose.plan.up import up as plan_up

NAMES = ("a", "b", "c", "d")
IMAGES = (IMAGE, "db:1")
ANONYMOUS = Mount(type="volume", target="/cache")
MOUNTS = (named_volume("one", "/one"), named_volume("two", "/two"), ANONYMOUS)

LAWS = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def services(draw, index: int):
    earlier = NAMES[:index]
    conditions = st.sampled_from(["service_started", "service_healthy"])
    dependencies = st.builds(
        needs, conditions, restart=st.booleans(), required=st.sampled_from([True, True, False])
    )
    depends_on = draw(st.dictionaries(st.sampled_from(earlier), dependencies)) if earlier else {}
    networks = draw(st.sets(st.sampled_from(["default", "front", "back"]), min_size=1))
    return service(
        NAMES[index],
        image=draw(st.sampled_from(IMAGES)),
        environment={"VERSION": draw(st.sampled_from("12"))},
        scale=draw(st.integers(0, 3)),
        depends_on=depends_on,
        networks=dict.fromkeys(sorted(networks)),
        volumes=tuple(MOUNTS[at] for at in sorted(draw(st.sets(st.integers(0, 2))))),
    )


@st.composite
def projects(draw):
    kept = draw(st.sets(st.integers(0, 3), min_size=1))
    found = [draw(services(index)) for index in sorted(kept)]
    there = {one.name for one in found}
    return project(*(_without_strangers(one, there) for one in found))


def _without_strangers(one, there):
    return one._replace(depends_on={n: d for n, d in one.depends_on.items() if n in there})


class CountingEngine(FakeEngine):
    """An engine that notes the most containers of each service that ever ran together."""

    def __init__(self) -> None:
        super().__init__()
        self.most: Counter[str] = Counter()

    def start_container(self, container: str) -> None:
        super().start_container(container)
        self.most |= Counter(c.service for c in containers(self, "demo", all=False))


def _engine() -> CountingEngine:
    engine = CountingEngine()
    check = {"Test": ["CMD", "true"]}
    engine.add_image(IMAGE, healthcheck=check)
    engine.add_image("db:1", volumes=["/var/lib/db"], healthcheck=check)
    return engine


def _second(engine: FakeEngine, old: Project, new: Project) -> Plan:
    """Return the plan from one version to the other."""
    up(engine, old)
    return next_up(engine, new, remove_orphans=True)


@LAWS
@given(projects(), projects())
def test_after_up_there_is_nothing_to_do(old, new) -> None:
    engine = _engine()
    plan = _second(engine, old, new)

    carry_out(engine, plan)

    assert str(next_up(engine, new, remove_orphans=True)) == ""
    seen = observe(engine, "demo", new).containers
    assert Counter(c.service for c in seen) == Counter(
        {name: one.instances for name, one in new.services.items() if one.instances}
    )
    assert all(c.state == "running" for c in seen)
    assert {c.name for c in seen} == {f"demo-{c.service}-{c.number}" for c in seen}


@LAWS
@given(projects(), projects())
def test_a_step_comes_after_what_it_needs(old, new) -> None:
    plan = _second(_engine(), old, new)

    for number, step in enumerate(plan.steps, 1):
        assert step.id == number
        assert all(0 < need < step.id for need in step.after)


@LAWS
@given(projects(), projects())
def test_a_container_starts_after_all_that_its_service_depends_on(old, new) -> None:
    plan = _second(_engine(), old, new)

    before: dict[int, set[int]] = {}
    for step in plan.steps:
        before[step.id] = set(step.after).union(*(before[need] for need in step.after))
    starts = [step for step in plan.steps if isinstance(step, Start)]
    for start in starts:
        for needed in new.services[start.service].depends_on:
            earlier = {step.id for step in starts if step.service == needed}
            assert earlier <= before[start.id]


@LAWS
@given(projects(), projects())
def test_up_removes_no_volume(old, new) -> None:
    engine = _engine()
    plan = _second(engine, old, new)
    before = {volume["Name"] for volume in engine.list_volumes()}

    carry_out(engine, plan)

    assert not [step for step in plan.steps if isinstance(step, RemoveVolume)]
    assert plan.destroys == ()
    assert before <= {volume["Name"] for volume in engine.list_volumes()}


@LAWS
@given(projects(), projects())
def test_there_is_one_network_of_each_key(old, new) -> None:
    engine = _engine()

    carry_out(engine, _second(engine, old, new))

    found = Counter(n["Name"] for n in engine.list_networks() if n["Name"].startswith("demo_"))
    assert all(count == 1 for count in found.values())
    assert {network.name for network in new.networks.values()} <= set(found)


@LAWS
@given(projects(), projects())
def test_equal_input_gives_equal_bytes(old, new) -> None:
    engine = _engine()
    up(engine, old)
    options = Options(remove_orphans=True)
    seen = look(engine, new, options)

    first, second = plan_up(new, seen, options), plan_up(new, seen, options)

    assert str(first).encode() == str(second).encode()
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())


@LAWS
@given(projects(), projects())
def test_what_is_made_is_named_only_after_it_was_made(old, new) -> None:
    plan = _second(_engine(), old, new)

    made = {step.id for step in plan.steps if isinstance(step, CreateContainer)}
    for step in plan.steps:
        refs = step.containers if isinstance(step, Wait) else [getattr(step, "container", "")]
        for ref in refs:
            if isinstance(ref, Made):
                assert ref.op in made
                assert ref.op < step.id


@LAWS
@given(projects(), projects())
def test_no_more_containers_run_than_the_scale_says(old, new) -> None:
    engine = _engine()
    plan = _second(engine, old, new)
    engine.most.clear()

    carry_out(engine, plan)

    for name, one in new.services.items():
        before = old.services[name].instances if name in old.services else 0
        assert engine.most[name] <= max(one.instances, before)
