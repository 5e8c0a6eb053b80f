"""The tables of `requests/`: each attribute that people can write, and what engines are asked for.

A row is a line of a file and, indented, how the plan differs for it: a value of the request that
creates the container `web` (or the network, or the volume), or a whole step. `- reason` says why
an attribute makes no difference, `! message` that it is refused. Behind `1.41` stands what differs
on an engine of that API. `pytest --accept` writes all but the reasons anew.

An attribute of the format without a row fails, so that none is forgotten on the way to the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from unit.loader.loading import project
from unit.loader.nodes import node

from pycompose import labels
from pycompose.convert.surroundings import Surroundings
from pycompose.errors import ComposeFileError
from pycompose.loader.fields import FIELDS
from pycompose.loader.tree import plain
from pycompose.plan import models, ops, providers
from pycompose.plan.api_socket import with_socket
from pycompose.plan.models import Runner
from pycompose.plan.plan import Plan
from pycompose.plan.steps import Steps
from pycompose.plan.up import Options, up
from pycompose.snapshot import Capabilities, NetworkState, Snapshot, VolumeState

TABLES = Path(__file__).parent / "requests"
SCHEMA = Path(__file__).parents[2] / "schemas" / "compose.schema.json"
OLD = Capabilities(api=(1, 41))
NEW = Capabilities(api=(1, 51), several_endpoints=True)
AROUND = Surroundings(profiles={"rules.json": "{}"})
FILES = {"web.env": "F=1\n", "web.labels": "l=1\n", "other.yaml": "services: {a: {tty: true}}\n"}
BASE: dict[str, Any] = {
    "services": {
        "web": {"image": "x"},
        "db": {
            "image": "x",
            "networks": ["default", "apart"],
            "volumes": ["data:/data"],
            "secrets": ["key", "token"],
            "configs": ["conf", "text"],
        },
    },
    "networks": {"apart": {}},
    "volumes": {"data": {}},
    "secrets": {"key": {"file": "./key"}, "token": {"environment": "TOKEN"}},
    "configs": {"conf": {"file": "./conf"}, "text": {"content": "some"}},
    "models": {"llm": {"model": "ai/some"}},
}
# Where the attributes of a table stand, and what is made of the section.
PLACES = {
    "services": ("services", "web", ("shop-web-1", "front")),
    "networks": ("networks", "apart", ("shop_apart", "other")),
    "volumes": ("volumes", "data", ("shop_data", "other")),
}
# Of a step, what is not the request; and labels that differ with every attribute.
ASIDE = frozenset(
    (
        *ops.Step.fields,
        *("container", "containers", "digest", "place", "name", "names", "hashed", "changes"),
        *("replaces", "joins", "steady", labels.CONFIG_HASH, labels.FIELDS, labels.VERSION),
    )
)
# What the loader uses up, and what builds and watches images, which no container is asked for.
ELSEWHERE = (("services", "*", "build"), ("services", "*", "develop"))


class Row(NamedTuple):
    """A line that people can write, and what is expected of it."""

    text: str
    told: tuple[str, ...]

    @property
    def reasons(self) -> list[str]:
        return [line for line in self.told if line.startswith("- ")]


def rows(table: str) -> Iterator[Row]:
    """Yield the rows of a table."""
    for block in (TABLES / f"{table}.txt").read_text().split("\n\n"):
        text, *told = block.strip().splitlines()
        yield Row(text, tuple(line.strip() for line in told))


def planned(document: Any, engine: Capabilities) -> tuple[Plan, Plan]:
    """Return what programs do, and the plan on an engine that holds what is not the project's."""
    wanted = project({**FILES, "compose.yaml": json.dumps(document)}, environment={"TOKEN": "t"})
    held = Snapshot(
        capabilities=engine,
        project="shop",
        networks=(NetworkState(id="1", name="apart"), NetworkState(id="2", name="kept")),
        volumes=(VolumeState(name="data"), VolumeState(name="kept")),
    )
    runner, steps = Runner("docker-model", frozenset(), "http://models"), Steps()
    models.ready(steps, wanted, runner)
    providers.calls(steps, wanted, {"a": "docker-a"})
    wanted = models.with_models(with_socket(wanted, "{}"), runner)
    return steps.plan(), up(wanted, held, Options(around=AROUND))


