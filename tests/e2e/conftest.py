"""A scene: a folder with a Compose file, commands run there, and a look at the engine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
import tmux
from second_engine import SecondEngine, dockerd

from pycompose import labels

PATIENCE = 180.0  # seconds; a deadline, not a wait: the machine may be slow and loaded
ANONYMOUS = 64  # length of the name that an engine gives to an anonymous volume
QUIET = ("exec_", "health_status", "top", "attach", "resize")  # events that change nothing


class Running:
    """A command that runs beside the test, its output in files."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str]) -> None:
        self.out = folder / f"stdout-{time.monotonic_ns()}"
        self.err = folder / f"stderr-{time.monotonic_ns()}"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def stdout(self) -> str:
        return self.out.read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.err.read_text(errors="replace")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for the end; return the exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still running after {seconds} s\n{self.stdout[-2000:]}\n{self.stderr}")

    def until(self, there: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
        """Poll until `there()`; fail if the command ends before."""
        deadline = time.monotonic() + seconds
        while not there():
            over = self.process.poll() is not None
            if (over and not there()) or time.monotonic() > deadline:
                pytest.fail(
                    f"{what}: never came (code {self.process.poll()})\n"
                    f"{self.stdout[-2000:]}\n{self.stderr[-2000:]}"
                )
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Scene:
    """One project in a folder of its own."""

    def __init__(self, name: str, folder: Path, client: docker.DockerClient, image: str) -> None:
        self.name = name
        self.folder = folder
        self.client = client
        self.image = image
        self.running: list[Running] = []
        self.seen: set[str] = set()  # anonymous volumes
        self.volumes_made: set[str] = set()
        self.engine: SecondEngine | None = None
        self.host = ""  # DOCKER_HOST of the commands; empty: as for the tests

    # Files and commands.

    def write(self, text: str, file: str = "compose.yaml") -> Path:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("IMAGE", self.image))
        return path

    def env(self, **changes: str) -> dict[str, str]:
        names = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "DOCKER_HOST")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        if self.host:
            kept["DOCKER_HOST"] = self.host
        return {**kept, "LC_ALL": "C.UTF-8", "COLUMNS": "80", **changes}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "pycompose", "-p", self.name, *words]

    def run(
        self, *words: str, code: int | None = 0, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run pycompose; None takes any exit code."""
        return self._run(self.command(*words), code, env)

    def oracle(
        self, *words: str, code: int | None = 0, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run Docker Compose itself."""
        compose = pytest.importorskip("compose", reason="the oracle is not installed")
        program = next(iter(compose.__path__)) + "/docker-compose"
        if not os.path.exists(program):
            pytest.skip("the oracle is not installed")
        return self._run([program, "-p", self.name, *words], code, env)

    def _run(
        self, command: list[str], code: int | None, env: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.env(**env),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        self.volumes_seen()
        told = f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        assert "Traceback" not in done.stderr, told
        assert code is None or done.returncode == code, told
        return done

    def up(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run("up", "-d", *words, code=code)

    def start(self, *words: str, **env: str) -> Running:
        """Run pycompose beside the test."""
        running = Running(self.command(*words), self.folder, self.env(**env))
        self.running.append(running)
        return running

    # The engine.

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return what inspect says of every container of the project, by name."""
        found = {}
        for row in self.client.api.containers(all=True, filters={"label": self.label}):
            with contextlib.suppress(docker.errors.NotFound):
                one = self.client.api.inspect_container(row["Id"])
                found[one["Name"].removeprefix("/")] = one
        return found

    @property
    def label(self) -> str:
        return f"{labels.PROJECT}={self.name}"

    def container(self, service: str, number: int = 1) -> dict[str, Any]:
        return self.containers()[f"{self.name}-{service}-{number}"]

    def names(self) -> list[str]:
        """Return the names of the project's containers, without the project's."""
        return sorted(name.removeprefix(f"{self.name}-") for name in self.containers())

    def ids(self) -> dict[str, str]:
        found = self.containers()
        return {name.removeprefix(f"{self.name}-"): one["Id"] for name, one in found.items()}

    def states(self) -> dict[str, str]:
        found = self.containers().items()
        return {n.removeprefix(f"{self.name}-"): one["State"]["Status"] for n, one in found}

    def networks(self) -> list[str]:
        found = self.client.api.networks(filters={"label": self.label})
        return sorted(one["Name"] for one in found)

    def volumes(self) -> list[str]:
        found = self.client.api.volumes(filters={"label": self.label})["Volumes"] or []
        return sorted(one["Name"] for one in found)

    def volume_there(self, name: str) -> bool:
        try:
            self.client.api.inspect_volume(name)
        except docker.errors.NotFound:
            return False
        return True

    def make_volume(self, name: str) -> str:
        """Create a volume outside the project; it goes after the test."""
        self.volumes_made.add(name)
        self.client.api.create_volume(name)
        return name

    def nothing_left(self) -> bool:
        return not (self.containers() or self.networks() or self.volumes())

    def shell(self, service: str, script: str, number: int = 1) -> str:
        """Run a script in a container of a service; return what it prints."""
        return self.shell_in(f"{self.name}-{service}-{number}", script)

    def shell_in(self, name: str, script: str) -> str:
        """Run a script in a container of this name; return what it prints."""
        id = self.containers()[name]["Id"]
        made = self.client.api.exec_create(id, ["sh", "-c", script])
        text = self.client.api.exec_start(made["Id"]).decode()
        code = self.client.api.exec_inspect(made["Id"])["ExitCode"]
        assert code == 0, f"{script}: {code}: {text}"
        return text

    def changes(self, since: float) -> list[str]:
        """Return what happened to the project's objects since a time."""
        mine = {one["Id"] for one in self.client.api.networks(filters={"label": self.label})}
        mine |= set(self.volumes())
        found = []
        until = f"{time.time():.9f}"
        for event in self.client.api.events(since=f"{since:.9f}", until=until, decode=True):
            actor, action = event["Actor"], event["Action"]
            marks = actor.get("Attributes") or {}
            ours = marks.get(labels.PROJECT) == self.name or actor["ID"] in mine
            ours = ours or str(marks.get("name", "")).startswith(f"{self.name}_")
            if ours and not action.startswith(QUIET):
                found.append(f"{event['Type']} {action} {marks.get('name', actor['ID'])}")
        return found

    def wait(self, there: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not there():
            if time.monotonic() > deadline:
                pytest.fail(f"{what}: not within {seconds} s; {self.states()}")
            time.sleep(0.1)

    # Afterwards.

    def volumes_seen(self) -> None:
        """Remember anonymous volumes: the engine lets go of those that a recreate passed on."""
        with contextlib.suppress(docker.errors.APIError):
            for row in self.client.api.containers(all=True, filters={"label": self.label}):
                for mount in row.get("Mounts") or ():
                    name = mount.get("Name", "")
                    if mount.get("Type") == "volume" and len(name) == ANONYMOUS:
                        self.seen.add(name)

    def close(self) -> None:
        for running in self.running:
            running.kill()
        self.volumes_seen()
        api = self.client.api
        mine = {"label": self.label}
        for row in api.containers(all=True, filters=mine):
            with contextlib.suppress(docker.errors.APIError):
                api.remove_container(row["Id"], force=True, v=True)
        for network in api.networks(filters=mine):
            with contextlib.suppress(docker.errors.APIError):
                api.remove_network(network["Id"])
        named = {one["Name"] for one in api.volumes(filters=mine)["Volumes"] or ()}
        for volume in named | self.seen | self.volumes_made:
            with contextlib.suppress(docker.errors.APIError):
                api.remove_volume(volume)


@pytest.fixture
def client(real_engine: Any) -> Iterator[docker.DockerClient]:
    """The engine, as a bystander sees it."""
    del real_engine  # skips where there is none
    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    found = docker.DockerClient(base_url=host, timeout=int(PATIENCE))
    yield found
    found.close()


@pytest.fixture
def scene(
    client: docker.DockerClient, project_name: str, tmp_path: Path, image: str
) -> Iterator[Scene]:
    """A project of a name that nobody else has; nothing is left of it after the test."""
    made = Scene(project_name, tmp_path, client, image)
    try:
        yield made
    finally:
        with contextlib.suppress(subprocess.SubprocessError):
            made.close()


@pytest.fixture
def terminal(scene: Scene) -> Iterator[tmux.Terminal]:
    """A terminal in which `pc` runs pycompose on the scene."""
    words = " ".join(f"'{word}'" for word in scene.command())
    program = scene.folder / "pc"
    program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    program.chmod(0o755)
    env = scene.env()
    env["PATH"] = f"{scene.folder}:{env['PATH']}"
    found = tmux.Terminal(scene.folder, {**env, "TERM": "xterm"})
    yield found
    found.close()


@pytest.fixture
def frail(real_engine: Any, project_name: str, tmp_path: Path, image: str) -> Iterator[Scene]:
    """A scene on an engine of its own, `frail.engine`, that may be killed."""
    del real_engine
    if not dockerd():
        pytest.skip("a second engine needs root and dockerd")
    with SecondEngine() as engine:
        engine.load(image)
        client = docker.DockerClient(base_url=engine.address, timeout=int(PATIENCE))
        made = Scene(project_name, tmp_path, client, image)
        made.host, made.engine = engine.address, engine
        try:
            yield made
        finally:
            for running in made.running:
                running.kill()
            client.close()
