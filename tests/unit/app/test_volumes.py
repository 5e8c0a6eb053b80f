"""Backups and restores on an engine in memory: who makes way, and what is refused."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import EMPTY_TAR

from pycompose import labels
from pycompose.app import moving
from pycompose.app import volumes as use
from pycompose.app.session import Session
from pycompose.app.settings import Settings
from pycompose.app.volumes import BackupOptions, RestoreOptions
from pycompose.cancel import Cancel
from pycompose.engine.fake import Behaviour, FakeEngine
from pycompose.errors import ApplyError, UsageError
from pycompose.events import Event, Notice
from pycompose.files.backup import check, write

COMPOSE = """\
name: demo
services:
  db: {image: db, volumes: ["data:/data"], labels: {a: b}}
  web: {image: web, volumes: ["data:/data:ro"]}
volumes:
  data: {labels: {kept: "yes"}}
  more: {external: true}
"""


def tree(*names: str) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name in ("volume", *(f"volume/{name}" for name in names)):
            info = tarfile.TarInfo(name)
            info.type = tarfile.REGTYPE if "/" in name else tarfile.DIRTYPE
            tar.addfile(info)
    return held.getvalue()


class Console:
    """Standard streams that are pipes."""

    screen = keyboard = False

    def __init__(self, typed: bytes = b"") -> None:
        self.typed, self.written = typed, b""

    def read(self) -> bytes:
        data, self.typed = self.typed[:1000], self.typed[1000:]
        return data

    def write(self, stream: int, data: bytes) -> None:
        assert stream == 1
        self.written += data


class Place:
    """The project `demo` in a folder, on an engine whose image `db` has a tar."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = FakeEngine()
        self.told: list[Event] = []
        self.console = Console()
        for name in ("db", "web"):
            self.engine.add_image(name)
        (folder / "compose.yaml").write_text(COMPOSE)
        self.tars()

    def tars(self, *names: str) -> None:
        """Have movers say what a tar says of a volume with files of these names."""
        probe = Behaviour(exits=0, output=((1, EMPTY_TAR),))
        self.engine.behave("demo-volume-x", probe)
        reads = Behaviour(exits=0, output=((1, tree(*names)),))
        self.engine.behave("demo-volume-data-x", reads)

    def session(self, *, named: str = "") -> Session:
        return Session(
            Settings(cwd=str(self.folder), project_name=named or None, project_named=bool(named)),
            emit=self.told.append,
            confirm=lambda _: False,
            cancel=Cancel(),
            engine=self.engine,
        )

    def up(self) -> None:
        for service, name in (("db", "demo-db-1"), ("web", "demo-web-1")):
            self.run(name, service)

    def run(self, name: str, image: str, *, labelled: bool = True, **host: Any) -> str:
        marks = {labels.PROJECT: "demo", labels.SERVICE: image, labels.CONFIG_HASH: "x"}
        if "demo_data" not in [v["Name"] for v in self.engine.list_volumes()]:
            own = {labels.PROJECT: "demo", labels.VOLUME: "data", "kept": "yes"}
            self.engine.create_volume({"Name": "demo_data", "Labels": own})
        mount = "demo_data:/data:ro" if image == "web" else "demo_data:/data"
        body = {"Image": image, "HostConfig": {"Binds": [mount], **host}}
        body |= {"Labels": marks} if labelled else {}
        id = str(self.engine.create_container(name, body)["Id"])
        self.engine.start_container(id)
        return id

    def states(self) -> dict[str, str]:
        return {c["Names"][0][1:]: c["State"] for c in self.engine.list_containers()}

    def changes(self) -> list[str]:
        return [call.method for call in self.engine.changes]

    def backup(self, *volumes: str, **options: Any) -> None:
        asked = BackupOptions(volumes=volumes, **options)
        use.backup(self.session(), asked, self.console)  # type: ignore[arg-type]

    def restore(self, file: str, *, named: str = "", **options: Any) -> None:
        asked = RestoreOptions(file=file, **options)
        use.restore(self.session(named=named), asked, self.console)  # type: ignore[arg-type]

    def file(self, **manifest: Any) -> str:
        said = {"project": "demo", "volume": "data", "driver": "local", "driver_opts": {}}
        with (self.folder / "data.tar").open("wb") as file:
            write(file, {**said, **manifest}, iter([tree("a")]), compress="", time=1)
        return "data.tar"

    @property
    def warnings(self) -> list[str]:
        return [
            event.message
            for event in self.told
            if isinstance(event, Notice) and event.level == "warning"
        ]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for module in (moving, use):
        monkeypatch.setattr(module, "token", lambda: "x")
    return Place(tmp_path)


BOTH = {"demo-db-1": "running", "demo-web-1": "running"}


def test_a_backup_holds_what_tar_has_said(place: Place) -> None:
    place.up()
    place.tars("a", "b")
    place.backup("data", output="x.tar")
    with (place.folder / "x.tar").open("rb") as file:
        found = check(file)
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
    full = place.engine.add_image("full", volumes=[])
    assert full
    probe = {"demo-volume-x": {"/pycompose/volume/a": b"x"}}
    create = place.engine.create_container

    def created(name: str, body: Any, **more: Any) -> Any:
        made = create(name, body, **more)
        place.engine.container(made["Id"]).files.update(probe.get(name, {}))
        return made

    place.engine.create_container = created  # type: ignore[method-assign]
    for name in ("demo-db-1", "demo-web-1"):
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
