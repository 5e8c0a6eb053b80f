"""A Docker Engine of its own beside the one of the tests: it may be killed in the middle of things.

It has folders, a socket, a containerd and a network namespace of its own, in which its bridges and
its rules of the firewall stay. Only this process starts and ends it. Needs root, and dockerd and
unshare on this machine.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

STARTED_WITHIN = 60.0  # seconds
ENDED_WITHIN = 60.0  # dockerd gives containers 15 seconds
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


def dockerd() -> str:
    """Return the path of dockerd, "" where none can be run here."""
    path = f"{os.environ.get('PATH', '')}:{SBIN}"
    if os.geteuid() != 0 or not shutil.which("unshare", path=path):
        return ""
    return shutil.which("dockerd", path=path) or ""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class SecondEngine:
    """The engine; `address` is what DOCKER_HOST is to be."""

    def __init__(self) -> None:
        # A short path: that of a unix socket may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="pct-engine-", dir="/tmp"))
        self.socket = str(self.folder / "s")
        self.address = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SecondEngine:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start dockerd; returns once it answers."""
        command = [
            # Not `--bridge none`: that would remove the bridge of the other engine.
            *["unshare", "--net", dockerd(), "-H", self.address],
            *["--data-root", str(self.folder / "root"), "--exec-root", str(self.folder / "exec")],
            *["--pidfile", str(self.folder / "pid"), "--cgroup-parent", f"/{self.folder.name}"],
        ]
        self._clean()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{SBIN}"},
            )
        deadline = time.monotonic() + STARTED_WITHIN
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"dockerd did not start:\n{self.log()}")
            time.sleep(0.05)

    def _clean(self) -> None:
        """Remove what dockerd leaves behind when it is killed; its containerd dies with it."""
        deadline = time.monotonic() + ENDED_WITHIN
        while self._left(b"containerd") and time.monotonic() < deadline:
            time.sleep(0.02)
        names = ("containerd.pid", "containerd.sock", "containerd.sock.ttrpc")
        debug = "containerd-debug.sock"
        leftovers = [self.folder / "exec" / "containerd" / name for name in (*names, debug)]
        for leftover in (*leftovers, self.folder / "pid", self.folder / "s"):
            leftover.unlink(missing_ok=True)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send dockerd a signal and wait for its end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(ENDED_WITHIN)

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.call("GET", "/_ping") == b"OK"
        return False

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        """Make a request; return the body of its answer."""
        connection = _Connection(self.socket)
        try:
            fields = {"Content-Type": kind} if kind else {}
            connection.request(method, path, body=body or None, headers=fields)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {data.decode(errors='replace')}")
        return data

    def load(self, image: str, source: str = "/var/run/docker.sock") -> None:
        """Copy an image from another engine."""
        other = _Connection(source)
        try:
            other.request("GET", f"/images/{image}/get")
            data = other.getresponse().read()
        finally:
            other.close()
        self.call("POST", "/images/load", data, "application/x-tar")

    def log(self) -> str:
        """Return the end of what dockerd wrote."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def close(self) -> None:
        """End everything that was started, and remove its folder and its networks."""
        with contextlib.suppress(RuntimeError, OSError):
            if not self.answers():
                self.start()
            self._empty()
        self.end()
        deadline = time.monotonic() + ENDED_WITHIN
        while (left := [*self._left(), *self._contained()]) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        for line in reversed(Path("/proc/mounts").read_text().splitlines()):
            target = line.split()[1]
            if target.startswith(f"{self.folder}/"):
                subprocess.run(["umount", "-l", target], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        groups = Path("/sys/fs/cgroup")
        for group in (*groups.glob(self.folder.name), *groups.glob(f"*/{self.folder.name}")):
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)

    def _empty(self) -> None:
        for row in json.loads(self.call("GET", "/containers/json?all=1")):
            self.call("DELETE", f"/containers/{row['Id']}?force=1&v=1")
        for row in json.loads(self.call("GET", "/networks")):
            if row["Name"] not in ("bridge", "host", "none"):
                self.call("DELETE", f"/networks/{row['Id']}")

    def _contained(self) -> list[int]:
        """Return the processes of containers, by the name of their control groups."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if (
                    entry.name.isdigit()
                    and f"/{self.folder.name}/" in (entry / "cgroup").read_text()
                ):
                    found.append(int(entry.name))
        return found

    def _left(self, program: bytes = b"") -> list[int]:
        """Return the processes that have this engine's folder in their command line."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    name = os.path.basename(words[0])
                    ours = any(word.startswith(os.fsencode(self.folder)) for word in words[1:])
                    known = name.startswith((b"containerd", b"dockerd", b"runc"))
                    if ours and (name == program if program else known):
                        found.append(int(entry.name))
        return found
