"""What a misspelt name was probably meant to be."""

from __future__ import annotations

from pycompose.loader.suggest import did_you_mean


def test_the_closest_name_is_suggested():
    assert did_you_mean("wep", ["web", "worker"]) == "did you mean 'web'?"


def test_nothing_is_suggested_if_nothing_is_close():
    assert did_you_mean("web", ["database"]) == ""
