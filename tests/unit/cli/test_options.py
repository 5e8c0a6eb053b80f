from __future__ import annotations

import pytest

from pycompose.app.options import UpOptions
from pycompose.cli import options
from pycompose.cli.commands import create, plan, up
from pycompose.errors import UsageError

BASE = {"services": None, "pull": "policy", "remove_orphans": None, "scale": None}


def test_scale_is_read_and_the_last_one_counts() -> None:
    assert options.scale(["a=1", "b=02", "a=3"]) == {"a": 3, "b": 2}
    assert options.scale(None) == {}


@pytest.mark.parametrize("text", ["a", "=1", "a=", "a=x", "a=-1", "a=1.5", "a=²"])
def test_a_wrong_scale_is_refused(text) -> None:
    with pytest.raises(UsageError, match="invalid --scale option"):
        options.scale([text])


@pytest.mark.parametrize(
    ("text", "policy"),
    [("policy", ""), ("always", "always"), ("if_not_present", "missing"), ("build", "build")],
)
def test_pull_is_a_policy(text, policy) -> None:
    assert options.pull(text) == policy


@pytest.mark.parametrize(
    ("flag", "env", "wanted"),
    [
        (None, {}, False),
        (True, {}, True),
        (None, {"COMPOSE_REMOVE_ORPHANS": "1"}, True),
        (None, {"COMPOSE_REMOVE_ORPHANS": "yes"}, False),
        (False, {"COMPOSE_REMOVE_ORPHANS": "1"}, False),
        (None, {"COMPOSE_IGNORE_ORPHANS": "1"}, False),
    ],
)
def test_orphans_go_when_asked_for(flag, env, wanted) -> None:
    assert options.orphans(flag, env) is wanted


def test_orphans_cannot_be_removed_and_ignored() -> None:
    with pytest.raises(UsageError, match="cannot combine COMPOSE_IGNORE_ORPHANS"):
        options.orphans(True, {"COMPOSE_IGNORE_ORPHANS": "true"})


def test_what_was_not_typed_is_the_default() -> None:
    assert options.up(BASE, {}) == UpOptions()


def test_flags_become_options_of_their_name() -> None:
    asked = options.up(
        {**BASE, "services": ["web"], "scale": ["web=2"], "attach": ["web"], "timeout": 3}, {}
    )
    assert asked == UpOptions(services=("web",), scale={"web": 2}, attach=("web",), timeout=3)


@pytest.mark.parametrize("command", [up, create, plan])
def test_every_row_of_the_conflicts_names_flags(command) -> None:
    import inspect

    rows = options.CREATE if command is create else options.UP
    names = set(inspect.signature(command.main).parameters)
    if command is not plan:
        assert {name for _, left, right in rows for name in (*left, *right)} <= names


def test_up_has_a_flag_for_each_option() -> None:
    import inspect

    names = set(inspect.signature(up.main).parameters)
    assert set(UpOptions._fields) <= names
