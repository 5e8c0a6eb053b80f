"""One command at a time changes a project: a lock file for each engine and project.

The kernel lets go of the lock when its holder ends, however it ends, so none is ever stale. It
keeps the commands of one user on one machine apart; nothing else on the engine knows of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from pycompose.errors import ProjectInUse

_LOOK_SECONDS: Final = 0.05  # between two tries
_LONGEST_NOTE: Final = 4096  # bytes that are read of what a holder says of itself


class ProjectLock:
    """The lock of one project on one engine.

    `folder` is private to the user (`lock_folder`); `engine` is the engine's address; `command` is
    how others are told who holds it.
    """

    def __init__(self, folder: str, engine: str, project: str, command: str) -> None:
        digest = sha256(f"{engine}\n{project}".encode()).hexdigest()[:16]
        self._path = os.path.join(folder, f"{digest}.lock")
        self._project = project
        self._command = command
        self._file: int | None = None

    def acquire(self, *, timeout: float | None, waiting: Callable[[str], None]) -> None:
        """Take the lock; wait for as long as another command has it, `timeout` seconds at most.

        `waiting` is told once who holds it. Where no lock file can be made (a read-only disk),
        the command goes on without.

        Raises:
            ProjectInUse: the time is over.
        """
        try:
            self._file = _opened(self._path)
        except OSError:
            return
        deadline = None if timeout is None else time.monotonic() + timeout
        told = False
        while not _locked(self._file):
            if deadline is not None and time.monotonic() >= deadline:
                holder = _holder(self._file)
                self.release()
                raise ProjectInUse(
                    f"project {self._project!r} is in use by {holder}; try again when it has ended"
                )
            if not told:
                waiting(f"waiting for {_holder(self._file)} to finish with {self._project!r}")
                told = True
            time.sleep(_LOOK_SECONDS)
        note = json.dumps({"pid": os.getpid(), "command": self._command}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, note[:_LONGEST_NOTE], 0)

    def release(self) -> None:
        """Let go of the lock; of one that is not held, too."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_folder(environ: Mapping[str, str]) -> str:
    """Return a folder that only this user can write to, made if it is missing.

    Raises:
        OSError: there is none, or it belongs to somebody else.
    """
    base = environ.get("XDG_RUNTIME_DIR") or environ.get("TMPDIR") or "/tmp"
    user = os.getuid()
    folder = os.path.join(base, f"pycompose-{user}")
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o022:
            raise PermissionError(f"{folder} is not private to user {user}") from None
    return folder


def _opened(path: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(path, flags, 0o600)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: int) -> str:
    try:
        note = json.loads(os.pread(file, _LONGEST_NOTE, 0))
        return f"'{note['command']}' (process {int(note['pid'])})"
    except (ValueError, KeyError, TypeError):
        return "another command"  # it has only just begun
