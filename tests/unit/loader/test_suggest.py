"""What a misspelt name was probably meant to be."""

from __future__ import annotations

import pytest

from pycompose.loader.suggest import closeness, closest, did_you_mean


def test_the_closest_name_is_suggested():
    assert did_you_mean("wep", ["web", "worker"]) == "did you mean 'web'?"


def test_nothing_is_suggested_if_nothing_is_close():
    assert did_you_mean("web", ["database"]) == ""


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("dependsOn", "depends_on"),
        ("depends-on", "depends_on"),
        ("DEPENDS_ON", "depends_on"),
        ("bd", "db"),
        ("x" * 10_000, ""),
    ],
)
def test_case_signs_and_swapped_letters_do_not_count(word, name):
    assert closest(word, ["db", "depends_on"]) == name


def test_closeness_is_one_for_the_same_word_and_zero_for_strangers():
    assert closeness("Depends-On", ["depends_on"]) == 1
    assert closeness("web", ["database"]) == 0
    assert 0.6 < closeness("port", ["ports"]) < 1
