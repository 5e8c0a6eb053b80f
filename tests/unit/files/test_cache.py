"""Where fetched files are kept."""

from __future__ import annotations

import pytest

from pycompose.files.cache import cache_folder, kept


def test_the_cache_is_where_the_user_s_caches_are():
    assert cache_folder({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == "/c/pycompose"
    assert cache_folder({"XDG_CACHE_HOME": "relative", "HOME": "/h"}) == "/h/.cache/pycompose"
    with pytest.raises(FileNotFoundError):
        cache_folder({})


def test_a_folder_is_filled_once_and_private(tmp_path):
    filled = []

    def fill(folder):
        filled.append(folder)
        (tmp_path / folder / "x").write_text("x")

    cache = str(tmp_path / "c")
    folder = kept(cache, "git/1", fill)
    assert kept(cache, "git/1", fill) == folder == f"{cache}/git/1"
    assert len(filled) == 1
    assert (tmp_path / "c/git/1/x").read_text() == "x"
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "c", tmp_path / "c/git/1")}
    assert modes == {0o700}


def test_what_could_not_be_filled_is_not_there(tmp_path):
    def fill(folder):
        del folder
        raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        kept(str(tmp_path), "git/1", fill)
    assert list((tmp_path / "git").iterdir()) == []


def test_another_process_may_be_quicker(tmp_path):
    def fill(folder):
        del folder
        (tmp_path / "git/1").mkdir()
        (tmp_path / "git/1/x").touch()

    assert kept(str(tmp_path), "git/1", fill) == str(tmp_path / "git/1")


def test_a_folder_others_can_write_to_is_refused(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c").chmod(0o777)
    with pytest.raises(PermissionError, match="no folder that you alone can write to"):
        kept(str(tmp_path / "c"), "git/1", lambda folder: None)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        kept(str(tmp_path / "link"), "git/1", lambda folder: None)
