"""`devices` and `gpus`."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node, refusal

from pycompose.loader.short.devices import device, device_key, every, gpus, request
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.tree import plain


def read(shape, text):
    return plain(shape(node(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/dev/a", ("/dev/a", "/dev/a", "rwm")),
        ("/dev/a:/dev/b", ("/dev/a", "/dev/b", "rwm")),
        ("/dev/a:/dev/b:r", ("/dev/a", "/dev/b", "r")),
        ("'/dev/a:'", ("/dev/a", "/dev/a", "rwm")),
        ("'/dev/a::'", ("/dev/a", "/dev/a", "")),
        ("vendor.com/class=name", ("vendor.com/class=name", "vendor.com/class=name", "rwm")),
    ],
)
def test_a_device_is_a_source_a_target_and_what_may_be_done(text, expected):
    source, target, permissions = expected
    found = read(device, text)
    assert found == {"source": source, "target": target, "permissions": permissions}
    assert device_key(device(node(text))) == target


def test_a_device_with_too_many_parts_or_too_few_is_told_with_an_example():
    assert refusal(device, "/dev/a:/dev/b:rw:x") == (
        "'/dev/a:/dev/b:rw:x' has too many colons, expected 'source:target:permissions'"
    )
    assert refusal(device, "{source: /dev/a}") == "'target' is missing"


def test_all_gpus_are_one_request():
    assert read(gpus, "all") == [{"count": "all"}]
    assert read(gpus, "[{driver: a}]") == [{"driver": "a"}]


@pytest.mark.parametrize(
    ("text", "count"), [("all", -1), ("2", 2), ("'2'", 2), ("'-1'", -1), ("'+3'", 3)]
)
def test_a_count_is_a_number(text, count):
    assert read(request, f"{{count: {text}}}") == {"count": count}


def test_a_count_that_is_none_is_told_at_its_place():
    with pytest.raises(Invalid, match="expected a whole number or 'all', not 'several'") as caught:
        request(node("{count: several}"))
    assert (caught.value.below, caught.value.hint) == (("count",), "write 'count: 1'")
    assert refusal(request, "{count: 1, device_ids: [a]}") == (
        "'count' and 'device_ids' exclude each other"
    )


def test_a_request_that_says_nothing_is_of_every_device():
    assert read(every, "{driver: a}") == {"driver": "a", "count": -1}
    assert read(every, "{device_ids: []}") == {"device_ids": []}
    assert read(every, "{count: 2}") == {"count": 2}
