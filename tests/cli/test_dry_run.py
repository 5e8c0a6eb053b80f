"""R7: a rehearsal tells what would be done, and asks nothing of the engine but to look."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from fake_server import FakeServer, serving
from projects import IMAGE

from pycompose.cli.main import COMMANDS
from pycompose.engine.fake import FakeEngine
from pycompose.files.backup import write

ROOT = tarfile.TarInfo("volume")
ROOT.type = tarfile.DIRTYPE
TREE = ROOT.tobuf(tarfile.USTAR_FORMAT) + bytes(1024)
COMPOSE = f"""\
name: demo
services:
  db:
    image: {IMAGE}
    volumes: ["data:/data", "/anonymous"]
  web:
    image: {IMAGE}
    depends_on: [db]
    environment: {{COLOUR: red}}
volumes: {{data: {{}}}}
"""
CHANGED = COMPOSE.replace("red", "blue")
ABSENT = COMPOSE.replace(f"image: {IMAGE}\n    depends_on", "image: absent:1\n    depends_on")
BUILT = ABSENT.replace("    depends_on", "    build: .\n    depends_on")

RELABELED = COMPOSE.replace("data: {}", "data: {labels: {a: b}}")

# What a project is when the command comes: `new` is not there, `up` runs, `stopped` and `paused`
# say so. Then the words, the file, and a part of what is told.
CASES = [
    ("new", "up -d", COMPOSE, "Container demo-web-1 Started"),
    ("new", "up --build -d", BUILT, "Image absent:1 Built"),
    ("new", "up -d --pull always", COMPOSE, "Image busybox:latest Pulled"),
    ("new", "up -d", ABSENT, "Image absent:1 Pulled"),
    ("new", "up --wait", COMPOSE, "Container demo-web-1 Healthy"),
    ("new", "up", COMPOSE, "Container demo-web-1 Started"),
    ("new", "create", COMPOSE, "Container demo-web-1 Created"),
    ("new", "create --build", BUILT, "Image absent:1 Built"),
    ("new", "scale web=2", COMPOSE, "Container demo-web-2 Started"),
    ("up", "up -d", CHANGED, "Container demo-web-1 Recreated"),
    ("up", "up -d --force-recreate -V", COMPOSE, "Container demo-db-1 Recreated"),
    ("up", "up -d --scale web=0", COMPOSE, "Container demo-web-1 Removed"),
    ("up", "up -d --remove-orphans", COMPOSE.replace("web:", "app:"), "demo-web-1 Removed"),
    ("up", "up -d --recreate-volumes", RELABELED, "Volume demo_data Removed"),
    ("up", "down", COMPOSE, "Network demo_default Removed"),
    ("up", "down -v --rmi all", COMPOSE, "Volume demo_data Removed"),
    ("up", "down --fast", COMPOSE, "Network demo_default Removed"),
    ("up", "down -v --remove-orphans -t 0", COMPOSE.replace("web:", "app:"), "web-1 Removed"),
    ("up", "stop", COMPOSE, "Container demo-web-1 Stopped"),
    ("up", "restart", COMPOSE, "Container demo-web-1 Started"),
    ("up", "kill", COMPOSE, "Container demo-web-1 Killed"),
    ("up", "pause", COMPOSE, "Container demo-web-1 Paused"),
    ("up", "rm --stop --force -v", COMPOSE, "Container demo-web-1 Removed"),
    (
        "up",
        "cp compose.yaml web:/tmp",
        COMPOSE,
        "web-1 copy compose.yaml to demo-web-1:/tmp Copied",
    ),
    ("up", "commit web shop:1", COMPOSE, "Commit demo-web-1 Committed"),
    ("new", "run -d --rm web", COMPOSE, "Container demo-db-1 Started"),
    ("up", "scale web=3", COMPOSE, "Container demo-web-3 Started"),
    ("up", "plan", CHANGED, "CreateContainer container demo-web-1"),
    ("up", "plan -o next.json", CHANGED, "CreateContainer container demo-web-1"),
    ("up", "volumes backup --pause data", COMPOSE, "Container demo-db-1 Unpaused"),
    ("up", "volumes backup --stop -o x/", COMPOSE, "Volume demo_data Backed up"),
    ("up", "volumes restore --stop --replace data.tar", COMPOSE, "Volume demo_data Restored"),
    ("up", "project rename other", COMPOSE, "Container other-web-1 Started"),
    ("up", "project rename other --remove-old", COMPOSE, "Volume demo_data Removed"),
    ("up", "volumes clone data copy --stop", COMPOSE, "Volume demo_copy Cloned"),
    ("up", "volumes clone data --to-project x", COMPOSE, "Volume x_data Cloned"),
    ("new", "volumes restore data.tar", COMPOSE, "Volume demo_data Created"),
    ("paused", "unpause", COMPOSE, "Container demo-web-1 Unpaused"),
    ("stopped", "start", COMPOSE, "Container demo-web-1 Started"),
    ("stopped", "start --wait", COMPOSE, "Container demo-web-1 Started"),
    ("stopped", "rm --force", COMPOSE, "Container demo-web-1 Removed"),
    ("stopped", "up -d", COMPOSE, "Container demo-web-1 Started"),
]
# What waits for, shows or reads, and changes nothing.
LOOKING = {
    *(
        "attach",
        "completion",
        "config",
        "events",
        "export",
        "graph",
        "images",
        "lint",
        "logs",
        "ls",
        "port",
        "ps",
        "stats",
        "top",
    ),
    *("version", "volumes", "wait"),
}
# What cannot be rehearsed.
REFUSING = {"exec": "exec --dry-run web true", "run": "run --dry-run web true"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    with serving(engine, str(tmp_path / "engine")) as server:
        yield server


def _run(server: FakeServer, folder: Path, text: str, *words: str) -> str:
    (folder / "compose.yaml").write_text(text)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    with (folder / "data.tar").open("wb") as file:
        write(file, {"project": "demo", "volume": "data"}, iter([TREE]), compress="", time=1)
    done = run(*words, cwd=folder, DOCKER_HOST=f"unix://{server.server_address}")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("state", "words", "text", "told"),
    CASES,
    ids=[f"{state}-{words}" for state, words, _, _ in CASES],
)
def test_a_rehearsal_sends_nothing_that_changes_anything(
    server: FakeServer, tmp_path: Path, state: str, words: str, text: str, told: str
) -> None:
    before = {"new": [], "up": [], "stopped": ["stop"], "paused": ["pause"]}[state]
    if state != "new":
        _run(server, tmp_path, COMPOSE, "up", "-d")
    for word in before:
        _run(server, tmp_path, COMPOSE, word)
    server.requests.clear()

    name = next(name for name in sorted(COMMANDS, reverse=True) if words.startswith(name))
    rest = words.removeprefix(name).split()
    said = _run(server, tmp_path, text, *name.split(), "--dry-run", *rest)

    assert server.requests
    assert [asked for asked in server.requests if asked[0] not in ("GET", "HEAD")] == []
    assert told in " ".join(said.split())
    known = {"compose.yaml", "Dockerfile", "data.tar", "engine", "next.json"}
    assert known >= {path.name for path in tmp_path.iterdir()}


def test_no_command_that_changes_something_is_left_out() -> None:
    rehearsed = {" ".join(words.split()[:count]) for _, words, _, _ in CASES for count in (1, 2)}
    assert rehearsed >= {*COMMANDS} - LOOKING - {*REFUSING}


@pytest.mark.parametrize("words", REFUSING.values(), ids=REFUSING)
def test_what_cannot_be_rehearsed_is_refused(
    server: FakeServer, tmp_path: Path, words: str
) -> None:
    _run(server, tmp_path, COMPOSE, "up", "-d")
    server.requests.clear()
    done = run(*words.split(), cwd=tmp_path, DOCKER_HOST=f"unix://{server.server_address}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("is not supported in dry-run mode\n")
    assert [asked for asked in server.requests if asked[0] not in ("GET", "HEAD")] == []
