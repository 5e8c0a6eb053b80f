"""What starts, stops and removes containers, beside Docker Compose, on a real engine.

A part of what is compared in `tests/cli/test_lifecycle_oracle.py`: the exit code, standard output,
what becomes of each container, and the volumes that are left.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import tarfile
from typing import Any, NamedTuple

import docker
import pytest
from lifecycle_cases import DIFFERENCES, FILE, ORPHAN, PAIRS, asked, steps
from thorough import ALL, SEED

pytestmark = [pytest.mark.docker, pytest.mark.oracle]
ALIKE = [pair for pair in PAIRS if pair not in DIFFERENCES]
TRIED = ALIKE[::5] if ALL else random.Random(SEED).sample(ALIKE, 12)


class Left(NamedTuple):
    """What is left of a project."""

    code: int
    out: list[str]
    containers: dict[str, tuple[Any, ...]]
    volumes: list[str]


class World:
    """A project that is brought into situations."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.api = scene.client.api

    def enter(self, situation: str) -> None:
        scene = self.scene
        scene.write(FILE)
        scene.write(ORPHAN, "orphan.yaml")
        for kind, words in steps(situation):
            if kind == "compose":
                scene.oracle(*words)
            else:
                for name in words[1:]:
                    getattr(self, words[0])(f"{scene.name}-{name}")
            self.job_ended()

    def stop(self, name: str) -> None:
        self.api.stop(name, timeout=0)

    def pause(self, name: str) -> None:
        self.api.pause(name)

    def remove(self, name: str) -> None:
        self.api.remove_container(name, force=True)

    def sicken(self, name: str) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("sick"))
        self.api.put_archive(name, "/", packed.getvalue())

    def job_ended(self) -> None:
        name = f"{self.scene.name}-job-1"
        with contextlib.suppress(docker.errors.NotFound):
            if self.api.inspect_container(name)["State"]["Running"]:
                self.api.wait(name)

    def rows(self) -> dict[str, Any]:
        return {row["Id"]: row for row in self.scene.containers().values()}

    def ask(self, program: Any, command: str, empty: Any) -> Left:
        """Run a command on the project as it is; tell what came of it."""
        scene = self.scene
        words, filed = asked(command)
        folder = scene.folder
        before = self.rows()
        scene.folder = folder if filed else empty
        done = program(*words, code=None)
        scene.folder = folder
        print(done.stderr)
        self.job_ended()
        after = self.rows()
        names = {id: row["Name"].removeprefix("/") for id, row in {**before, **after}.items()}
        return Left(
            done.returncode,
            sorted(self.still(done.stdout, names).replace(",", " ").split()),
            {
                self.still(names[id], {}): self.fate(before.get(id), row)
                for id, row in after.items()
            },
            [name.removeprefix(scene.name) for name in scene.volumes()],
        )

    def still(self, text: str, names: dict[str, str]) -> str:
        for id, name in names.items():
            text = text.replace(id, name)
        return re.sub(r"-run-\w+", "-run", text).replace(self.scene.name, "")

    @staticmethod
    def fate(old: Any, row: Any) -> tuple[Any, ...]:
        """Return the state of a container, its exit code, and whether it is another process."""
        state = row["State"]
        if old is None:
            return state["Status"], state["ExitCode"], "made"
        started = old["State"]["StartedAt"] != state["StartedAt"]
        return state["Status"], state["ExitCode"], "started" if started else "left"


@pytest.mark.parametrize(("words", "situation"), TRIED)
def test_the_same_is_left(words, situation, scene, tmp_path_factory) -> None:
    world = World(scene)
    empty = tmp_path_factory.mktemp("empty")
    found = []
    for program in (scene.oracle, scene.run):
        world.enter(situation)
        found.append(world.ask(program, words, empty))
        scene.close()
    theirs, ours = found
    if theirs.code:
        # They stop amid what runs side by side: what was done by then is up to chance.
        assert ours[:2] == theirs[:2]
    else:
        assert ours == theirs
