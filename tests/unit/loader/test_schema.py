"""What Docker Compose accepts is valid, and the schema describes all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pycompose.loader.parse import parse
from pycompose.loader.schema import compose_schema, validate
from pycompose.loader.sources import Source
from pycompose.loader.tree import Map


def document(text: str) -> Map:
    (node,) = parse(Source("/p/c.yaml", "c.yaml", text))
    assert isinstance(node, Map)
    return node


ACCEPTED = """\
version: "3"
name: x
services:
  a:
    annotations: {a: 1, b: 1.5, c: true, d: }
    attach: "true"
    build: {context: ., args: [A, B=1], extra_hosts: {h: [1.1.1.1]}, shm_size: 1m, pull: true}
    cap_add: [A, A]
    command: null
    entrypoint: [a, b]
    container_name: ab
    depends_on: [b]
    deploy: null
    dns: 1.1.1.1
    env_file: [a.env, {path: b.env, required: false, format: raw}]
    environment: [A=1, B]
    expose: [80, "90-91/tcp"]
    extra_hosts: [a=1]
    group_add: [1, b]
    healthcheck: {test: CMD, interval: 1s, retries: "3", disable: false, x-y: 1}
    image: a
    logging: {driver: d, options: {a: 1, b: , c: d}}
    networks: {n: , m: {aliases: [a], priority: 1.5}}
    pids_limit: 1.5
    ports: [80, "80:80", {target: "80", published: 81}]
    pull_policy: every_1d12h
    scale: 2.0
    secrets: [s, {source: s, mode: 0440}]
    ulimits: {nofile: 5, nproc: {soft: 1, hard: "2"}}
    volumes: [a:/a, {type: tmpfs, target: /x, tmpfs: {size: 5, mode: 0o700}}]
    x-z: [anything]
  b: {build: ., depends_on: {a: {condition: service_healthy, required: false}}}
networks: {n: , m: {external: true}, o: {external: {name: x}, ipam: {config: [{subnet: a}]}}}
volumes: {v: , w: {driver_opts: {a: 1}, labels: [a]}}
secrets: {s: {file: x}}
configs: {c: {content: x}}
x-top: 1
"""


def test_what_docker_compose_accepts_is_accepted():
    validate(document(ACCEPTED))


@pytest.mark.parametrize(
    "body",
    ["image: !reset [a]", "foo: !reset 1", "volumes: [!reset 5, a:/b]", "group_add: [a, !reset a]"],
)
def test_reset_nodes_are_passed_over(body):
    validate(document(f"services:\n  web:\n    {body}\n"))


def test_jsonschema_is_imported_only_to_explain():
    program = (
        "import sys; from pycompose.loader.schema import validate;"
        "from pycompose.loader.parse import parse; from pycompose.loader.sources import Source;"
        "validate(parse(Source('f', 'f', 'services: {a: {image: b}}'))[0]);"
        "sys.exit('jsonschema' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _attributes(schema: object) -> list[tuple[str, dict]]:
    found = []
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            found += list(schema["properties"].items())
        for value in schema.values():
            found += _attributes(value)
    elif isinstance(schema, list):
        found = [item for value in schema for item in _attributes(value)]
    return found


def test_every_attribute_is_described():
    attributes = _attributes(compose_schema())
    assert len(attributes) > 200
    for name, schema in attributes:
        assert schema["description"].endswith("."), name
        assert "not" not in schema, name
