"""Files that take their name at the end, or never."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pycompose.files import whole
from pycompose.files.whole import new_file


@pytest.fixture(params=["unnamed", "named"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Path:
    if request.param == "named":
        monkeypatch.setattr(whole, "_unnamed", lambda _: None)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole_and_for_its_owner(folder: Path) -> None:
    path = folder / "x.tar"
    path.write_bytes(b"before")
    with new_file(str(path)) as file:
        file.write(b"after")
        file.flush()
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(folder) == ["x.tar"]


def test_a_file_that_fails_is_not_there(folder: Path) -> None:
    path = folder / "x.tar"
    path.write_bytes(b"before")
    with pytest.raises(TypeError), new_file(str(path)) as file:
        file.writelines([b"after" * 10_000, 1])  # type: ignore[list-item]
    assert (names(folder), path.read_bytes()) == (["x.tar"], b"before")


def test_a_file_may_be_in_the_folder_at_hand(folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    with new_file("x.tar") as file:
        file.write(b"x")
    assert names(folder) == ["x.tar"]


def test_who_is_killed_leaves_nothing(tmp_path: Path) -> None:
    if whole._unnamed(str(tmp_path)) is None:
        pytest.skip("this file system has no files without a name")
    script = """if True:
        import os, sys
        from pycompose.files.whole import new_file
        with new_file(sys.argv[1]) as file:
            file.write(b"x" * 100_000)
            file.flush()
            os.kill(os.getpid(), 9)
    """
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "x.tar")])
    assert done.returncode == -9
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["", "missing/x.tar"])
def test_what_is_no_place_for_a_file_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(OSError, match="directory"), new_file(str(folder / name)):
        pass
    assert names(folder) == []
