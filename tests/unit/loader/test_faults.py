"""Problems of several documents together."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError, Link, Position, Problem
from pycompose.loader.faults import Faults

ONE = Problem(Position("a.yaml", 2, 1), "", "one")
TWO = Problem(Position("b.yaml", 1, 1), "", "two")
CHAIN = (Link("included from", Position("c.yaml", 1, 1)),)


def settled(faults):
    with pytest.raises(ComposeFileError) as caught:
        faults.settle()
    return caught.value.problems


def test_a_block_ends_at_its_problem_and_the_next_one_is_tried():
    faults = Faults()
    faults.settle()
    assert not faults.lost
    with faults:
        raise ComposeFileError(TWO)
    with faults:
        raise ComposeFileError(ONE, ONE._replace(at=Position("a.yaml", 1, 5)))
    assert faults.lost
    assert [str(it) for it in settled(faults)] == ["b.yaml:1:1: two", "a.yaml:1:5: one", f"{ONE}"]


def test_other_errors_are_not_swallowed():
    with pytest.raises(ZeroDivisionError), Faults():
        raise ZeroDivisionError


def test_a_problem_tells_what_led_to_its_file():
    faults = Faults()
    faults.chains = {"a.yaml": CHAIN, "b.yaml": ()}
    faults.problems += [ONE, TWO]
    assert settled(faults) == (ONE._replace(chain=CHAIN), TWO)


def test_what_is_found_in_a_block_tells_what_led_there():
    faults = Faults()
    faults.problems.append(TWO)
    with faults, faults.led(CHAIN):
        faults.problems.append(ONE)
        raise ComposeFileError(TWO)
    assert faults.problems == [TWO, ONE._replace(chain=CHAIN), TWO._replace(chain=CHAIN)]


def test_a_problem_is_told_once_with_what_led_to_it_first():
    faults = Faults()
    faults.problems += [ONE._replace(chain=CHAIN), ONE]
    assert settled(faults) == (ONE._replace(chain=CHAIN),)
