"""Clones on an engine in memory: where they go, who makes way, and what is refused."""

from __future__ import annotations

import pytest
from volume_place import COMPOSE, Place, place

from pycompose import labels
from pycompose.convert.hashing import volume_hash
from pycompose.engine.fake import Behaviour
from pycompose.errors import ApplyError, UsageError
from pycompose.model.resources import Volume

__all__ = ["place"]  # a fixture
COPY = {"Name": "demo_copy", "Labels": {labels.PROJECT: "demo", labels.VOLUME: "copy"}}
BOTH = {"demo-db-1": "running", "demo-web-1": "running"}


def test_a_clone_is_a_volume_of_the_project(place: Place) -> None:
    place.up()
    place.clone("data", "copy", manner="pause")
    found = place.volumes()["demo_copy"]
    assert (found[labels.PROJECT], found[labels.VOLUME], found["kept"]) == ("demo", "copy", "yes")
    assert place.states() == BOTH
    assert place.changes().count("pause_container") == 1  # who only reads goes on


def test_a_clone_for_another_project_is_what_its_up_would_make(place: Place) -> None:
    place.up()
    # The probe and the mover of the other project are made in the name of this one.
    place.clone("data", to_project="stage", manner="stop")
    found = place.volumes()["stage_data"]
    wanted = Volume(name="stage_data", labels={"kept": "yes"})
    assert found[labels.PROJECT] == "stage"
    assert found[labels.CONFIG_HASH] == volume_hash(wanted)
    assert place.states() == BOTH


def test_without_files_labels_tell_what_there_is(place: Place) -> None:
    place.up()
    place.clone("demo_data", "copy", named="demo")
    assert place.volumes()["demo_copy"][labels.VOLUME] == "copy"


def test_a_clone_into_a_volume_that_is_in_use_is_refused(place: Place) -> None:
    place.up()
    place.engine.create_volume(COPY)
    body = {"Image": "db", "HostConfig": {"Binds": ["demo_copy:/x"]}}
    place.engine.start_container(place.engine.create_container("user", body)["Id"])
    with pytest.raises(UsageError, match="demo_copy is in use by user"):
        place.clone("data", "copy", manner="pause")
    place.clone("data", "copy", manner="stop")
    assert place.states() == {**BOTH, "user": "running"}


def test_a_clone_that_fails_lets_run_only_who_does_not_use_it(place: Place) -> None:
    place.up()
    place.engine.create_volume(COPY)
    body = {"Image": "db", "HostConfig": {"Binds": ["demo_copy:/x"]}}
    place.engine.start_container(place.engine.create_container("user", body)["Id"])
    place.engine.behave("demo-volume-copy-x", Behaviour(exits=2, output=((2, b"tar: full\n"),)))
    with pytest.raises(ApplyError, match="tar: full"):
        place.clone("data", "copy", manner="stop")
    states = place.states()
    assert states.pop("demo-volume-copy-x") == "exited"
    assert states == {**BOTH, "user": "exited"}
    with pytest.raises(UsageError, match="demo_copy is incomplete"):
        place.clone("demo_copy", "more", named="demo")


def test_what_a_clone_would_destroy_has_to_be_said(place: Place) -> None:
    place.up()
    place.engine.create_volume(COPY)
    place.holds("demo-volume-x", "a")
    with pytest.raises(UsageError, match="demo_copy is not empty"):
        place.clone("data", "copy")
    place.clone("data", "copy", replace=True)


OTHERS = {
    "itself": ("data", {}, "cannot be cloned to itself"),
    "no name": ("../x", {}, "no name of a volume"),
    "no project": ("", {"to_project": "A b"}, "invalid project name"),
    "an external one": ("more", {}, "does not exist"),
}


@pytest.mark.parametrize(("new", "options", "message"), OTHERS.values(), ids=OTHERS)
def test_a_clone_needs_a_place(place: Place, new: str, options: dict, message: str) -> None:
    place.up()
    before = place.changes()
    with pytest.raises(UsageError, match=message):
        place.clone("data", new, **options)
    assert place.changes() == before


def test_a_volume_with_one_name_everywhere_has_no_clone_of_its_own(place: Place) -> None:
    named = COMPOSE.replace('kept: "yes"}', 'kept: "yes"}, name: demo_data_of_all')
    (place.folder / "compose.yaml").write_text(named)
    place.engine.create_volume({"Name": "demo_data_of_all"})
    with pytest.raises(UsageError, match="is called demo_data_of_all in every project"):
        place.clone("data", to_project="stage")


def test_one_folder_under_two_names_is_not_copied_onto_itself(place: Place) -> None:
    options = {"type": "none", "o": "bind", "device": "/srv"}
    for name in ("demo_data", "demo_copy"):
        place.engine.create_volume({"Name": name, "DriverOpts": options})
    with pytest.raises(UsageError, match="are the same: /srv"):
        place.clone("data", "copy", replace=True)
    with pytest.raises(UsageError, match="options of its own"):
        place.clone("data", "new")
