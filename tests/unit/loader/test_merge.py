"""Documents laid over each other, as Docker Compose 2.40.3 does it."""

from __future__ import annotations

from functools import reduce

import pytest
from unit.loader.nodes import attributes, node, problems, service

from pycompose.loader.canonical import canonical
from pycompose.loader.merge import merge, settle
from pycompose.loader.tree import plain


def merged(*texts):
    documents = [canonical(service(text)) for text in texts]
    return attributes(settle(reduce(merge, documents)))


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        ("hostname: a", "hostname: b", {"hostname": "b"}),
        ("hostname: a", "hostname: ", {"hostname": "a"}),
        ("hostname: ", "hostname: b", {"hostname": "b"}),
        ("command: a b", "command: c", {"command": ["c"]}),
        ("command: a b", "command: []", {"command": []}),
        ("command: a b", "command: ", {"command": None}),
        ("entrypoint: [a]", "entrypoint: x y", {"entrypoint": ["x", "y"]}),
        (
            "healthcheck: {test: a, retries: 1}",
            "healthcheck: {test: [CMD, b]}",
            {"healthcheck": {"test": ["CMD", "b"], "retries": 1}},
        ),
        (
            "environment: {A: 1, B: 2}",
            "environment: [A, C=3]",
            {
                "environment": {"A": None, "B": "2", "C": "3"},
            },
        ),
        ("labels: {a: 1}", "labels: [b=2, a]", {"labels": {"a": "", "b": "2"}}),
        ("cap_add: [A, B]", "cap_add: [C, A]", {"cap_add": ["A", "B", "C"]}),
        ("dns: 1.1.1.1", "dns: [2.2.2.2, 1.1.1.1]", {"dns": ["1.1.1.1", "2.2.2.2"]}),
        ("dns_opt: [a, b=1]", "dns_opt: [b=2, c]", {"dns_opt": ["a", "b=2", "c"]}),
        ("group_add: [a]", "group_add: [b, a]", {"group_add": ["a", "b", "a"]}),
        ("expose: [80, 90/udp]", "expose: ['80', 5]", {"expose": ["80", "90/udp", "5"]}),
        (
            "ulimits: {a: 5, b: 3}",
            "ulimits: {a: {soft: 1, hard: 2}}",
            {
                "ulimits": {"a": {"soft": 1, "hard": 2}, "b": 3},
            },
        ),
        ("ulimits: {a: {soft: 1, hard: 2}}", "ulimits: {a: 7}", {"ulimits": {"a": 7}}),
        (
            "networks: {n: {aliases: [a, b]}}",
            "networks: [n, m]",
            {
                "networks": {"n": {"aliases": ["a", "b"]}, "m": None},
            },
        ),
        (
            "networks: {n: {aliases: [a, b]}}",
            "networks: {n: {aliases: [c, a]}}",
            {
                "networks": {"n": {"aliases": ["a", "b", "c"]}},
            },
        ),
        (
            "extra_hosts: ['h:1']",
            "extra_hosts: ['h=2', 'h:1', g=3]",
            {
                "extra_hosts": {"h": ["1", "2"], "g": ["3"]},
            },
        ),
        (
            "build: {context: a, dockerfile: D}",
            "build: b",
            {
                "build": {"context": "b", "dockerfile": "D"},
            },
        ),
        (
            "build: {tags: [a], cache_from: [x], args: {A: 1}}",
            "build: {tags: [a, b], cache_from: [x], args: [A]}",
            {
                "build": {"tags": ["a", "b"], "cache_from": ["x", "x"], "args": {"A": None}},
            },
        ),
        ("x-a: {q: [1]}", "x-a: {q: [2], r: 3}", {"x-a": {"q": [1, 2], "r": 3}}),
    ],
)
def test_two_documents(base, override, expected):
    assert merged(base, override) == expected


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        (
            "{driver: a, options: {x: 1}}",
            "{driver: b, options: {y: 1}}",
            {"driver": "b", "options": {"y": "1"}},
        ),
        (
            "{driver: a, options: {x: 1}}",
            "{options: {y: 1, x: }}",
            {"driver": "a", "options": {"x": "1", "y": "1"}},
        ),
        (
            "{options: {x: 1}}",
            "{driver: b, options: {x: 2}}",
            {"options": {"x": "2"}, "driver": "b"},
        ),
    ],
)
def test_options_of_another_logging_driver_are_dropped(base, override, expected):
    assert merged(f"logging: {base}", f"logging: {override}") == {"logging": expected}


def test_dependencies_are_merged_by_name():
    base = "depends_on: {b: {condition: service_healthy, restart: true, required: false}}"
    assert merged(base, "depends_on: {b: {condition: service_started}}")["depends_on"] == {
        "b": {"condition": "service_started", "restart": True, "required": False}
    }
    assert merged(base, "depends_on: [b, c]")["depends_on"] == {
        "b": {"condition": "service_started", "restart": True, "required": True},
        "c": {"condition": "service_started", "required": True},
    }


