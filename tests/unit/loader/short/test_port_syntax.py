"""`ports`, as Docker Compose 2.40.3 reads them."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node, refusal

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.ports import exposed, port, port_key
from pycompose.loader.tree import plain


def read(text):
    return [plain(item) for item in port(node(text))]


def tcp(target, published="", host_ip="", protocol="tcp"):
    given = {"target": target, "published": published, "host_ip": host_ip, "protocol": protocol}
    return {key: value for key, value in given.items() if value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80", [tcp(80)]),
        ("'80'", [tcp(80)]),
        ("8000:80", [tcp(80, "8000")]),
        ("080:080", [tcp(80, "80")]),
        ("0:80", [tcp(80, "0")]),
        (":80", [tcp(80)]),
        ("80/", [tcp(80)]),
        ("80/UDP", [tcp(80, protocol="udp")]),
        ("8000-8001:80/sctp", [tcp(80, "8000-8001", protocol="sctp")]),
        ("1.2.3.4:8000:80", [tcp(80, "8000", "1.2.3.4")]),
        ("1.2.3.4::80", [tcp(80, host_ip="1.2.3.4")]),
        ("'[::1]:8000:80/udp'", [tcp(80, "8000", "::1", "udp")]),
        ("'::1:8000:80'", [tcp(80, "8000", "::1")]),
        ("'[::ffff:1.2.3.4]::80'", [tcp(80, host_ip="::ffff:1.2.3.4")]),
        ("'[1:2:3:4:5:6:7:8]::80'", [tcp(80, host_ip="1:2:3:4:5:6:7:8")]),
        ("7000-7005:80", [tcp(80, "7000-7005")]),
        ("8000-8000:80-80", [tcp(80, "8000")]),
        ("80-82", [tcp(80), tcp(81), tcp(82)]),
        ("7000-7001:80-81", [tcp(80, "7000"), tcp(81, "7001")]),
    ],
)
def test_short_syntax(text, expected):
    assert read(text) == expected


def test_a_range_is_in_the_order_of_its_digits():
    assert [item["target"] for item in read("8-11:8-11")] == [10, 11, 8, 9]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("80800:80", "host port '80800' is out of range, expected 1 to 65535"),
        ("80:80800", "container port '80800' is out of range, expected 1 to 65535"),
        ("99999", "container port '99999' is out of range, expected 1 to 65535"),
        ("8000:0", "container port '0' is out of range, expected 1 to 65535"),
        ("80:x", "container port 'x' is no port or range"),
        ("'-1:80'", "host port '-1' is no port or range"),
        ("'80:'", "'80:' has no container port"),
        ("80/foo", "unknown protocol 'foo', expected 'tcp', 'udp' or 'sctp'"),
        ("1.2.3:80:80", "'1.2.3' is no IP address"),
        ("localhost:80:80", "'localhost' is no IP address"),
        ("'[fe80::1%eth0]:80:80'", "'fe80::1%eth0' is no IP address"),
        ("'[1:2]:80:80'", "'1:2' is no IP address"),
        ("8-7:80", "host port range '8-7' runs backwards"),
        ("65535-65537:1-3", "host port '65535-65537' is out of range, expected 1 to 65535"),
        ("1-2:1-3", "host ports '1-2' and container ports '1-3' are of different number"),
        ("80.5", "'80.5' is no port"),
        ("true", "'true' is no port"),
        ("{published: 80}", "'target' is missing"),
        ("{target: 0}", "container port '0' is out of range, expected 1 to 65535"),
        ("{target: -1}", "container port '-1' is out of range, expected 1 to 65535"),
        ("{target: 80, host_ip: 1.2.3}", "'1.2.3' is no IP address"),
    ],
)
def test_what_is_no_port_is_told(text, message):
    assert refusal(port, text) == message


def test_a_range_that_runs_backwards_is_hinted_forwards():
    with pytest.raises(Invalid) as caught:
        port(node("9-8:80"))
    assert caught.value.hint == "write '8-9'"


def test_long_syntax_keeps_what_it_says_but_publishes_text():
    assert read("{target: 80, published: 8080, mode: host, name: n}") == [
        {"target": 80, "published": "8080", "mode": "host", "name": "n"}
    ]
    assert read("{target: 80, published: ''}") == [{"target": 80, "published": ""}]
    long = node("{target: x, published: '80-90'}")
    assert port(long) == (long,)
    no_engine_takes = node("{target: 99999, published: many, protocol: foo}")
    assert port(no_engine_takes) == (no_engine_takes,)


def test_positions_are_those_of_the_short_form():
    [item] = port(node("\n  8000:80"))
    assert {(child.at.line, child.at.column) for child in item.entries.values()} == {(2, 3)}


def test_ports_are_the_same_by_address_numbers_and_protocol():
    [short] = port(node("8000:80"))
    [long] = port(node("{target: 80, published: 8000, host_ip: 0.0.0.0, name: x}"))
    [other] = port(node("8000:80/udp"))
    assert port_key(short) == port_key(long)
    assert port_key(short) != port_key(other)


@pytest.mark.parametrize("text", ["'80'", "80", "1-3", "90/udp"])
def test_exposed_ports_are_text(text):
    assert plain(exposed(node(text))) == text.strip("'")


def test_what_is_not_exposable_is_told():
    assert refusal(exposed, "80.5") == "'80.5' is no port"
