"""What is left over from the files, and what belongs to others."""

from __future__ import annotations

import pytest
from projects import project, service, snapshot, state

from pycompose import labels
from pycompose.plan.down import Options as Down
from pycompose.plan.down import down
from pycompose.plan.orphans import is_foreign, is_orphan
from pycompose.plan.up import Options, up

WEB, GONE = service("web"), service("gone")
MINE = project(WEB, config_files=("/shop/compose.yaml", "/shop/more.yaml"))


def made_from(wanted, *files: str, **fields):
    found = state(wanted, **fields)
    return found._replace(labels={**found.labels, labels.CONFIG_FILES: ",".join(files)})


@pytest.mark.parametrize(
    ("files", "foreign"),
    [
        ((), False),  # nobody knows what it was made from
        (("/shop/compose.yaml",), False),
        (("/shop/old.yaml", "/shop/compose.yaml"), False),
        (("/shop/other.yaml",), True),
        (("/elsewhere/compose.yaml",), True),
    ],
)
def test_what_shares_no_file_is_foreign(files, foreign) -> None:
    container = made_from(GONE, *files)
    assert is_foreign(MINE, container) is foreign
    assert is_orphan(MINE, container) is not foreign


def test_without_a_file_nothing_is_foreign() -> None:
    assert not is_foreign(project(WEB), made_from(GONE, "/shop/other.yaml"))


def test_one_off_containers_are_orphans_once_they_have_ended() -> None:
    once = made_from(WEB, "/shop/compose.yaml", oneoff=True)
    assert not is_orphan(MINE, once)
    assert is_orphan(MINE, once._replace(state="exited"))
    other = made_from(WEB, "/shop/other.yaml", oneoff=True, state="exited")
    assert not is_orphan(MINE, other)


def test_up_leaves_the_containers_of_other_files_alone_and_says_so() -> None:
    seen = snapshot(made_from(GONE, "/shop/other.yaml"))
    plan = up(MINE, seen, Options(remove_orphans=True))

    assert not [step for step in plan.steps if step.service == "gone"]
    assert [notice.message for notice in plan.notices] == [
        "containers of this project (demo-gone-1) were made from other files (/shop/other.yaml);"
        " they are left alone"
    ]


def test_down_leaves_the_containers_of_other_files_alone() -> None:
    once = made_from(WEB, "/shop/other.yaml", oneoff=True)._replace(id="0", name="demo-web-run-1")
    seen = snapshot(made_from(GONE, "/shop/other.yaml"), once)
    assert down(MINE, seen, Down(remove_orphans=True)).steps == ()