def test_ports_are_one_across_their_forms():
    found = merged(
        "ports: ['80-82:80-82', '90:90']", "ports: [{target: 81, published: 81, name: x}]"
    )
    assert [(port["target"], port.get("name")) for port in found["ports"]] == [
        (80, None),
        (81, "x"),
        (82, None),
        (90, None),
    ]


def test_mounts_and_secrets_are_one_by_target():
    found = merged("volumes: [v1:/d, ./x:/e]", "volumes: [{type: volume, source: v2, target: /d}]")
    assert [mount["source"] for mount in found["volumes"]] == ["v2", "./x"]
    found = merged("secrets: [s]", "secrets: [{source: t, target: /run/secrets/s}]")
    assert [secret["source"] for secret in found["secrets"]] == ["t"]


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        ("[{subnet: a}]", "[{subnet: b}]", [{"subnet": "b"}]),
        (
            "[{subnet: a}, {subnet: b, gateway: g}]",
            "[{subnet: b, ip_range: r}]",
            [{"subnet": "b", "gateway": "g", "ip_range": "r"}],
        ),
        ("[{gateway: g}]", "[{gateway: h}]", [{"gateway": "h"}]),
    ],
)
def test_pools_are_those_of_the_override(base, override, expected):
    one, two = (node(f"networks: {{n: {{ipam: {{config: {text}}}}}}}") for text in (base, override))
    assert plain(merge(one, two))["networks"]["n"]["ipam"]["config"] == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("ports: [80]", "ports: !reset []"), {}),
        (("ports: [80]", "ports: !reset []", "dns: a"), {"dns": ["a"]}),
        (
            ("environment: {A: 1}", "environment: !reset {}", "environment: {B: 2}"),
            {"environment": {"B": "2"}},
        ),
        (
            ("environment: {A: 1, B: 2}", "environment: {A: !reset null}"),
            {"environment": {"B": "2"}},
        ),
        (("environment: {A: 1}", "environment: !override {C: 1}"), {"environment": {"C": "1"}}),
        (("dns: a", "dns: !override b", "dns: c"), {"dns": ["b", "c"]}),
        (("dns: !override a, labels: !reset {a: 1}",), {"dns": ["a"]}),
        (("expose: [1]", "expose: [!reset 1, !override 2]"), {"expose": ["1", "2"]}),
        (("hostname: !override a",), {"hostname": "a"}),
        (
            ("volumes: [{type: tmpfs, target: /d, tmpfs: !reset {}}]",),
            {"volumes": [{"type": "tmpfs", "target": "/d"}]},
        ),
    ],
)
def test_tags(texts, expected):
    assert merged(*texts) == expected


def test_a_mark_of_reset_stays_until_the_end():
    local = merge(canonical(service("ports: [80]")), canonical(service("ports: !reset []")))
    assert attributes(settle(merge(canonical(service("ports: [90]")), local))) == {}


def test_services_and_resources_can_be_taken_away():
    base = node("{services: {a: {image: i}, b: {image: j}}, networks: {n: }, x-y: 1}")
    override = node("{services: {a: !reset null}, networks: !reset {}, volumes: {v: }}")
    assert plain(settle(merge(base, override))) == {
        "services": {"b": {"image": "j"}},
        "x-y": 1,
        "volumes": {"v": None},
    }


def test_a_document_without_tags_is_settled_already():
    document = service("ports: [80]")
    assert settle(document) is document


def test_what_cannot_be_merged_is_told_with_both_places():
    base = node("services:\n  a:\n    x-b: [1]\n    x-c: {d: 1}")
    override = node("services:\n  a:\n    x-b: {d: 1}\n    x-c: 5")
    hint = "(tag it '!override' to replace what is there)"
    assert problems(merge, base, override) == [
        "x.yaml:3:10: services.a.x-b: a mapping cannot be merged with a list at x.yaml:3:10 "
        + hint,
        "x.yaml:4:10: services.a.x-c: a single value cannot be merged with a mapping"
        " at x.yaml:4:10 " + hint,
    ]
    assert problems(merge, node("{x-b: {c: 1}}"), node("{x-b: [1]}")) == [
        f"x.yaml:1:7: x-b: a list cannot be merged with a mapping at x.yaml:1:7 {hint}"
    ]


def test_values_and_keys_keep_their_place():
    base, override = node("{a: {x: 1}}"), node("\n{a: {x: 2, y: 3}}")
    both = merge(base, override).entries["a"]
    assert both.key_at("x").line == 1
    assert (both.entries["x"].at.line, both.key_at("y").line) == (2, 2)


def test_nothing_is_copied_or_edited_without_need():
    base, override = service("environment: {A: 1}, x-a: {b: 1}"), service("x-a: {}")
    before = plain(base)
    both = merge(base, override)
    assert (
        both.entries["services"].entries["a"].entries["x-a"]
        is (base.entries["services"].entries["a"].entries["x-a"])
    )
    merge(base, service("environment: {A: 2}"))
    assert plain(base) == before
    assert plain(merge(base, base)) == before
