"""A scene without a real engine: a folder, an engine in memory behind a socket, a proxy between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fake_server import FakeServer, serving
from fault_proxy import Proxy
from inside import Done, run
from projects import IMAGE

from pycompose import labels
from pycompose.engine.fake import FakeEngine

PATIENCE = 60.0  # seconds; a deadline, not a wait


class Beside:
    """A command that runs beside the test, in a process of its own; its output is in files."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str]) -> None:
        self._files = [folder / f"{name}-{time.monotonic_ns()}" for name in ("out", "err")]
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            self.process = subprocess.Popen(
                command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )

    @property
    def stdout(self) -> str:
        return self._files[0].read_text()

    @property
    def stderr(self) -> str:
        return self._files[1].read_text()

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        return self.process.wait(PATIENCE)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def until(self, there: Callable[[], Any]) -> None:
        """Look until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < deadline, self.stdout + self.stderr
            time.sleep(0.01)


class FakeScene:
    """The project `demo` in a folder of its own."""

    def __init__(self, folder: Path, server: FakeServer, proxy: Proxy) -> None:
        self.folder = folder
        self.server = server
        self.proxy = proxy
        self.beside: list[Beside] = []
        self.start_over()

    @property
    def engine(self) -> FakeEngine:
        return self.server.engine

    def start_over(self) -> FakeEngine:
        """Have a new engine, and no faults."""
        engine = FakeEngine()
        engine.add_image(IMAGE)
        self.server.engine = engine
        self.proxy.reset()
        return engine

    def write(self, text: str) -> None:
        (self.folder / "compose.yaml").write_text(text.replace("IMAGE", IMAGE))

    def _env(self, **more: str) -> dict[str, str]:
        return {"DOCKER_HOST": self.proxy.address, "XDG_RUNTIME_DIR": str(self.folder), **more}

    def run(self, *words: str, code: int | None = 0, **env: str) -> Done:
        """Run a command in this process; None takes any exit code."""
        done = run("-p", "demo", *words, folder=self.folder, **self._env(**env))
        for text in ("Traceback", "defect"):
            assert text not in done.stderr, done.stderr
        assert code is None or done.code == code, done.stdout + done.stderr
        return done

    def start(self, *words: str) -> Beside:
        """Run a command beside the test."""
        command = [sys.executable, "-m", "pycompose", "-p", "demo", *words]
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        beside = Beside(command, self.folder, {**kept, "LC_ALL": "C.UTF-8", **self._env()})
        self.beside.append(beside)
        return beside

    def close(self) -> None:
        for beside in self.beside:
            beside.process.kill()
            beside.process.wait()

    # The engine.

    def states(self) -> dict[str, str]:
        """Return the state of each container of the project, by name without the project's."""
        rows = self.engine.list_containers(filters=self.mine)
        return {
            row["Names"][0].removeprefix("/demo-"): row["State"] for row in sorted(rows, key=str)
        }

    def ids(self) -> dict[str, str]:
        rows = self.engine.list_containers(filters=self.mine)
        return {row["Names"][0].removeprefix("/demo-"): row["Id"] for row in rows}

    def networks(self) -> list[str]:
        return sorted(one["Name"] for one in self.engine.list_networks(filters=self.mine))

    def volumes(self) -> list[str]:
        return sorted(one["Name"] for one in self.engine.list_volumes(filters=self.mine))

    @property
    def mine(self) -> dict[str, list[str]]:
        return {"label": [f"{labels.PROJECT}=demo"]}

    def nothing_left(self) -> bool:
        return not (self.states() or self.networks() or self.volumes())

    def nothing_to_do(self) -> bool:
        """Run `up` once more, and see that it changes nothing."""
        before = len(self.engine.changes)
        self.run("up", "-d")
        return len(self.engine.changes) == before


@contextmanager
def fake_scene(folder: Path) -> Iterator[FakeScene]:
    """Open a scene in a folder."""
    engine, before = str(folder / "engine"), str(folder / "proxy")
    with serving(FakeEngine(), engine) as server, Proxy(before, engine) as proxy:
        made = FakeScene(folder, server, proxy)
        try:
            yield made
        finally:
            made.close()
