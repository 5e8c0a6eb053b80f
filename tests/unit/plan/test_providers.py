"""Services that programs provide, and what those set."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from projects import needs, network, project, service, snapshot, state

from pycompose.model.models import Provider
from pycompose.model.project import Project
from pycompose.plan.down import Options as DownOptions
from pycompose.plan.down import down
from pycompose.plan.ops import CallProvider
from pycompose.plan.plan import Plan
from pycompose.plan.providers import Provided, awaited, calls, missing, provided, types
from pycompose.plan.steps import Steps
from pycompose.plan.up import Options, up

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/plan.schema.json").read_text())
PROGRAMS = {"cloud": "/bin/docker-cloud"}
DB = service(
    "db",
    image="",
    networks={},
    provider=Provider(type="cloud", options={"size": ("1", "2"), "password": ("p",)}),
)
WEB = service("web", depends_on={"db": needs()}, environment={"OWN": "x", "DB_URL": "old"})
WANTED = project(DB, WEB, service("other"))
SET = {"db": Provided(own={"URL": "u", "A=": "b"}, raw={"RAW": "r"})}


def planned(wanted: Project, called: tuple[str, ...] = (), after: tuple[int, ...] = ()) -> Plan:
    steps = Steps()
    calls(steps, wanted, PROGRAMS, after, called)
    return steps.plan()


def lines(plan: Plan) -> list[str]:
    return [str(line).partition(": ")[0] for line in str(plan).splitlines()]


def test_a_provider_is_called_with_what_the_file_says() -> None:
    plan = planned(WANTED)
    [step] = plan.steps
    assert isinstance(step, CallProvider)
    assert (step.program, step.command, step.project) == ("/bin/docker-cloud", "up", "demo")
    assert step.options == {"size": ["1", "2"], "password": ["p"]}
    document = plan.to_json()
    jsonschema.validate(document, SCHEMA)
    assert document["steps"][0]["options"] == {"size": ["1", "2"], "password": ["…"]}


def test_providers_are_called_in_the_order_of_their_dependencies() -> None:
    wanted = project(
        service("a", provider=Provider(type="cloud"), depends_on={"m": needs()}),
        service("m", depends_on={"z": needs()}),
        service("z", provider=Provider(type="cloud")),
    )
    assert lines(planned(wanted)) == [
        "[] -> #1 CallProvider service z",
        "[1] -> #2 CallProvider service a",
    ]
    assert lines(planned(wanted, called=("z",))) == ["[] -> #1 CallProvider service a"]


def test_no_container_is_made_of_what_a_program_provides() -> None:
    assert lines(up(WANTED, snapshot(), Options())) == [
        "[] -> #1 CreateNetwork network demo_default",
        "[1] -> #2 CreateContainer container demo-other-1",
        "[2] -> #3 Start container demo-other-1",
        "[1] -> #4 CreateContainer container demo-web-1",
        "[4] -> #5 Start container demo-web-1",
    ]
    former = state(DB._replace(provider=None, image="x"))
    assert "RemoveContainer container demo-db-1" in str(up(WANTED, snapshot(former), Options()))


def test_who_depends_on_it_gets_what_it_sets() -> None:
    got = provided(WANTED, SET)
    assert got.services["web"].environment == {
        "OWN": "x",
        "DB_URL": "u",
        "DB_A=": "b",
        "RAW": "r",
    }
    assert got.services["other"] == WANTED.services["other"]
    assert provided(WANTED, {}) is WANTED


def test_what_is_not_set_yet_is_awaited() -> None:
    assert awaited(WANTED, {}) == {"web": ("DB_",)}
    assert awaited(WANTED, SET) == {}


def test_who_waits_for_variables_is_taken_to_be_as_it_is_to_be() -> None:
    made = provided(WANTED, SET).services["web"]
    waiting = Options(awaited=awaited(WANTED, {}), start=False)

    def replaced(*containers) -> bool:
        plan = up(project(DB, WEB), snapshot(*containers, networks=(network(),)), waiting)
        return "RemoveContainer" in str(plan)

    fields = {"DB_URL": "u", "OWN": "x"}
    assert not replaced(with_fields(WEB._replace(environment=fields)))
    assert replaced(with_fields(WEB._replace(environment={**fields, "OWN": "y"})))
    # One that Docker Compose has made does not tell what it was made with.
    assert not replaced(state(made))
    seen = snapshot(state(made), networks=(network(),))
    plain = up(project(DB, WEB), seen, Options(start=False))
    assert "RemoveContainer" in str(plain)


def with_fields(made):
    from pycompose import labels
    from pycompose.convert.hashing import field_digests

    seen = state(made)
    return seen._replace(labels={**seen.labels, labels.FIELDS: json.dumps(field_digests(made))})


@pytest.mark.parametrize(
    ("type", "message"),
    [
        ("gone", "there is no plug-in 'docker-gone' of the docker command and no program 'gone'"),
        ("compose", "'compose' is not a valid provider type"),
    ],
)
def test_a_program_that_is_missing_is_told_of(type, message) -> None:
    wanted = project(service("x", provider=Provider(type=type)), DB)
    assert types(wanted) == tuple(sorted({type, "cloud"}))
    [problem] = missing(wanted, {**PROGRAMS, type: ""})
    assert (problem.path, problem.message) == ("services.x.provider.type", message)
    assert missing(WANTED, PROGRAMS) == []


def test_down_calls_it_after_who_depends_on_it_and_before_what_it_depends_on() -> None:
    wanted = project(DB._replace(depends_on={"base": needs()}), WEB, service("base"))
    seen = snapshot(*(state(wanted.services[name]) for name in ("base", "web")))
    options = DownOptions(programs=PROGRAMS)
    assert lines(down(wanted, seen, options)) == [
        "[] -> #1 Stop container demo-web-1",
        "[1] -> #2 RemoveContainer container demo-web-1",
        "[2] -> #3 CallProvider service db",
        "[3] -> #4 Stop container demo-base-1",
        "[4] -> #5 RemoveContainer container demo-base-1",
    ]
    only = down(wanted, seen, options._replace(services=frozenset({"web"})))
    assert "CallProvider" not in str(only)
    named = down(wanted, seen, options._replace(services=frozenset({"db"})))
    assert lines(named) == ["[] -> #1 CallProvider service db"]
