"""Every output for programs, each command on an engine in memory, follows its schema."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from fake_scene import FakeScene, fake_scene
from projects import IMAGE
from validation import FOLDER, valid, valid_lines

from pycompose.cli.declared import Option, parameters
from pycompose.cli.main import COMMANDS, module_of
from pycompose.events import LogLine, Notice, Progress, Status, StepEvent
from pycompose.ui.jsonl import Jsonl

FILE = f"""\
name: demo
services:
  db:
    image: {IMAGE}
    environment: [PASSWORD]
    healthcheck: {{test: [CMD, "true"]}}
    volumes: ["data:/data", "/anonymous", "./:/srv"]
    labels: {{a: b}}
  web:
    image: {IMAGE}
    command: [serve, "${{GREETING:-hello}} ${{EXTRA:+more}} ${{NEEDED:?say it}}"]
    depends_on: [db]
    ports: ["8080:80", "127.0.0.1:53:53/udp"]
    expose: [99]
volumes: {{data: {{labels: {{k: v}}}}}}
"""
# The words, the schema, and how the output is to be read: as a whole, by lines, by lines of errors.
OUTPUTS = [
    ("ps --all --format json", "ps", "lines"),
    ("ps --all --no-trunc --format json", "ps", "lines"),
    ("images --format json", "images", "whole"),
    ("images --format json-array", "images", "whole"),
    ("volumes --format json", "volumes", "lines"),
    ("ls --all --format json", "ls", "whole"),
    ("ls --all --format json-array", "ls", "whole"),
    ("stats --no-stream --all --format json", "stats", "lines"),
    ("stats --no-stream --no-trunc --format json", "stats", "lines"),
    ("events --json --since 1 --until UNTIL", "events", "lines"),
    ("logs --format json", "logs", "lines"),
    ("version --format json", "version", "whole"),
    ("config --format json", "compose", "whole"),
    ("config --no-interpolate --no-normalize --format json", "compose", "whole"),
    ("config --variables --format json", "variables", "whole"),
    ("config --explain services.web.command --format json", "explain", "whole"),
    ("lint --format json", "lint", "whole"),
    ("lint --rules --format json", "lint-rules", "whole"),
    ("plan --force-recreate --format json", "plan", "whole"),
    ("plan --format json", "plan", "whole"),
    ("plan --force-recreate --pull always -o saved.json", "saved-plan", "saved.json"),
    ("--progress json up -d --force-recreate --pull always", "progress", "errors"),
    ("--progress json up -d --dry-run --force-recreate", "progress", "errors"),
    ("--progress json stop", "progress", "errors"),
    ("--progress json down --volumes --remove-orphans", "progress", "errors"),
    ("--progress json up nosuch", "progress", "errors"),
    ("--progress json -f absent.yaml ps", "progress", "errors"),
    ("--error-format json up nosuch", "problem", "errors"),
    ("--error-format json -f wrong.yaml config", "problem", "errors"),
]
ENVIRONMENT = {"NEEDED": "1", "PASSWORD": "hunter2"}
FAILING = {"nosuch", "absent.yaml", "wrong.yaml"}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[FakeScene]:
    (tmp_path / "wrong.yaml").write_text("services:\n  web: {imag: x, ports: 1}\n")
    with fake_scene(tmp_path) as scene:
        scene.write(FILE)
        scene.engine.add_image(IMAGE, local=False)
        scene.run("up", "-d", **ENVIRONMENT)
        web = scene.engine.container("demo-web-1").id
        scene.engine.write(web, b"hello \xff \x1b[1m <&>\n")
        scene.engine.write(web, b"oops\n", stream=2)
        scene.run("stop", "web", **ENVIRONMENT)
        yield scene


@pytest.mark.parametrize(("words", "schema", "read"), OUTPUTS, ids=[it[0] for it in OUTPUTS])
def test_an_output_follows_its_schema(scene: FakeScene, words: str, schema: str, read: str) -> None:
    split = words.replace("UNTIL", str(int(scene.engine.now))).split()
    done = scene.run(*split, code=1 if FAILING & {*split} else 0, **ENVIRONMENT)
    match read:
        case "whole":
            assert valid(schema, json.loads(done.stdout))
        case "lines":
            assert valid_lines(schema, done.stdout)
        case "errors":
            assert valid_lines(schema, done.stderr)
        case file:
            assert valid(schema, json.loads((scene.folder / file).read_text()))


def test_every_schema_has_an_output() -> None:
    schemas = {path.name.removesuffix(".schema.json") for path in FOLDER.glob("*.json")}
    assert schemas == {schema for _, schema, _ in OUTPUTS} | {"backup"}


def test_every_format_for_programs_has_a_schema() -> None:
    told = [words for words, _, _ in OUTPUTS]
    for name in COMMANDS:
        for parameter in parameters(import_module(module_of(name)).main):
            option = parameter.declaration
            if not isinstance(option, Option):
                continue
            if "--json" in option.spellings or (option.long == "format" and "json" in option.help):
                flag = "--json" if "--json" in option.spellings else "--format json"
                assert any(re.search(rf"(^| ){name} .*{flag}", words) for words in told), name


def test_every_event_is_told_as_the_schema_says() -> None:
    out = io.StringIO()
    for dry_run in (False, True):
        sink = Jsonl(out, dry_run=dry_run)
        for status in get_args(Status):
            sink(StepEvent("Container x", "Creating", status, "because"))
            sink(StepEvent("Container x", "", status))
        for current, total in ((0, 0), (5, 0), (5, 10), (50, 10), (0, 10)):
            sink(Progress("Image x", "abc", "Downloading", current, total))
        sink(Notice("careful"))
        sink(Notice("well", level="info"))
        sink(LogLine("web-1", b"hello"))
    found = valid_lines("progress", out.getvalue())
    assert len(found) == 2 * (10 + 5 + 2)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.name)
def test_everything_in_a_schema_is_described(path: Path) -> None:
    def look(schema, at: str) -> Iterator[str]:
        for name, inner in schema.get("properties", {}).items():
            if not ("description" in inner or "$ref" in inner or "enum" in inner):
                yield f"{at}.{name}"
            yield from look(inner, f"{at}.{name}")
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                yield from look(schema[key], f"{at}.{key}")
        for name, inner in schema.get("$defs", {}).items():
            yield from look(inner, f"{at}#{name}")

    if path.name not in OLDER:
        assert list(look(json.loads(path.read_text()), "")) == []


OLDER = {f"{name}.schema.json" for name in ("compose", "explain", "plan", "problem", "saved-plan")}


def test_a_schema_refuses_what_it_does_not_know() -> None:
    for name, document in (
        ("ps", {"Name": "demo-web-1"}),
        ("version", {"version": "v1.0", "more": 1}),
        ("progress", {"id": "Container x", "status": "Done", "more": 1}),
        ("progress", {"level": "warning"}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            valid(name, document)
