"""Tars of others are unpacked below a folder, and nowhere else."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from pycompose.errors import UsageError
from pycompose.files.pack import packed
from pycompose.files.unpack import Unsafe, unpack


def tar(*members: tarfile.TarInfo | tuple[str, bytes]) -> io.BytesIO:
    """A tar of members as they are, and of files by name and content."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as made:
        for member in members:
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size, info.mode, info.mtime = len(member[1]), 0o640, 1_000_000
                made.addfile(info, io.BytesIO(member[1]))
            else:
                made.addfile(member)
    held.seek(0)
    return held


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o755
    return info


def take(folder: Path, stream: io.BytesIO) -> None:
    unpack(stream, str(folder), rename=lambda name: name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("kept")
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


HOSTILE = {
    "climbs": tar(("../outside/new", b"x")),
    "climbs in the middle": tar(("a/../../outside/new", b"x")),
    "absolute": tar(("/tmp/pycompose-hostile", b"x")),
    "through a link": tar(special("a", tarfile.SYMTYPE, "../outside"), ("a/new", b"x")),
    "through a link to a link": tar(
        special("a", tarfile.SYMTYPE, "b"),
        special("b", tarfile.SYMTYPE, "../outside"),
        ("a/new", b"x"),
    ),
    "folder through a link": tar(
        special("a", tarfile.SYMTYPE, "../outside"), special("a/new", tarfile.DIRTYPE)
    ),
    "hard link out": tar(special("a", tarfile.LNKTYPE, "../outside/kept"), ("a", b"x")),
    "hard link through a link": tar(
        special("a", tarfile.SYMTYPE, "../outside"), special("b", tarfile.LNKTYPE, "a/kept")
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_leads_out(folder: Path, name: str) -> None:
    with pytest.raises(Unsafe):
        take(folder, io.BytesIO(HOSTILE[name].getvalue()))
    outside = folder.parent / "outside"
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert (outside / "kept").read_text() == "kept"
    assert os.stat(outside / "kept").st_nlink == 1
    assert not Path("/tmp/pycompose-hostile").exists()


def test_a_link_is_replaced_and_not_followed(folder: Path) -> None:
    (folder / "a").symlink_to(folder.parent / "outside" / "kept")
    take(folder, tar(special("b", tarfile.SYMTYPE, "../outside/kept"), ("a", b"x"), ("b", b"y")))
    assert (folder.parent / "outside" / "kept").read_text() == "kept"
    assert ((folder / "a").read_bytes(), (folder / "b").read_bytes()) == (b"x", b"y")


def test_devices_are_passed_over_and_rights_to_become_others_dropped(folder: Path) -> None:
    info = tarfile.TarInfo("s")
    info.mode = 0o6755
    take(
        folder,
        tar(special("fifo", tarfile.FIFOTYPE), special("dev", tarfile.CHRTYPE), info),
    )
    assert [path.name for path in folder.iterdir()] == ["s"]
    assert (folder / "s").stat().st_mode & 0o7777 == 0o755


def test_what_was_packed_is_unpacked_as_it_was(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub" / "deeper").mkdir(parents=True)
    (source / "sub" / "file").write_bytes(bytes(range(256)) * 5000)
    (source / "sub" / "file").chmod(0o640)
    (source / "odd \n name").write_text("x")
    (source / "link").symlink_to("/nowhere")
    os.link(source / "sub" / "file", source / "sub" / "same")
    os.utime(source / "sub", (1_000_000, 1_000_000))
    pieces = packed(str(source), "top")
    unpack(io.BytesIO(b"".join(pieces)), str(folder), rename=lambda name: name)
    copy = folder / "top"
    assert sorted(p.relative_to(copy) for p in copy.rglob("*")) == sorted(
        p.relative_to(source) for p in source.rglob("*")
    )
    assert (copy / "sub" / "file").read_bytes() == (source / "sub" / "file").read_bytes()
    assert (copy / "sub" / "file").stat().st_mode & 0o777 == 0o640
    assert os.readlink(copy / "link") == "/nowhere"
    assert (copy / "sub" / "same").samefile(copy / "sub" / "file")
    assert (copy / "sub").stat().st_mtime == 1_000_000


def test_what_is_no_tar_is_told(folder: Path) -> None:
    with pytest.raises(UsageError, match="no tar that can be read"):
        take(folder, io.BytesIO(b"x" * 2000))


def test_what_cannot_be_read_is_told_by_who_reads(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(packed(str(tmp_path / "nothing"), "x"))
    pieces = packed("/usr/lib", "x")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # nobody is left packing
