"""Backups: what is written is read again, and what was changed since is not."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from pycompose.files.backup import check, content, write
from pycompose.files.tarstream import Damaged

MANIFEST = {"project": "shop", "volume": "data"}


def info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0):
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made


def tar(*members: tarfile.TarInfo, root: bool = True) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.PAX_FORMAT) as made:
        for each in ([info("volume", tarfile.DIRTYPE)] if root else []) + list(members):
            made.addfile(each, io.BytesIO(b"x" * each.size))
    return held.getvalue()


def backup(data: bytes, compress: str = "") -> io.BytesIO:
    file = io.BytesIO()
    write(file, MANIFEST, iter([data]), compress=compress, time=1)
    return file


TREE = tar(
    info("volume/d", tarfile.DIRTYPE),
    info("volume/d/a", size=1000),
    info("volume/d/b", tarfile.LNKTYPE, "volume/d/a"),
    info("volume/odd\n\\", size=3),
    info("volume/out", tarfile.SYMTYPE, "../../etc/passwd"),
)


@pytest.mark.parametrize("compress", ["", "gzip", "xz"])
def test_what_is_written_is_read_again(compress: str) -> None:
    file = backup(TREE, compress)
    found = check(file)
    assert found.manifest == {"format": "pycompose-volume", "version": 1, **MANIFEST}
    assert found.summary == (6, 2, 1003)
    assert TREE.startswith(b"".join(content(file)))
    assert backup(TREE, compress).getvalue() == file.getvalue()


@pytest.mark.parametrize("compress", ["", "gzip", "xz"])
def test_any_tar_and_sha256sum_can_make_use_of_it(tmp_path: Path, compress: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(backup(TREE, compress).getvalue())) as made:
        made.extractall(tmp_path, filter="fully_trusted")
    assert (tmp_path / "volume/d/a").read_bytes() == b"x" * 1000
    done = subprocess.run(["sha256sum", "-c", "digests.txt"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr
    digest = hashlib.sha256(b"x" * 1000).hexdigest()
    assert f"{digest}  volume/d/a\n" in (tmp_path / "digests.txt").read_text()


@pytest.mark.parametrize("compress", ["", "gzip", "xz"])
def test_a_backup_that_ends_anywhere_is_refused(compress: str) -> None:
    whole = backup(TREE, compress).getvalue()
    ends = range(0, len(whole) - 1024, max(1, len(whole) // 40))
    for end in ends:
        with pytest.raises(Damaged):
            check(io.BytesIO(whole[:end]))


def test_a_backup_that_was_changed_anywhere_is_refused() -> None:
    whole = backup(TREE).getvalue()
    for at in range(0, len(whole) - 1024, 97):
        changed = bytearray(whole)
        changed[at] ^= 1
        if changed[at : at + 1] != whole[at : at + 1]:
            try:
                check(io.BytesIO(bytes(changed)))
            except Damaged:
                continue
            # Nothing but what fills up the last block of a file may differ unnoticed.
            assert whole[at] == 0, f"a change at {at} went unnoticed"


def test_the_file_that_was_changed_is_named() -> None:
    whole = bytearray(backup(TREE).getvalue())
    at = whole.index(b"x" * 1000)
    whole[at + 5] = ord("y")
    with pytest.raises(Damaged, match=r"'volume/d/a' was changed"):
        check(io.BytesIO(bytes(whole)))
    read = content(io.BytesIO(bytes(whole)))
    with pytest.raises(Damaged):
        assert b"".join(read) is None  # the end of the tar never comes


HOSTILE = {
    "no root": tar(info("volume/a"), root=False),
    "another root": tar(info("elsewhere", tarfile.DIRTYPE), root=False),
    "a root that is a link": tar(info("volume", tarfile.SYMTYPE, "/etc"), root=False),
    "beside the volume": tar(info("manifest.json")),
    "a second root": tar(info("volume", tarfile.DIRTYPE)),
    "a second root that is a link": tar(info("volume", tarfile.SYMTYPE, "/etc")),
    "through a link": tar(info("volume/l", tarfile.SYMTYPE, "/etc"), info("volume/l/passwd")),
    "through a link further up": tar(
        info("volume/l", tarfile.SYMTYPE, "/etc"), info("volume/l/a/b", tarfile.DIRTYPE)
    ),
    "a hard link to what a link leads to": tar(
        info("volume/l", tarfile.SYMTYPE, "/etc"),
        info("volume/h", tarfile.LNKTYPE, "volume/l/shadow"),
    ),
    "a hard link beside the volume": tar(info("volume/h", tarfile.LNKTYPE, "manifest.json")),
    "nothing": bytes(10240),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_leads_out_of_the_volume_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        backup(data)


FOREIGN = {
    "a tar of anything": tar(info("x"), root=False),
    "a text": b"services: {}\n" * 200,
    "nothing": b"",
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_what_is_no_backup_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        check(io.BytesIO(data))


def test_a_newer_backup_is_refused() -> None:
    whole = backup(TREE).getvalue().replace(b'"version": 1', b'"version": 2')
    with pytest.raises(Damaged, match="newer"):
        check(io.BytesIO(whole))


def test_memory_does_not_grow_with_what_is_in_a_file() -> None:
    size, piece = 64 << 20, bytes(1 << 20)
    large = info("volume/large")
    large.size = size

    def pieces() -> Iterator[bytes]:
        yield tar()[:512]
        yield large.tobuf(tarfile.USTAR_FORMAT)
        for _ in range(size >> 20):
            yield piece
        yield bytes(1024)

    with open(os.devnull, "wb") as file:
        tracemalloc.start()
        try:
            summary = write(file, MANIFEST, pieces(), compress="", time=1)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert summary.size == size
    assert peak < 8 << 20
