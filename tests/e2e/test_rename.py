"""A project under another name: the same data, and what ran runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_proxy import Proxy
from ground import Ground, changes, killed
from thorough import SEED, chosen

pytestmark = pytest.mark.docker

TAR = "wordpress:latest"  # its tar is GNU tar, everywhere
COMPOSE = """\
services:
  db:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    volumes: [data:/data, /anonymous]
    scale: 2
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    depends_on: [db]
  off: {image: IMAGE, command: sleep 1000}
volumes: {data: {}}
"""
WANTED = {"db-1": "running", "db-2": "running", "web-1": "running", "off-1": "created"}
MARKERS = "cat /data/marker /anonymous/marker"


class Names(Ground):
    """A project that gets another name, and back."""

    def __init__(self, folder: Path, name: str, path: str, image: str) -> None:
        super().__init__(folder, name, path, image)
        self.names = [name, f"{name}x"]

    def begin(self) -> None:
        self.write(COMPOSE)
        self.run("create")
        self.run("up", "-d", "web")
        for number in (1, 2):
            self.shell(f"db-{number}", "echo data > /data/marker")
            self.shell(f"db-{number}", f"echo {number} > /anonymous/marker")

    def swap(self) -> None:
        """Look at the project under its other name from now on."""
        self.names.reverse()
        self.name = self.names[0]

    def is_whole(self) -> None:
        """All of it has the name, nothing but a volume has the other one."""
        assert self.states() == WANTED
        for number in (1, 2):
            assert self.shell(f"db-{number}", MARKERS).split() == ["data", str(number)]
        assert self.networks() == [f"{self.name}_default"]
        before = self.ids()
        self.run("up", "-d", "web", "db")
        assert self.ids() == before
        self.swap()
        assert (self.states(), self.networks()) == ({}, [])
        self.run("down", "--volumes")
        assert f"{self.name}_data" not in self.volumes()
        self.swap()

    def close(self) -> None:
        for name in self.names:
            self.name = name
            super().close()


@pytest.fixture
def ground(project_name: str, tmp_path: Path, engine_socket: str, image: str) -> Iterator[Names]:
    made = Names(tmp_path, project_name, engine_socket, image)
    yield made
    made.close()


def test_what_ran_runs_under_the_new_name_with_the_same_data(ground: Names) -> None:
    ground.begin()
    old = ground.name
    told = ground.run("project", "rename", f"{old}x", "--image", TAR)
    assert f"project {old} is {old}x now" in told
    ground.swap()
    ground.is_whole()
    ground.run("project", "rename", old, "--image", TAR, "--remove-old")
    ground.swap()
    ground.is_whole()


def test_a_killed_rename_is_finished_by_the_next(ground: Names) -> None:
    ground.begin()
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        count = changes(ground, proxy, *_words(ground))
        ground.swap()
        ground.is_whole()
        points = [at for at in range(1, count + 1) if chosen("rename", at)]
        for at in points or [int(SEED) % count + 1]:
            words = _words(ground)
            assert killed(ground, proxy, words, at, after=True)
            _finished(ground, words, at)
            ground.swap()
            ground.is_whole()


def _words(ground: Names) -> tuple[str, ...]:
    return ("project", "rename", ground.names[1], "--image", TAR)


def _finished(ground: Names, words: tuple[str, ...], at: int) -> None:
    """Do it again; where it was all but over, there is nothing left to do."""
    told = ground.run(*words, code=None)
    over = "there is nothing of a project" in told or "there is a project" in told
    assert over or "now: say -p" in told, f"after a kill at {at}: {told}"
