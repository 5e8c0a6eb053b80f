"""Tars that are read once, and refused where they hold what no backup does."""

from __future__ import annotations

import io
import tarfile

import pytest

from pycompose.files.tarstream import Damaged, Pieces, member, parts


def tar(*members: tarfile.TarInfo, data: bytes = b"") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.PAX_FORMAT) as made:
        for each in members:
            made.addfile(each, io.BytesIO(data))
    return held.getvalue()


def info(name: str, **fields: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(made, key, value)
    return made


def read(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return names and contents."""
    found: list[tuple[bytes, bytes]] = []
    for part in parts(io.BytesIO(data)):
        if part.entry is not None:
            found.append((part.entry.name, b""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + part.raw[: part.payload])
    return found


def test_bytes_come_out_as_they_went_in() -> None:
    long = "volume/" + "x" * 150 + "/" + "y" * 200
    data = tar(info("volume/a", size=3), info(long, size=3), data=b"abc")
    raw = b"".join(part.raw for part in parts(io.BytesIO(data)))
    assert data.startswith(raw + bytes(1024))
    assert read(data) == [(b"volume/a", b"abc"), (long.encode(), b"abc")]


def test_names_that_are_no_text_are_kept() -> None:
    header = info("volume/\udcff\n").tobuf(tarfile.USTAR_FORMAT, "utf-8", "surrogateescape")
    assert read(header + bytes(1024)) == [(b"volume/\xff\n", b"")]


def test_a_member_of_ours_is_read_by_others() -> None:
    data = member("manifest.json", b"x" * 700, 1_700_000_000) + bytes(1024)
    with tarfile.open(fileobj=io.BytesIO(data)) as made:
        (found,) = made.getmembers()
        assert (found.name, found.mode, found.mtime) == ("manifest.json", 0o600, 1_700_000_000)
        assert made.extractfile(found).read() == b"x" * 700
    assert read(data) == [(b"manifest.json", b"x" * 700)]


def test_pieces_are_read_however_they_come() -> None:
    data = tar(info("volume/a", size=3), data=b"abc")
    source = Pieces(data[at : at + 7] for at in range(0, len(data), 7))
    assert next(part.entry for part in parts(source) if part.entry).name == b"volume/a"


@pytest.mark.parametrize("size", [0, 100, 512, 700, 1024, 1600])
def test_a_tar_that_ends_early_is_damaged(size: int) -> None:
    data = tar(info("volume/a", size=600), data=b"a" * 600)
    with pytest.raises(Damaged, match="ends too early"):
        read(data[:size])


HOSTILE = {
    "a name that climbs": tar(info("volume/../../etc/passwd")),
    "an absolute name": tar(info("/etc/passwd")),
    "an absolute name in a record": tar(info("volume/a", pax_headers={"path": "/etc/passwd"})),
    "a hard link that climbs": tar(info("volume/a", type=tarfile.LNKTYPE, linkname="../x")),
    "an absolute hard link": tar(info("volume/a", type=tarfile.LNKTYPE, linkname="/etc/passwd")),
    "a link to nothing": tar(info("volume/a", type=tarfile.SYMTYPE)),
    "a sparse name that climbs": tar(
        info(
            "volume/a",
            pax_headers={
                "GNU.sparse.major": "1",
                "GNU.sparse.minor": "0",
                "GNU.sparse.name": "volume/../../x",
            },
        )
    ),
    "a record of another kind": tar(info("volume/a", pax_headers={"GNU.volume.label": "x"})),
    "an old sparse map": tar(info("volume/a", pax_headers={"GNU.sparse.map": "0,1"})),
    "a folder with contents": tar(info("volume/a", type=tarfile.DIRTYPE, size=3), data=b"abc"),
    "a kind that nobody knows": tar(info("volume/a", type=b"V")),
    "a global header": tar(info("volume/a", type=b"g")),
    "records without end": tar(info("volume/a", pax_headers={"path": "volume/" + "x" * (5 << 20)})),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_no_backup_has_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        read(data)


def test_a_header_that_was_changed_is_refused() -> None:
    data = bytearray(tar(info("volume/a")))
    data[0:1] = b"V"
    with pytest.raises(Damaged, match="was changed"):
        read(bytes(data))
