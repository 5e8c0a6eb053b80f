"""What attributes are that no document gives."""

from __future__ import annotations

from unit.loader.nodes import attributes, service

from pycompose.loader.canonical import canonical
from pycompose.loader.defaults import defaults, with_context


def read(text, base="."):
    return attributes(defaults(with_context(canonical(service(text)), base)))


def test_ports_have_a_mode_and_a_protocol():
    assert read("ports: ['80', {target: 81, mode: host, protocol: udp}, {target: 82}]")[
        "ports"
    ] == [
        {"target": 80, "protocol": "tcp", "mode": "ingress"},
        {"target": 81, "mode": "host", "protocol": "udp"},
        {"target": 82, "mode": "ingress", "protocol": "tcp"},
    ]


def test_builds_have_a_context():
    assert read("build: {}", "/p") == {"build": {"context": "/p"}}
    assert read("build: x") == {"build": {"context": "x"}}
    assert read("build: {dockerfile_inline: FROM x}") == {
        "build": {"dockerfile_inline": "FROM x", "context": "."}
    }
    assert read("build: ") == {"build": None}


def test_secrets_have_a_target_and_configs_have_none():
    assert read("secrets: [s], configs: [c]") == {
        "secrets": [{"source": "s", "target": "/run/secrets/s"}],
        "configs": [{"source": "c"}],
    }


def test_dependencies_and_env_files_are_required():
    found = read("depends_on: {b: {condition: service_healthy}}, env_file: a.env")
    assert found == {
        "depends_on": {"b": {"condition": "service_healthy", "required": True}},
        "env_file": [{"path": "a.env", "required": True}],
    }


def test_tags_are_removed():
    assert read("ports: !reset [80], dns: !override a") == {"dns": ["a"]}


def test_a_document_that_needs_none_is_returned_as_it_is():
    document = service("image: x, environment: {A: b}, ports: [{target: 1, mode: m, protocol: p}]")
    assert defaults(document) is document
