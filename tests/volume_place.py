"""The project `demo` on an engine in memory, whose image `db` has the tar that moves volumes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import EMPTY_TAR

from pycompose import labels
from pycompose.app import backup, moving, volumes
from pycompose.app.backup import BackupOptions, RestoreOptions
from pycompose.app.clone import CloneOptions, clone
from pycompose.app.session import Session
from pycompose.app.settings import Settings
from pycompose.cancel import Cancel
from pycompose.engine.fake import Behaviour, FakeEngine
from pycompose.events import Event, Notice
from pycompose.files.backup import write

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
        self.engine.behave("demo-volume-copy-x", Behaviour(exits=0))

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
        backup.backup(self.session(), asked, self.console)  # type: ignore[arg-type]

    def restore(self, file: str, *, named: str = "", **options: Any) -> None:
        asked = RestoreOptions(file=file, **options)
        backup.restore(self.session(named=named), asked, self.console)  # type: ignore[arg-type]

    def clone(self, volume: str, new: str = "", *, named: str = "", **options: Any) -> None:
        asked = CloneOptions(volume=volume, new=new, **options)
        clone(self.session(named=named), asked, self.console)  # type: ignore[arg-type]

    def holds(self, container: str, *names: str) -> None:
        """Have the volume of a container that is made later hold files of these names."""
        create = self.engine.create_container

        def created(name: str, body: Any, **more: Any) -> Any:
            made = create(name, body, **more)
            if name == container:
                files = {f"/pycompose/volume/{each}": b"x" for each in names}
                self.engine.container(made["Id"]).files.update(files)
            return made

        self.engine.create_container = created  # type: ignore[method-assign]

    def volumes(self) -> dict[str, dict[str, str]]:
        """Return the labels of the volumes there are, by name."""
        return {one["Name"]: one["Labels"] or {} for one in self.engine.list_volumes()}

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
    for module in (moving, backup, volumes):
        monkeypatch.setattr(module, "token", lambda: "x")
    return Place(tmp_path)
