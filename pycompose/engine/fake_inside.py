"""What goes on inside the containers of the engine in memory: processes, samples, files."""

from __future__ import annotations

import io
import posixpath
import tarfile
from typing import Final

from pycompose.engine.fake_objects import Container, command, stamp
from pycompose.engine.fake_store import refuse
from pycompose.model.values import Json

_TITLES: Final = ("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD")
_DIRECTORY: Final = 1 << 31  # of a mode as Go has it
_MIB: Final = 1 << 20


def processes(container: Container) -> Json:
    """Return the one process of a container, as `ps -ef` tells of it."""
    if not container.running:
        refuse(409, f"Container {container.id} is not running")
    pid = str(int(container.id[:4], 16) + 1)
    row = ["root", pid, "1", "0", "00:00", "?", "00:00:00", " ".join(command(container.config))]
    return {"Titles": list(_TITLES), "Processes": [row]}


def sample(container: Container, now: float) -> Json:
    """Return the statistics of a container: half a processor, 32 of 64 MiB; none if it is off."""
    head = {"read": stamp(now), "name": f"/{container.name}", "id": container.id}
    if not container.running:
        return {**head, "pids_stats": {}, "cpu_stats": {}, "precpu_stats": {}, "memory_stats": {}}
    second = 10**9
    return {
        **head,
        "pids_stats": {"current": 1},
        "cpu_stats": {
            "cpu_usage": {"total_usage": 2 * second},
            "system_cpu_usage": 10 * second,
            "online_cpus": 2,
        },
        "precpu_stats": {
            "cpu_usage": {"total_usage": 1 * second},
            "system_cpu_usage": 6 * second,
            "online_cpus": 2,
        },
        "memory_stats": {
            "usage": 40 * _MIB,
            "limit": 64 * _MIB,
            "stats": {"inactive_file": 8 * _MIB},
        },
        "networks": {"eth0": {"rx_bytes": 1000, "tx_bytes": 2000}},
        "blkio_stats": {
            "io_service_bytes_recursive": [
                {"op": "Read", "value": 3000},
                {"op": "Write", "value": 4000},
            ]
        },
    }


def stat(container: Container, path: str) -> Json:
    """Return what a path is: a file that was put there, a folder of some, or a mount."""
    path = _path(path)
    if path in container.files:
        return _stat(path, len(container.files[path]), 0o644)
    mounted = path in (mount.target for mount in container.mounts)
    if path == "/" or mounted or any(name.startswith(f"{path}/") for name in container.files):
        return _stat(path, 0, 0o755 | _DIRECTORY)
    refuse(404, f"Could not find the file {path} in container {container.id}")


def packed(container: Container, path: str) -> bytes:
    """Return a tar of a path, by the name of its last part."""
    path = _path(path)
    stat(container, path)
    top = posixpath.basename(path)
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        if path not in container.files:
            folder = tarfile.TarInfo(f"{top or '.'}/")
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
        for name, content in sorted(container.files.items()):
            if name == path or name.startswith(f"{path.rstrip('/')}/"):
                below = name[len(path.rstrip("/")) :]
                file = tarfile.TarInfo(f"{top}{below}".lstrip("/"))
                file.size, file.mode = len(content), 0o644
                tar.addfile(file, io.BytesIO(content))
    return held.getvalue()


def _path(path: str) -> str:
    return posixpath.normpath(f"/{path.lstrip('/')}")


def _stat(path: str, size: int, mode: int) -> Json:
    name = posixpath.basename(path) or "/"
    return {"name": name, "size": size, "mode": mode, "mtime": stamp(0), "linkTarget": ""}
