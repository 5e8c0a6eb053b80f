"""Short syntax to long."""

from __future__ import annotations

from unit.loader.nodes import attributes, node, problems, service

from pycompose.loader.canonical import canonical
from pycompose.loader.tree import plain


def read(text):
    return attributes(canonical(service(text)))


def test_short_forms_become_long():
    assert read("ports: [8000:80], dns: 1.1.1.1, build: ., networks: [n]") == {
        "ports": [{"target": 80, "published": "8000", "protocol": "tcp"}],
        "dns": ["1.1.1.1"],
        "build": {"context": "."},
        "networks": {"n": None},
    }


def test_attributes_get_their_type():
    assert read("tty: 'yes', scale: '2', shm_size: 64m, stop_grace_period: 90s") == {
        "tty": True,
        "scale": 2,
        "shm_size": 67108864,
        "stop_grace_period": "1m30s",
    }


def test_one_item_may_become_several_and_none():
    assert [port["target"] for port in read("ports: [80-81, 90]")["ports"]] == [80, 81, 90]
    assert read("dns: ['', 1.1.1.1]") == {"dns": ["1.1.1.1"]}


def test_the_last_item_of_a_key_wins_in_the_place_of_the_first():
    assert read("dns_opt: [a=1, b, a=2]") == {"dns_opt": ["a=2", "b"]}
    mounts = read("volumes: [v1:/d, v2:/e, ./x:/d/]")["volumes"]
    assert [mount["source"] for mount in mounts] == ["./x", "v2"]
    assert len(read("ports: ['80:80', {target: 80, published: 80}]")["ports"]) == 1


def test_a_document_in_long_form_is_returned_as_it_is():
    document = service("image: x, tty: true, dns: [a], x-ports: ['80'], environment: {A: b}")
    assert canonical(document) is document


def test_extensions_and_unknown_attributes_are_passed_over():
    given = "x-y: {ports: [80]}, deploy: {x-z: 1}"
    assert read(given) == {"x-y": {"ports": [80]}, "deploy": {"x-z": 1}}


def test_reset_is_passed_over_and_override_kept():
    document = canonical(service("ports: !reset ['x'], dns: !override a, tty: !override 'yes'"))
    entries = document.entries["services"].entries["a"].entries
    assert {key: value.tag for key, value in entries.items()} == {
        "ports": "!reset",
        "dns": "!override",
        "tty": "!override",
    }
    assert (plain(entries["dns"]), plain(entries["tty"])) == (["a"], True)
    mapping = canonical(service("environment: !override [A=1]"))
    assert mapping.entries["services"].entries["a"].entries["environment"].tag == "!override"


def test_null_is_kept():
    assert read("ports: , command: , build: , tty: ") == dict.fromkeys(
        ("ports", "command", "build", "tty")
    )


def test_its_argument_is_never_edited():
    document = service("ports: [80-82], environment: [A], build: .")
    before = plain(document)
    canonical(document)
    assert plain(document) == before


def test_every_problem_is_told_at_its_place():
    document = node("""\
services:
  web:
    ports:
      - "80800:80"
      - "81:81"
      - {target: 80, host_ip: x}
    environment: [A=1, [s3cret]]
    tty: maybe
    volumes:
      - "/a::b"
""")
    ports = "write '8080:80', '127.0.0.1:8080:80' or '8000-8005:9000-9005/udp'"
    mounts = "write './src:/app', 'data:/var/lib/data' or './src:/app:ro'"
    assert problems(canonical, document) == [
        "x.yaml:4:9: services.web.ports[0]: host port '80800' is out of range, expected 1 to 65535"
        f" ({ports})",
        "x.yaml:6:31: services.web.ports[2].host_ip: 'x' is no IP address (write '127.0.0.1')",
        "x.yaml:7:24: services.web.environment[1]: expected 'key=value'",
        "x.yaml:8:10: services.web.tty: expected true or false, not 'maybe'",
        "x.yaml:10:9: services.web.volumes[0]: '/a::b' is empty before or after a colon"
        f" ({mounts})",
    ]


def test_resources_are_cast_and_named():
    document = node("""
networks: {n: {external: {name: y}, driver_opts: {a: 1.50}, labels: [a]}, m: }
volumes: {v: {external: 'yes'}}
secrets: {s: {file: x, labels: {a: 1}}}
""")
    assert plain(canonical(document)) == {
        "networks": {
            "n": {"external": True, "driver_opts": {"a": "1.5"}, "labels": {"a": ""}, "name": "y"},
            "m": None,
        },
        "volumes": {"v": {"external": True}},
        "secrets": {"s": {"file": "x", "labels": {"a": "1"}}},
    }
