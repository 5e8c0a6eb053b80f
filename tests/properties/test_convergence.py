"""Laws of `up`, on generated projects that change between two versions, whatever happened before.

How many projects is a setting (see `thorough`); `scripts/soak` tries a thousand for each law.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from functools import partial
from typing import Any

from generated import BRIEF_IMAGE, OTHER_IMAGE, OUTSIDE, pairs, read
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from killing import dying
from projects import IMAGE, down, look, silent
from thorough import EXAMPLES, SEED

from pycompose import labels
from pycompose.apply import apply
from pycompose.engine.fake import Behaviour, FakeEngine, Killed
from pycompose.errors import ApplyError, ComposeFileError, EngineError
from pycompose.files.archive import archive
from pycompose.files.contents import digests
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.observe import containers, observe
from pycompose.plan.ops import CreateContainer, Made, RemoveVolume, Start, Wait
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options
from pycompose.plan.up import up as plan_up
from pycompose.plan.updates import rolls, update

_LAWS = settings(
    max_examples=EXAMPLES,
    derandomize=False,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def law(test: Any) -> Any:
    """Try a test on as many generated cases as the setting says, the same ones in every run."""
    return seed(f"{SEED} {test.__name__}")(_LAWS(test))


class CountingEngine(FakeEngine):
    """An engine that notes the most containers of each service that ever ran together."""

    def __init__(self) -> None:
        super().__init__()
        self.most: Counter[str] = Counter()

    def start_container(self, container: str) -> None:
        super().start_container(container)
        self.most |= Counter(c.service for c in containers(self, "demo", all=False))


def _engine() -> CountingEngine:
    """Return an engine that holds images, and what is none of ours."""
    engine = CountingEngine()
    check = {"Test": ["CMD", "true"]}
    engine.add_image(IMAGE, healthcheck=check)
    engine.add_image(OTHER_IMAGE, volumes=["/var/lib/db"], healthcheck=check)
    engine.add_image(BRIEF_IMAGE)
    engine.behave(BRIEF_IMAGE, Behaviour(exits=0))
    engine.create_network({"Name": OUTSIDE})
    engine.create_volume({"Name": OUTSIDE})
    engine.create_volume({"Name": "demo_theirs"})
    host = {"NetworkMode": OUTSIDE, "Binds": [f"{OUTSIDE}:/data"]}
    theirs = {"Image": IMAGE, "HostConfig": host, "Labels": {labels.PROJECT: "theirs"}}
    engine.start_container(engine.create_container("theirs-web-1", theirs)["Id"])
    return engine


def plan(engine: FakeEngine, wanted: Project, **options: Any) -> Plan:
    chosen = Options(contents=digests(wanted), remove_orphans=True, **options)
    return plan_up(wanted, look(engine, wanted, chosen), chosen)


def carry_out(engine: FakeEngine, wanted: Project, steps: Plan) -> None:
    apply(steps, engine, silent, parallel=1, contents=partial(archive, wanted))


def up(engine: FakeEngine, wanted: Project, **options: Any) -> None:
    carry_out(engine, wanted, plan(engine, wanted, **options))


def _second(engine: FakeEngine, old: Project, new: Project, **options: Any) -> Plan:
    """Bring one version up; return the plan to the other, if there may be one."""
    up(engine, old)
    try:
        return plan(engine, new, **options)
    except ComposeFileError:
        assume(False)
        raise


def shape(engine: FakeEngine, wanted: Project) -> dict[str, Any]:
    """Return what there is of the project, without ids."""
    seen = observe(engine, "demo", wanted)
    found: dict[str, Any] = {
        one.name: (
            one.state,
            one.service,
            one.number,
            one.labels[labels.FIELDS],
            one.labels.get(labels.CONTENTS),
            sorted(one.networks),
            sorted((m.target, "" if len(m.name) == 64 else m.name) for m in one.mounts),
            sorted(engine.container(one.id).files),
        )
        for one in seen.containers
    }
    found["networks"] = sorted(
        (n.name, n.labels.get("version")) for n in seen.networks if n.name.startswith("demo_")
    )
    found["volumes"] = [v.name for v in seen.volumes if len(v.name) != 64]
    return found


def unnamed(engine: FakeEngine) -> dict[tuple[str, str], str]:
    """Return the volumes without a name, by container and target, but for those of secrets."""
    seen = observe(engine, "demo")
    private = {v.name for v in seen.volumes if labels.GRANTS in v.labels}
    return {
        (one.name, mount.target): mount.name
        for one in seen.containers
        for mount in one.mounts
        if len(mount.name) == 64 and mount.name not in private
    }


def volumes(engine: FakeEngine) -> set[str]:
    """Return the names of all volumes, but for those that hold secrets and go with a container."""
    rows = engine.list_volumes()
    return {v["Name"] for v in rows if labels.GRANTS not in (v["Labels"] or {})}


def is_right(engine: FakeEngine, wanted: Project) -> None:
    """Everything runs, as often as it is to, under its name, and there is nothing to do."""
    seen = observe(engine, "demo", wanted).containers
    counts = {name: one.instances for name, one in wanted.services.items() if one.instances}
    # Those of services that are switched off are nobody's orphans and stay.
    mine = [c for c in seen if c.service not in wanted.disabled]
    assert Counter(c.service for c in mine) == Counter(counts)
    assert all(c.state == "running" for c in mine)
    for one in mine:
        service = wanted.services[one.service]
        assert one.name == wanted.container_name(service, one.number or 0)
    names = Counter(n["Name"] for n in engine.list_networks())
    assert set(names.values()) == {1}
    assert {network.name for network in wanted.networks.values()} <= set(names)
    assert str(plan(engine, wanted)) == ""


def is_theirs_still(engine: FakeEngine) -> None:
    """What is not the project's is as it was."""
    assert engine.container("theirs-web-1").state == "running"
    [end] = engine.inspect_container("theirs-web-1")["NetworkSettings"]["Networks"].values()
    assert end["NetworkID"] == engine.inspect_network(OUTSIDE)["Id"]
    assert {OUTSIDE, "demo_theirs"} <= volumes(engine)


