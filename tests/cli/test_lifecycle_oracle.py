"""What starts, stops and removes containers, beside Docker Compose: the same calls of the engine.

Both work on an engine in memory, which is as it was for either: the exit code, standard output,
the calls that change something, what comes before what, and what becomes of each container.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import inside
import pytest
from fake_server import FakeServer, serving
from lifecycle_cases import DIFFERENCES, FILE, ORPHAN, PAIRS, asked, steps
from projects import IMAGE
from thorough import chosen

from pycompose.engine.fake import Behaviour, Call, FakeEngine

pytestmark = pytest.mark.oracle
PATIENCE = 60.0  # seconds; a deadline, not a wait
# Who depends on whom.
EDGES = [("web", "db"), ("app", "job"), ("follower", "db"), ("optional", "db"), ("off", "db")]
# The commands that keep to it, each time.
ORDERED = {"start", "stop", "scale"}


class Answer(NamedTuple):
    """What came of a command; `order` is, for each dependency, what became of whom first."""

    code: int
    out: list[str]
    calls: list[str]
    order: dict[str, str]
    left: dict[str, tuple[Any, ...]]


class World:
    """A folder, and an engine in memory that is brought into situations."""

    def __init__(self, folder: Path, empty: Path, server: FakeServer) -> None:
        self.folder = folder
        self.empty = empty  # without a Compose file in it or above
        self.server = server
        host = f"unix://{folder}/engine"
        self.env = {"DOCKER_HOST": host, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        (folder / "compose.yaml").write_text(FILE.replace("IMAGE", IMAGE))
        (folder / "orphan.yaml").write_text(ORPHAN.replace("IMAGE", IMAGE))
        spec = find_spec("compose")
        if spec is None or not spec.submodule_search_locations:
            pytest.skip("the oracle is not installed")
        self.oracle = Path(spec.submodule_search_locations[0]) / "docker-compose"

    @property
    def engine(self) -> FakeEngine:
        return self.server.engine

    def enter(self, situation: str) -> None:
        self.server.engine = engine = FakeEngine()
        engine.add_image(IMAGE)
        engine.behave("demo-job-1", Behaviour(exits=0))
        for kind, words in steps(situation):
            if kind == "compose":
                done = inside.run("-p", "demo", *words, folder=self.folder, **self.env)
                assert done.code == 0, done.stderr
                continue
            for name in words[1:]:
                self.change(words[0], f"demo-{name}")

    def change(self, what: str, name: str) -> None:
        engine = self.engine
        if what == "remove":
            engine.remove_container(name, force=True)
        elif what == "sicken":
            bad = Behaviour(exits=1) if "job" in name else Behaviour(health="unhealthy")
            engine.behave(name, bad)
            if engine.container(name).running:
                engine.set_health(name, "unhealthy")
        else:
            getattr(engine, f"{what}_container")(name)

    def ask(self, program: str, command: str) -> Answer:
        """Run a command on the engine as it is; tell what came of it."""
        words, filed = asked(command)
        words = ["-p", "demo", *words]
        folder = self.folder if filed else self.empty
        before = self.rows()
        volumes = {one["Name"] for one in self.engine.list_volumes()}
        count = len(self.engine.changes)
        if program == "pycompose":
            with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO())):
                done = inside.run(*words, folder=folder, **self.env)
        else:
            done = self.run_oracle(words, folder)
        assert "Traceback" not in done.stderr, done.stderr
        print(f"{program}: {done.stderr}")
        after = self.rows()
        names = {**self.names(before), **self.names(after)}
        up = {id for id, row in before.items() if row["State"]["Running"]}
        calls = [
            self.still(" ".join((call.method, *call.args)), names)
            for call in self.engine.changes[count:]
            if not self.idle(call, up, volumes)
        ]
        return Answer(
            done.code,
            sorted(self.still(done.stdout, names).replace(",", " ").split()),
            sorted(set(calls)),
            self.order(calls) if ORDERED & {*words} else {},
            {
                self.still(names[id], {}): self.fate(before.get(id), row)
                for id, row in after.items()
            },
        )

    def run_oracle(self, words: list[str], folder: Path) -> inside.Done:
        done = subprocess.run(
            [self.oracle, *words],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **self.env},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return inside.Done(done.returncode, done.stdout, done.stderr)

    def rows(self) -> dict[str, Any]:
        found = self.engine.list_containers(all=True)
        return {row["Id"]: self.engine.inspect_container(row["Id"]) for row in found}

    @staticmethod
    def fate(old: Any, row: Any) -> tuple[Any, ...]:
        """Return the state of a container, its exit code, and whether it is another process."""
        state = row["State"]
        if old is None:
            return state["Status"], state["ExitCode"], "made"
        started = old["State"]["StartedAt"] != state["StartedAt"]
        return state["Status"], state["ExitCode"], "started" if started else "left"

    @staticmethod
    def names(rows: dict[str, Any]) -> dict[str, str]:
        return {id: row["Name"].removeprefix("/demo-") for id, row in rows.items()}

    @staticmethod
    def idle(call: Call, up: set[str], volumes: set[str]) -> bool:
        """Whether a call changes nothing, or only the name of what has just been made."""
        match call.method:
            case "stop_container":
                return call.args[0] not in up
            case "create_volume":
                return bool({*call.args} & volumes)
        return call.method == "rename_container"

    @staticmethod
    def still(text: str, names: dict[str, str]) -> str:
        """Return a text without what differs from run to run; whether to force is no matter."""
        for id, name in names.items():
            text = text.replace(id, name)
        text = re.sub(r"\b[0-9a-f]{12}_", "", text.replace(" force=True", ""))
        return re.sub(r"-run-\w+", "-run", text).replace("demo-", "")

    @staticmethod
    def order(calls: list[str]) -> dict[str, str]:
        found = {}
        for user, need in EDGES:
            for verb in ("start", "stop"):
                mine, theirs = (
                    [
                        at
                        for at, call in enumerate(calls)
                        if call.startswith(f"{verb}_container {one}-")
                    ]
                    for one in (user, need)
                )
                if mine and theirs:
                    first = max(mine) < min(theirs)
                    last = max(theirs) < min(mine)
                    which = user if first else need if last else "neither"
                    found[f"{verb} {user} or {need}"] = which
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("life")
    with serving(FakeEngine(), str(folder / "engine")) as server:
        yield World(folder, tmp_path_factory.mktemp("empty"), server)


@pytest.mark.parametrize(
    ("words", "situation"), [pair for pair in PAIRS if chosen("lifecycle", *pair)]
)
def test_the_same_is_done(words, situation, world) -> None:
    found = []
    for program in ("docker-compose", "pycompose"):
        world.enter(situation)
        found.append(world.ask(program, words))
    theirs, ours = found
    if (words, situation) in DIFFERENCES:
        assert ours != theirs
    elif theirs.code:
        # They stop amid what runs side by side: what was done by then is up to chance.
        assert ours[:2] == theirs[:2]
    else:
        assert ours == theirs


def test_there_are_three_hundred_of_them() -> None:
    assert len({*PAIRS}) == len(PAIRS) > 300
    assert {*DIFFERENCES} <= {*PAIRS}
