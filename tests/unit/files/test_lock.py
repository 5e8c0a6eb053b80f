from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pycompose.errors import ProjectInUse
from pycompose.files.lock import ProjectLock, lock_folder

HOLDER = """
import sys
from pycompose.files.lock import ProjectLock
lock = ProjectLock(sys.argv[1], "unix:///e", "demo", "pycompose up")
lock.acquire(timeout=None, waiting=print)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of `demo`."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def lock(folder, project="demo", engine="unix:///e") -> ProjectLock:
    return ProjectLock(str(folder), engine, project, "pycompose down")


def silent(text: str) -> None:
    pytest.fail(text)


def test_a_lock_is_held_once_and_can_be_had_again(tmp_path) -> None:
    one, other = lock(tmp_path), lock(tmp_path)
    one.acquire(timeout=None, waiting=silent)
    with pytest.raises(ProjectInUse):
        other.acquire(timeout=0, waiting=silent)
    one.release()
    one.release()
    other.acquire(timeout=0, waiting=silent)


def test_other_projects_and_engines_have_locks_of_their_own(tmp_path) -> None:
    lock(tmp_path).acquire(timeout=None, waiting=silent)
    lock(tmp_path, project="other").acquire(timeout=0, waiting=silent)
    lock(tmp_path, engine="tcp://e").acquire(timeout=0, waiting=silent)


def test_who_waits_is_told_for_whom(tmp_path, holder) -> None:
    with pytest.raises(ProjectInUse, match=rf"'pycompose up' \(process {holder.pid}\)"):
        lock(tmp_path).acquire(timeout=0, waiting=silent)
    told: list[str] = []

    def waiting(text: str) -> None:
        told.append(text)
        holder.kill()

    lock(tmp_path).acquire(timeout=60, waiting=waiting)  # the dead hold nothing
    assert told == [f"waiting for 'pycompose up' (process {holder.pid}) to finish with 'demo'"]


def test_without_a_place_for_a_lock_the_command_goes_on(tmp_path) -> None:
    lock(tmp_path / "missing").acquire(timeout=0, waiting=silent)


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path) -> None:
    mine = lock(tmp_path)
    target = tmp_path / "target"
    target.write_text("precious")
    os.symlink(target, mine._path)
    mine.acquire(timeout=0, waiting=silent)
    assert target.read_text() == "precious"


def test_the_folder_is_private(tmp_path) -> None:
    folder = lock_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert os.stat(folder).st_mode & 0o777 == 0o700
    assert lock_folder({"TMPDIR": str(tmp_path)}) == folder
    os.chmod(folder, 0o777)
    with pytest.raises(PermissionError, match="is not private to user"):
        lock_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
