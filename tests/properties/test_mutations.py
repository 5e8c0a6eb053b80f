"""A small part of what `scripts/fuzz` does, and the files in which it has found mistakes."""

from __future__ import annotations

import pytest
from mutations import fault, minimised, mutant, seeds

SEEDS = seeds(public=False)


@pytest.mark.parametrize("hundred", range(4))
def test_of_whatever_is_wrong_something_sensible_is_said(hundred):
    numbers = range(100 * hundred, 100 * hundred + 100)
    faults = {number: fault(mutant(SEEDS, 1, number)) for number in numbers}
    assert {number: it for number, it in faults.items() if it} == {}


FOUND = [
    "services:\n d:\n    image: x\n    configs:\n    - source: !reset\n",
    "s:\t:",
    "services: {a: {image: x, configs: [{source: i, mode: \ufeff}]}}\nconfigs: {i: {file: s}}\n",
]


@pytest.mark.parametrize("text", FOUND)
def test_nothing_is_wrong_any_more_with_what_was_found(text):
    assert fault((text.encode(),)) == ""


def test_a_mutant_is_always_the_same():
    assert mutant(SEEDS, 3, 7) == mutant(SEEDS, 3, 7) != mutant(SEEDS, 3, 8)


@pytest.mark.parametrize(
    "files",
    [
        (b"services: [",),
        (b"services: {a: {image: x}}", b"services: {a: {tty: [}}"),
        (b"\xff",),
    ],
)
def test_a_message_with_its_place_is_no_fault(files):
    assert fault(files) == ""


def test_what_fails_is_made_as_small_as_it_can_be():
    def fails(files):
        return b"x" in files[0] and b"y" in files[1]

    assert minimised((b"axbxc" * 9, b"zzy"), fails) == (b"x", b"y")


def test_an_exception_is_a_fault(monkeypatch):
    monkeypatch.setattr("mutations.load", lambda *_: 1 / 0)
    assert fault((b"",)).startswith("ZeroDivisionError: ")