@law
@given(pairs())
def test_after_up_there_is_nothing_to_do(pair) -> None:
    engine = _engine()
    old, new = map(read, pair)

    carry_out(engine, new, _second(engine, old, new))

    is_right(engine, new)
    is_theirs_still(engine)


@law
@given(pairs())
def test_a_step_comes_after_what_it_needs(pair) -> None:
    steps = _second(_engine(), *map(read, pair)).steps

    for number, step in enumerate(steps, 1):
        assert step.id == number
        assert all(0 < need < step.id for need in step.after)


@law
@given(pairs())
def test_a_container_starts_after_all_that_its_service_depends_on(pair) -> None:
    old, new = map(read, pair)
    steps = _second(_engine(), old, new).steps

    before: dict[int, set[int]] = {}
    for step in steps:
        before[step.id] = set(step.after).union(*(before[need] for need in step.after))
    # Those that make up for a failed update take place where all else is left out.
    starts = [step for step in steps if isinstance(step, Start) and not step.rescues]
    for start in starts:
        for needed in new.services[start.service].depends_on:
            earlier = {step.id for step in starts if step.service == needed}
            assert earlier <= before[start.id]


@law
@given(pairs())
def test_up_removes_no_volume(pair) -> None:
    engine = _engine()
    old, new = map(read, pair)
    steps = _second(engine, old, new)
    before, kept = volumes(engine), unnamed(engine)

    carry_out(engine, new, steps)

    gone = {step.volume for step in steps.steps if isinstance(step, RemoveVolume)}
    borrow = {name for name, one in new.services.items() if one.volumes_from}
    assert gone.isdisjoint(before)
    assert steps.destroys == ()
    assert before <= volumes(engine)
    # A container that has stayed, or was made anew, has the data that it had.
    for (container, target), name in unnamed(engine).items():
        if engine.container(container).config["Labels"][labels.SERVICE] not in borrow:
            assert name == kept.get((container, target), name)


@law
@given(pairs())
def test_there_is_one_network_of_each_key(pair) -> None:
    engine = _engine()
    old, new = map(read, pair)

    carry_out(engine, new, _second(engine, old, new))

    found = Counter(n["Name"] for n in engine.list_networks() if n["Name"].startswith("demo_"))
    assert all(count == 1 for count in found.values())
    assert {network.name for network in new.networks.values()} - {OUTSIDE} <= set(found)


@law
@given(pairs())
def test_equal_input_gives_equal_bytes(pair) -> None:
    engine = _engine()
    old, new = map(read, pair)
    first = _second(engine, old, new)
    second = plan(engine, new)

    assert str(first).encode() == str(second).encode()
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())


@law
@given(pairs())
def test_what_is_made_is_named_only_after_it_was_made(pair) -> None:
    steps = _second(_engine(), *map(read, pair)).steps

    made = {step.id for step in steps if isinstance(step, CreateContainer)}
    for step in steps:
        refs = step.containers if isinstance(step, Wait) else [getattr(step, "container", "")]
        for ref in refs:
            if isinstance(ref, Made):
                assert ref.op in made
                assert ref.op < step.id


@law
@given(pairs())
def test_no_more_containers_run_than_the_scale_says(pair) -> None:
    engine = _engine()
    old, new = map(read, pair)
    steps = _second(engine, old, new)
    engine.most.clear()

    carry_out(engine, new, steps)

    for name, one in new.services.items():
        before = old.services[name].instances if name in old.services else 0
        assert engine.most[name] <= max(one.instances, before) + _beside(one)


