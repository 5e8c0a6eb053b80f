"""A project on a real engine, as a bystander sees it: commands, and what is there after them.

For tests and for `scripts/soak`, which runs without pytest: whatever is not as it should be is an
AssertionError with the words of the command. Only reading and writing markers asks the engine
itself, by the engine's own socket.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from fault_proxy import Exchange, Proxy, Request, passed_on

from pycompose import labels
from pycompose.engine.docker import DockerEngine
from pycompose.engine.transport import Endpoint
from pycompose.errors import EngineError

Json = Any
PATIENCE = 300.0  # seconds; a deadline, not a wait
DEFAULT_SOCKET = "/var/run/docker.sock"


def engine_socket() -> str:
    """Return the path of the socket of the engine that tests use."""
    return os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or DEFAULT_SOCKET


class Ground:
    """One project called `name` in a folder, on the engine at `path`."""

    def __init__(self, folder: Path, name: str, path: str, image: str = "busybox:latest") -> None:
        self.folder = folder
        self.name = name
        self.path = path
        self.image = image
        self.engine = DockerEngine(Endpoint(kind="unix", address=f"unix://{path}", path=path))
        self.seen: set[str] = set()  # volumes without a name

    def close(self) -> None:
        """Remove whatever is there of the project."""
        with contextlib.suppress(EngineError):
            self.look()
            for row in self.rows():
                with contextlib.suppress(EngineError):
                    self.engine.remove_container(row["Id"], force=True, volumes=True)
            for network in self.engine.list_networks(filters=self.mine):
                with contextlib.suppress(EngineError):
                    self.engine.remove_network(network["Id"])
            named = {one["Name"] for one in self.engine.list_volumes(filters=self.mine)}
            for volume in named | self.seen:
                with contextlib.suppress(EngineError):
                    self.engine.remove_volume(volume)
        self.engine.close()

    # Commands.

    def write(self, text: str) -> None:
        (self.folder / "compose.yaml").write_text(text.replace("IMAGE", self.image))

    def start(self, *words: str, host: str = "", **env: str) -> subprocess.Popen[str]:
        """Begin a command; `host` is another way to the engine."""
        names = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "XDG_RUNTIME_DIR")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        fixed = {"DOCKER_HOST": host or f"unix://{self.path}", "LC_ALL": "C.UTF-8"}
        return subprocess.Popen(
            [sys.executable, "-m", "pycompose", "-p", self.name, *words],
            cwd=self.folder,
            env={**kept, **fixed, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, code: int | None = 0, host: str = "", **env: str) -> str:
        """Run a command to its end; return what it wrote. None takes any exit code."""
        running = self.start(*words, host=host, **env)
        try:
            told = running.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            running.kill()
            told = running.communicate()[0]
            raise AssertionError(f"{words} takes longer than {PATIENCE} s:\n{told}") from None
        self.look()
        assert "Traceback" not in told, told
        assert "defect of its own" not in told, told
        assert code is None or running.returncode == code, f"{words}: {running.returncode}\n{told}"
        return told

    # What is there.

    @property
    def mine(self) -> dict[str, list[str]]:
        return {"label": [f"{labels.PROJECT}={self.name}"]}

    def rows(self) -> list[Json]:
        return self.engine.list_containers(filters=self.mine)

    def look(self) -> None:
        """Remember the volumes without a name: an engine lets go of those that were handed on."""
        with contextlib.suppress(EngineError):
            for row in self.rows():
                for mount in row.get("Mounts") or ():
                    if mount.get("Type") == "volume" and len(mount.get("Name", "")) == 64:
                        self.seen.add(mount["Name"])

    def states(self) -> dict[str, str]:
        """Return the states of the containers by their names without the project's."""
        return {row["Names"][0].removeprefix(f"/{self.name}-"): row["State"] for row in self.rows()}

    def ids(self) -> dict[str, str]:
        return {row["Names"][0].removeprefix(f"/{self.name}-"): row["Id"] for row in self.rows()}

    def networks(self) -> list[str]:
        return sorted(one["Name"] for one in self.engine.list_networks(filters=self.mine))

    def volumes(self) -> list[str]:
        """Return the volumes that are there of the project, those without a name too."""
        rows = self.engine.list_volumes()
        return sorted(
            one["Name"]
            for one in rows
            if one["Name"] in self.seen
            or (one.get("Labels") or {}).get(labels.PROJECT) == self.name
        )

    def shell(self, container: str, script: str) -> str:
        """Run a script in a container; return what it prints."""
        body = {"Cmd": ["sh", "-c", script], "AttachStdout": True, "AttachStderr": True}
        try:
            exec = self.engine.create_exec(f"{self.name}-{container}", body)
            with contextlib.closing(self.engine.start_exec(exec)) as output:
                told = b"".join(data for _, data in output).decode()
            code = self.engine.inspect_exec(exec)["ExitCode"]
        except EngineError as error:
            raise AssertionError(f"{container}: {script}: {error}") from error
        assert code == 0, f"{script}: {code}: {told}"
        return told

    # What must hold.

    def converges(self, names: list[str], **env: str) -> None:
        """`up` makes everything as it is to be; another one, and a plan, find nothing to do."""
        self.run("up", "-d", **env)
        self.is_right(names)
        before = self.ids()
        self.run("up", "-d", **env)
        assert self.ids() == before, f"a second up changed {before} to {self.ids()}"
        self.is_right(names)
        self.run("plan", "--detailed-exitcode", **env)

    def is_right(self, names: list[str]) -> None:
        """These containers run, no others are there, and no two networks have one name."""
        states = self.states()
        assert states == dict.fromkeys(sorted(names), "running"), f"{states} instead of {names}"
        twice = [name for name, count in Counter(self.networks()).items() if count > 1]
        assert not twice, f"two networks are called {twice}"

    def nothing_is_left(self, **env: str) -> None:
        """`down -v` leaves nothing, not even volumes without a name."""
        self.run("-f", "compose.yaml", "down", "-v", **env)
        left = [*self.states(), *self.networks(), *self.volumes()]
        assert not left, f"down -v left {left}"


# kill -9 at a request that changes something


def killed(ground: Ground, proxy: Proxy, words: tuple[str, ...], at: int, *, after: bool) -> str:
    """Kill a command just before, or just after, the engine carries out its n-th change.

    Returns that request, "" if the command made fewer.
    """
    began = threading.Event()
    running: list[subprocess.Popen[str]] = []
    hit: list[str] = []

    def kill() -> None:
        began.wait()
        os.killpg(running[0].pid, signal.SIGKILL)

    def fault(exchange: Exchange) -> None:
        hit.append(str(exchange.request))
        if not after:
            kill()
            return passed_nowhere(exchange)
        exchange.forward().read()
        kill()
        return passed_nowhere(exchange)

    def rule(request: Request) -> Any:
        if hit:
            # The dead ask for nothing: what was on its way is lost with them.
            return passed_nowhere if request.change else None
        return fault if request.change == at else None

    proxy.reset(rule)
    running.append(ground.start(*words, host=proxy.address))
    began.set()
    running[0].communicate()
    proxy.reset()
    ground.look()
    return "".join(hit[:1])


def passed_nowhere(exchange: Exchange) -> None:
    """Answer nothing to one that is dead."""
    exchange.handler.connection.close()


def changes(ground: Ground, proxy: Proxy, *words: str) -> int:
    """Run a command; return how many changes it asks for."""
    proxy.reset(lambda request: passed_on)
    ground.run(*words, host=proxy.address)
    return len(proxy.changes)
