"""Backups and restores on an engine in memory: who makes way, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from projects import EMPTY_TAR
from validation import valid
from volume_place import Console, Place, place, tree

from pycompose import labels
from pycompose.engine.fake import Behaviour
from pycompose.errors import ApplyError, EngineUnavailable, UsageError
from pycompose.files.backup import check

__all__ = ["place"]  # a fixture
BOTH = {"demo-db-1": "running", "demo-web-1": "running"}


def test_a_backup_holds_what_tar_has_said(place: Place) -> None:
    place.up()
    place.tars("a", "b")
    place.backup("data", output="x.tar")
    with (place.folder / "x.tar").open("rb") as file:
        found = check(file)
    valid("backup", found.manifest)
    assert (found.manifest["volume"], found.manifest["name"]) == ("data", "demo_data")
    assert found.summary.files == 2
    assert place.states() == BOTH
    assert place.warnings == [
        "demo-db-1 may write meanwhile, and the copy have half of it"
        " (--pause or --stop halts who uses the volume)"
    ]


def test_who_writes_is_halted_and_runs_again(place: Place) -> None:
    place.up()
    for manner, words in (("pause", "pause_container"), ("stop", "stop_container")):
        before = len(place.changes())
        place.backup("data", output="x.tar", manner=manner)
        assert place.changes()[before:].count(words) == 1
        assert place.states() == BOTH
    assert place.warnings == []


def test_all_volumes_of_the_project_are_meant_where_none_is_named(place: Place) -> None:
    place.up()
    place.backup(compress="gzip")
    (found,) = place.folder.glob("demo_data-*.tar.gz")
    with found.open("rb") as file:
        assert check(file).manifest["labels"]["kept"] == "yes"


def test_a_backup_can_go_to_a_pipe_and_come_from_one(place: Place) -> None:
    place.up()
    place.tars("a")
    place.backup("data", output="-")
    place.console = Console(typed=place.console.written)
    place.restore("-", replace=True, stop=True)
    assert place.states() == BOTH


@pytest.mark.parametrize("manner", ["pause", "stop"])
def test_a_backup_that_fails_leaves_nothing_and_all_running(place: Place, manner: str) -> None:
    place.up()
    place.engine.behave("demo-volume-data-x", Behaviour(exits=2, output=((2, b"tar: no\n"),)))
    with pytest.raises(ApplyError, match="tar: no"):
        place.backup("data", output="x.tar", manner=manner)
    assert place.states() == BOTH
    assert [path.name for path in place.folder.iterdir()] == ["compose.yaml"]


def test_an_engine_that_is_gone_is_told_of_and_the_next_backup_lets_all_run_again(
    place: Place,
) -> None:
    place.up()
    place.engine.fail(EngineUnavailable("gone"), call="pause_container", after=True)
    list_containers, gone = place.engine.list_containers, []

    def listed(**filters: Any) -> Any:
        if "pause_container" in place.changes() and not gone:
            gone.append(1)
            raise EngineUnavailable("gone")
        return list_containers(**filters)

    place.engine.list_containers = listed  # type: ignore[method-assign]
    with pytest.raises(ApplyError, match="gone"):
        place.backup("data", output="x.tar", manner="pause")
    assert any("what was halted does not run again" in told for told in place.warnings)
    assert place.states()["demo-db-1"] == "paused"
    place.backup("data", output="x.tar", manner="pause")
    assert place.states() == BOTH


def test_a_tar_that_is_not_whole_is_no_backup(place: Place) -> None:
    place.up()
    cut = Behaviour(exits=0, output=((1, tree("a")[:700]),))
    place.engine.behave("demo-volume-data-x", cut)
    with pytest.raises(ApplyError, match="what tar wrote is not whole"):
        place.backup("data", output="x.tar")
    assert [path.name for path in place.folder.iterdir()] == ["compose.yaml"]


def test_an_image_whose_tar_cannot_do_it_is_passed_over(place: Place) -> None:
    place.up()
    place.engine.behave("demo-volume-x", Behaviour(exits=1, output=((2, b"tar: unknown\n"),)))
    before = [c["Id"] for c in place.engine.list_containers()]
    with pytest.raises(UsageError, match=r"none that keeps all attributes: db:latest, web:latest"):
        place.backup("data")
    assert [c["Id"] for c in place.engine.list_containers()] == before


def test_what_is_not_there_is_told(place: Place) -> None:
    with pytest.raises(UsageError, match=r"no such volume in project 'demo': x \(it has data"):
        place.backup("x")
    with pytest.raises(UsageError, match="volume demo_data does not exist yet"):
        place.backup("data")
    with pytest.raises(UsageError, match="has no volumes to back up"):
        place.backup()


def test_a_file_that_cannot_be_written_stops_nobody(place: Place) -> None:
    place.up()
    before = place.changes()
    with pytest.raises(UsageError, match="missing is no folder"):
        place.backup("data", output="missing/x.tar", manner="stop")
    assert place.changes() == before
    (place.folder / "taken.tar").mkdir()
    (place.folder / "taken.tar" / "x").write_text("")
    place.backup("data", "demo_data", output="taken.tar", manner="stop")  # a folder; one volume
    assert len([*(place.folder / "taken.tar").iterdir()]) == 2
    assert place.states() == BOTH


def test_a_restored_volume_is_as_up_would_make_it(place: Place) -> None:
    place.restore(place.file())
    (volume,) = place.engine.list_volumes()
    assert volume["Name"] == "demo_data"
    assert volume["Labels"]["kept"] == "yes"
    assert volume["Labels"][labels.VOLUME] == "data"
    assert place.states() == {}


def test_without_files_the_backup_says_what_the_volume_is(place: Place) -> None:
    marks = {"mine": "1", labels.PROJECT: "demo", labels.CONFIG_HASH: "old"}
    place.engine.behave("other-volume-x", Behaviour(exits=0, output=((1, EMPTY_TAR),)))
    place.engine.behave("other-volume-data-x", Behaviour(exits=0))
    place.restore(place.file(labels=marks), named="other", image="db")
    (volume,) = place.engine.list_volumes()
    assert volume["Name"] == "other_data"
    assert volume["Labels"]["mine"] == "1"
    assert volume["Labels"][labels.PROJECT] == "other"
    assert volume["Labels"][labels.CONFIG_HASH] != "old"


@pytest.mark.parametrize(
    "manifest",
    [
        {"driver_opts": {"type": "none", "o": "bind", "device": "/etc"}},
        {"driver": "sshfs"},
        {"volume": "../x"},
        {"volume": ""},
    ],
)
def test_a_backup_decides_nothing_about_the_machine(place: Place, manifest: dict) -> None:
    with pytest.raises(UsageError):
        place.restore(place.file(**manifest), named="other", image="db")
    assert place.changes() == []


def test_a_volume_that_is_in_use_is_not_restored(place: Place) -> None:
    place.up()
    stranger = place.run("stranger", "db", labelled=False)
    before = place.changes()
    with pytest.raises(UsageError, match=r"in use by demo-db-1, demo-web-1, stranger \(--stop"):
        place.restore(place.file())
    assert place.changes() == before
    place.engine.remove_container(stranger, force=True)


def test_a_volume_with_something_in_it_is_not_overwritten(place: Place) -> None:
    place.up()
    place.holds("demo-volume-x", "a")
    for name in BOTH:
        place.engine.stop_container(name)
    with pytest.raises(UsageError, match=r"demo_data is not empty \(--replace destroys"):
        place.restore(place.file())
    place.restore(place.file(), replace=True)
    assert "demo-volume-data-x" not in place.states()


def test_a_restore_that_fails_leaves_its_mark_until_it_is_done_again(place: Place) -> None:
    place.up()
    place.engine.behave("demo-volume-data-x", Behaviour(exits=2, output=((2, b"tar: full\n"),)))
    with pytest.raises(ApplyError, match="tar: full"):
        place.restore(place.file(), stop=True, replace=True)
    states = place.states()
    assert states.pop("demo-volume-data-x") == "exited"
    assert states == dict.fromkeys(BOTH, "exited")
    with pytest.raises(UsageError, match="demo_data is incomplete"):
        place.backup("data")
    with pytest.raises(ApplyError):  # still so
        place.restore(place.file())
    place.engine.remove_container("demo-volume-data-x", force=True)


def test_a_damaged_backup_changes_nothing(place: Place) -> None:
    place.up()
    whole = (place.folder / place.file()).read_bytes()
    (place.folder / "cut.tar").write_bytes(whole[:2000])
    before = place.changes()
    with pytest.raises(UsageError, match=r"cut\.tar: .*; nothing was restored"):
        place.restore("cut.tar", stop=True, replace=True)
    assert place.changes() == before


def test_nothing_is_written_to_a_terminal_or_read_from_one(place: Place) -> None:
    place.up()
    place.console.screen = place.console.keyboard = True  # type: ignore[misc]
    with pytest.raises(UsageError, match="not for terminals"):
        place.backup("data", output="-")
    with pytest.raises(UsageError, match="cannot be typed"):
        place.restore("-")
