"""Volumes that are backed up and restored: nothing is missing, whatever is in them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
import volume_tree
from fault_proxy import Proxy
from ground import Ground, changes, killed
from thorough import ALL, chosen

from pycompose import labels

pytestmark = pytest.mark.docker

PYTHON = "python:3.12-alpine"
TAR = "wordpress:latest"  # its tar is GNU tar, everywhere
FILES, SPARSE = (10_000, 1 << 30) if ALL else (500, 64 << 20)
COMPOSE = f"""\
services:
  db:
    image: {PYTHON}
    command: sleep 1000
    init: true
    volumes: [data:/data]
  cache:
    image: {PYTHON}
    command: sleep 1000
    init: true
    volumes: [data:/data:ro]
volumes:
  data: {{labels: {{kind: precious}}}}
"""
BOTH = {"db-1": "running", "cache-1": "running"}


class Volumes(Ground):
    """A project whose service `db` has a volume with a tree in it."""

    def python(self, *words: str, image: str = PYTHON, volume: str = "data") -> str:
        """Run the tree's script beside the project."""
        client = docker.DockerClient(base_url=f"unix://{self.path}")
        try:
            script = Path(volume_tree.__file__).read_text()
            mounts = {f"{self.name}_{volume}": {"bind": "/tree", "mode": "rw"}}
            told = client.containers.run(
                image, ["python3", "-c", script, *words], volumes=mounts, remove=True
            )
            return str(told.decode())
        finally:
            client.close()

    def fill(self, files: int = FILES, sparse: int = SPARSE) -> str:
        self.write(COMPOSE)
        self.run("up", "-d")
        self.python("make", "/tree", str(files), str(sparse))
        return self.tell()

    def tell(self, volume: str = "data") -> str:
        return self.python("tell", "/tree", volume=volume)


def tried(count: int, what: str) -> list[int]:
    """Return at which of a command's changes it is killed."""
    found = [at for at in range(1, count + 1) if chosen(what, at)]
    return found or [count // 2 + 1]


@pytest.fixture
def ground(project_name: str, tmp_path: Path, engine_socket: str) -> Iterator[Volumes]:
    made = Volumes(tmp_path, project_name, engine_socket)
    yield made
    made.close()


def test_a_tree_comes_back_as_it_was(ground: Volumes) -> None:
    began = time.monotonic()
    before = ground.fill()
    digest, entries, taken = before.split()
    assert int(entries) > FILES
    assert int(taken) < 1 << 20
    filled = time.monotonic()
    words = ("volumes", "backup", "data", "--image", TAR, "--stop", "-o", "data.tar.gz")
    ground.run(*words, "--compress", "gzip")
    backed_up = time.monotonic()
    assert ground.states() == BOTH
    ground.run("down", "--volumes", "-t", "0")
    assert ground.volumes() == []
    downed = time.monotonic()
    ground.run("volumes", "restore", "data.tar.gz", "--image", TAR)
    restored = time.monotonic()
    after = ground.tell()
    size = (ground.folder / "data.tar.gz").stat().st_size
    print(f"{digest} {entries} entries, {taken} bytes on the disk for {2 * SPARSE} of holes")
    print(f"make {filled - began:.1f} s, backup {backed_up - filled:.1f} s of {size} bytes,")
    print(f"restore {restored - downed:.1f} s")
    assert after == before
    ground.converges(list(BOTH))


def test_a_clone_is_the_same_tree(ground: Volumes) -> None:
    before = ground.fill(60, 1 << 20)
    ground.run("volumes", "clone", "data", "copy", "--image", TAR, "--pause")
    assert ground.states() == BOTH
    assert ground.tell("copy") == before == ground.tell()


def test_a_killed_clone_is_done_again(ground: Volumes) -> None:
    before = ground.fill(60, 1 << 20)
    words = ("volumes", "clone", "data", "copy", "--image", TAR, "--stop", "--replace")
    ground.run(*words)
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        count = changes(ground, proxy, *words)
        for at in tried(count, "clone"):
            assert killed(ground, proxy, words, at, after=True)
            ground.run(*words)
            assert ground.states() == BOTH, f"after a kill at {at}"
            assert ground.tell("copy") == before, f"after a kill at {at}"


def test_a_killed_backup_leaves_no_file_and_the_next_lets_all_run_again(ground: Volumes) -> None:
    before = ground.fill(60, 1 << 20)
    words = ("volumes", "backup", "data", "--image", TAR, "-o", "data.tar")
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        for manner in ("--pause", "--stop"):
            count = changes(ground, proxy, *words, manner)
            (ground.folder / "data.tar").unlink()
            for at in tried(count, manner):
                assert killed(ground, proxy, (*words, manner), at, after=True)
                assert not list(ground.folder.glob(".data*")), f"after a kill at {at}"
                ground.run(*words, manner)
                assert ground.states() == BOTH, f"after a kill at {at}"
                (ground.folder / "data.tar").unlink()
    assert ground.tell() == before


def test_a_killed_restore_is_told_of_until_it_is_done_again(ground: Volumes) -> None:
    before = ground.fill(60, 1 << 20)
    ground.run("volumes", "backup", "data", "--image", TAR, "--stop", "-o", "data.tar")
    words = ("volumes", "restore", "data.tar", "--image", TAR, "--stop", "--replace")
    refused = 0
    with Proxy(str(ground.folder / "proxy"), ground.path) as proxy:
        count = changes(ground, proxy, *words)
        for at in tried(count, "restore"):
            assert killed(ground, proxy, words, at, after=True)
            left = [name for name in ground.states() if name.startswith("volume-data-")]
            if left and not left[0].endswith(labels.MOVER_DONE):
                assert "is incomplete" in ground.run("up", "-d", code=1)
                refused += 1
            ground.run(*words)
            assert ground.states() == BOTH, f"after a kill at {at}"
            assert ground.tell() == before, f"after a kill at {at}"
    assert refused > 2 or not ALL