def requests(plans: tuple[Plan, Plan], subject: tuple[str, ...]) -> dict[str, str]:
    """Return what is asked for, value by value: those of the subject have no prefix."""
    found: dict[str, str] = {}
    for step in (step for plan in plans for step in plan.steps):
        values = {key: item for key, item in step.values().items() if key not in ASIDE}
        request, name = {**values.pop("body", {}), **values}, step.resource.partition(" ")[2]
        prefix = f"{type(step).__name__} {name}: "
        if isinstance(step, ops.CreateContainer | ops.CreateNetwork | ops.CreateVolume):
            found[f"{type(step).__name__} {name}"] = "made"
            # Of what is made one thing is the subject, and its request has no prefix.
            request, prefix = (request, "") if name in subject else ({}, "")
        if isinstance(step, ops.CreateContainer) and labels.HOOK in step.body["Labels"]:
            request, prefix = step.body, f"CreateContainer {name}: "
        found |= {f"{prefix}{path}": value for path, value in flat(request)}
    return found


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of a document, lists as they are, and their paths."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            if key not in ASIDE:
                yield from flat(item, f"{path}/{key}")
    elif path:
        yield path.removeprefix("/"), json.dumps(value)


def expected(table: str, text: str) -> list[str]:
    """Return what a row has to say of its line."""
    new, old = (differences(table, text, engine) for engine in (NEW, OLD))
    less = (
        [] if old[:1] and old[0].startswith("!") else [f"without {n}" for n in new if n not in old]
    )
    return [*new, *(f"1.41 {line}" for line in (*(o for o in old if o not in new), *less))]


def differences(table: str, text: str, engine: Capabilities) -> list[str]:
    """Return how the plan of the file with a line differs from that without it."""
    section, name, subject = PLACES[table]
    given = plain(node(text))
    changed = {**BASE, section: {**BASE[section], name: {**BASE[section][name], **given}}}
    try:
        new = requests(planned(changed, engine), subject)
    except ComposeFileError as error:
        return [f"! {problem.path}: {problem.message}" for problem in error.problems]
    old = requests(planned(BASE, engine), subject)
    gone = [f"without {path}" for path in old if not any(one.startswith(path) for one in new)]
    gone = [line for line in gone if " Create" in line] or gone
    return [f"{path} = {value}" for path, value in new.items() if old.get(path) != value] + gone


@pytest.mark.parametrize("table", PLACES)
def test_each_attribute_asks_for_what_its_row_says_and_for_nothing_else(
    table: str, request: pytest.FixtureRequest
) -> None:
    found = [Row(row.text, (*row.reasons, *expected(table, row.text))) for row in rows(table)]
    if request.config.getoption("--accept", default=False):
        blocks = ["\n  ".join([row.text, *row.told]) for row in found]
        (TABLES / f"{table}.txt").write_text("\n\n".join(blocks) + "\n")
    assert found == list(rows(table))


@pytest.mark.parametrize("table", PLACES)
def test_who_asks_for_nothing_has_a_reason(table: str) -> None:
    silent = [row.text for row in rows(table) if not row.told]
    assert silent == []
    twofold = [row.text for row in rows(table) if row.reasons and len(row.told) > 1]
    assert twofold == []


@pytest.mark.parametrize("table", PLACES)
def test_every_attribute_has_a_row(table: str) -> None:
    known = {path for path in (*attributes(), *(row.pattern for row in FIELDS)) if path[0] == table}
    known = {path for path in known if len(path) > 2 and path[:3] not in ELSEWHERE}
    covered: set[tuple[str, ...]] = set()
    for row in rows(table):
        covered |= set(written(plain(node(row.text)), (table, "*"), known))
    assert sorted(".".join(path) for path in known - covered) == []


def written(value: Any, path: tuple[str, ...], known: set[tuple[str, ...]]) -> Iterator[Any]:
    """Yield the patterns of all that a document gives a value to."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            for part in (key, "*"):
                if any(each[: len(path) + 1] == (*path, part) for each in known):
                    yield from written(item, (*path, part), known)
    elif isinstance(value, list):
        for item in value:
            yield from written(item, (*path, "[]"), known)


def attributes() -> Iterator[tuple[str, ...]]:
    """Yield the path of every attribute that the schema has."""
    schema = json.loads(SCHEMA.read_text())

    def within(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if "$ref" in node:
            yield from within(schema["$defs"][node["$ref"].rpartition("/")[2]], path)
        for choice in ("oneOf", "anyOf", "allOf"):
            for each in node.get(choice, ()):
                yield from within(each, path)
        for name, each in node.get("properties", {}).items():
            yield (*path, name)
            yield from within(each, (*path, name))
        for pattern, each in node.get("patternProperties", {}).items():
            if pattern != "^x-":
                yield from within(each, (*path, "*"))
        if isinstance(node.get("items"), dict):
            yield from within(node["items"], (*path, "[]"))

    return within(schema, ())