def _beside(service: Service) -> int:
    """Return how many containers an update that starts them first may have beside the others."""
    if not rolls(service, None) or not (wanted := update(service)).start_first:
        return 0
    return wanted.parallelism or service.instances


chances = st.integers(min_value=0, max_value=10**6)


def _cut(engine: FakeEngine, wanted: Project, steps: Plan, at: int, *, after: bool) -> None:
    """Kill the run of a plan at one of its calls."""
    engine.fail(Killed(), at=at, after=after)
    with dying(engine):
        carry_out(engine, wanted, steps)


@law
@given(pairs(), chances, st.booleans(), st.sampled_from(["diverged", "force"]))
def test_what_was_cut_off_anywhere_ends_as_if_it_had_not_been(pair, at, after, policy) -> None:
    old, new = map(read, pair)
    whole = _engine()
    steps = _second(whole, old, new, policy=policy)
    calls = len(whole.calls)
    carry_out(whole, new, steps)
    calls = len(whole.calls) - calls
    assume(calls)

    engine = _engine()
    steps = _second(engine, old, new, policy=policy)
    before = volumes(engine)
    _cut(engine, new, steps, at % calls + 1, after=after)
    up(engine, new)

    if str(plan(engine, new)):
        up(engine, new)
    is_right(engine, new)
    is_theirs_still(engine)
    assert shape(engine, new) == shape(whole, new)
    assert before <= volumes(engine)
    # What the undisturbed run has kept, this one has kept.
    found = unnamed(engine)
    for key, name in unnamed(whole).items():
        assert name not in before or found[key] == name


@law
@given(pairs(), chances, st.sampled_from([500, 409, 404]))
def test_what_was_refused_anywhere_is_made_up_for(pair, at, status) -> None:
    old, new = map(read, pair)
    engine = _engine()
    steps = _second(engine, old, new)
    before = volumes(engine)
    engine.fail(EngineError("refused", status=status), at=at % (len(steps.steps) + 1) + 1)
    with suppress(ApplyError):
        carry_out(engine, new, steps)
    engine.revive()

    up(engine, new)
    if str(plan(engine, new)):
        up(engine, new)

    is_right(engine, new)
    assert before <= volumes(engine)


@law
@given(pairs(), chances, st.booleans())
def test_a_down_that_was_cut_off_leaves_nothing_after_the_next(pair, at, after) -> None:
    engine = _engine()
    old = read(pair[0])
    up(engine, old)
    engine.fail(Killed(), at=at % 20 + 1, mutating=True, after=after)
    with dying(engine):
        down(engine, old, volumes=True)

    down(engine, old, volumes=True)

    mine = {"label": [f"{labels.PROJECT}=demo"]}
    assert engine.list_containers(filters=mine) == []
    assert engine.list_networks(filters=mine) == []
    marked = [v for v in engine.list_volumes() if labels.ANONYMOUS in (v["Labels"] or {})]
    assert [*engine.list_volumes(filters=mine), *marked] == []
    is_theirs_still(engine)


EVENTS = ("cut up", "cut down", "exits", "removed", "paused", "killed", "stopped", "renamed")


def _happens(engine: FakeEngine, old: Project, what: str, at: int, *, after: bool) -> None:
    """Let something happen to a project, or to one of its containers."""
    rows = engine.list_containers(filters={"label": [f"{labels.PROJECT}=demo"]})
    one = rows[at % len(rows)]["Id"] if rows else ""
    with suppress(EngineError, ComposeFileError):
        if what == "cut up":
            _cut(engine, old, plan(engine, old), at % 30 + 1, after=after)
        elif what == "cut down":
            engine.fail(Killed(), at=at % 30 + 1, mutating=True, after=after)
            with dying(engine):
                down(engine, old)
        elif what == "exits":
            engine.exit(one, at % 3)
        elif what == "removed":
            engine.remove_container(one, force=True, volumes=after)
        elif what == "paused":
            engine.pause_container(one)
        elif what == "killed":
            engine.kill_container(one)
        elif what == "stopped":
            engine.stop_container(one)
        else:
            engine.rename_container(one, f"{one[:12]}_{engine.container(one).name}")


happenings = st.tuples(st.sampled_from(EVENTS), chances, st.booleans(), st.booleans())


@law
@given(pairs(), st.lists(happenings, min_size=1, max_size=5))
def test_an_up_leads_out_of_whatever_happened(pair, past) -> None:
    engine = _engine()
    old, new = map(read, pair)
    up(engine, old)
    for what, at, after, second in past:
        before = volumes(engine)
        _happens(engine, new if second else old, what, at, after=after)
        # Nobody but who removes a container with its volumes takes data away.
        assert what == "removed" or before <= volumes(engine)
    before = volumes(engine)
    with suppress(ComposeFileError):  # its network may have changed with others still on it
        up(engine, new)
        if str(plan(engine, new)):
            up(engine, new)
        is_right(engine, new)
    is_theirs_still(engine)
    assert before <= volumes(engine)
