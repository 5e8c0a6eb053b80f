"""A backup of a volume: a tar with a manifest first, then what the volume holds, then digests.

`tar xf` unpacks it, and `sha256sum -c digests.txt` then checks it, sparse files aside: theirs are
digests of what is stored. It is written and read in pieces, whatever its size. Reading trusts
nothing: a name that leads out of the volume, a byte that differs or is missing is an error.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import lzma
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Final, NamedTuple, cast

from pycompose.files.tarstream import (
    END,
    FILE,
    FOLDER,
    LINK,
    SYMLINK,
    Damaged,
    Entry,
    Part,
    Pieces,
    Source,
    member,
    parts,
    shown,
)
from pycompose.model.values import Json

FORMAT: Final = "pycompose-volume"
VERSION: Final = 1
SUFFIXES: Final = {"": ".tar", "gzip": ".tar.gz", "xz": ".tar.xz"}
ROOT: Final = b"volume"
_MANIFEST, _DIGESTS = b"manifest.json", b"digests.txt"
_MOST_MANIFEST: Final = 1 << 20
_MOST_LINE: Final = 8 << 20  # twice what a name may have
_IN_MEMORY: Final = 8 << 20  # bytes of digests; more of them are in a file meanwhile
_PIECE: Final = 1 << 18


class Summary(NamedTuple):
    """How many members a backup has, the volume's root among them; files; bytes stored of those."""

    members: int
    files: int
    size: int


class Backup(NamedTuple):
    """What a backup says of its volume, and what is in it."""

    manifest: Json
    summary: Summary


def write(
    file: IO[bytes], manifest: Json, pieces: Iterator[bytes], *, compress: str, time: int
) -> Summary:
    """Write a backup; `pieces` are a tar of the volume, `time` is now, in seconds.

    Raises:
        Damaged: the tar is not whole.
        OSError: the file cannot be written.
    """
    out = _compressed(file, compress)
    said = json.dumps({"format": FORMAT, "version": VERSION, **manifest}, indent=2).encode()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept, contextlib.ExitStack() as closing:
        if out is not file:
            closing.callback(out.close)
        out.write(member(_MANIFEST.decode(), said + b"\n", time))
        tally = _Tally(kept, said + b"\n")
        source = Pieces(pieces)
        for part in parts(source):
            tally.take(part)
            out.write(part.raw)
        _drain(source)
        tally.end()
        _write_digests(out, kept, time)
        out.write(END)
    return tally.summary


def _write_digests(out: IO[bytes], kept: IO[bytes], time: int) -> None:
    size = kept.tell()
    kept.seek(0)
    # The header of so many bytes; they and what fills the last block follow.
    header = member(_DIGESTS.decode(), b"", time)
    length = b"%011o\0" % size
    blank = header[:124] + length + header[136:148] + b" " * 8 + header[156:]
    out.write(blank[:148] + b"%06o\0 " % sum(blank) + blank[156:])
    while piece := kept.read(_PIECE):
        out.write(piece)
    out.write(bytes(-size % 512))


def check(file: IO[bytes]) -> Backup:
    """Read a backup from its beginning to its end, and return what it is.

    Raises:
        Damaged: it is none, is not whole, or was changed.
        OSError: it cannot be read.
    """
    found = _Reading(file)
    for _ in found.volume():
        pass
    return Backup(found.manifest, found.summary)


def content(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the tar of what was in the volume, checked on the way.

    Raises:
        Damaged: it is not whole, or was changed; the end is not yielded then.
        OSError: it cannot be read.
    """
    for part in _Reading(file).volume():
        yield part.raw
    yield END


class _Tally:
    """Digests of what goes by, and whether it is what may be in a backup."""

    def __init__(self, kept: IO[bytes], manifest: bytes) -> None:
        self.kept = kept
        self.all = hashlib.sha256()
        self.one = hashlib.sha256()
        self.entry: Entry | None = None
        self.links: set[bytes] = set()
        self.members = self.files = self.size = 0
        kept.write(b"# manifest %s\n" % hashlib.sha256(manifest).hexdigest().encode())

    @property
    def summary(self) -> Summary:
        return Summary(self.members, self.files, self.size)

    def take(self, part: Part) -> None:
        """Take note of the next part.

        Raises:
            Damaged: it may not be in a backup, or not there.
        """
        self.all.update(part.raw)
        if part.entry is not None:
            self._finish()
            self._begin(part.entry)
        else:
            whole = part.payload == len(part.raw)
            self.one.update(part.raw if whole else memoryview(part.raw)[: part.payload])
            self.size += part.payload

    def end(self) -> None:
        """Write down what there is no more of."""
        self._finish()
        if not self.members:
            raise Damaged("there is no volume in it")
        self.kept.write(
            b"# content %s %d %d\n" % (self.all.hexdigest().encode(), self.members, self.size)
        )

    def _begin(self, entry: Entry) -> None:
        name = entry.name
        first = not self.members
        if first != (name == ROOT and entry.kind == FOLDER) or not (first or _below(name)):
            raise Damaged(f"{shown(name)} is not where what is in a volume has its place")
        if entry.kind == LINK and not _below(entry.link):
            raise Damaged(f"the link {shown(name)} leads out of the volume")
        for path in (name, entry.link) if entry.kind == LINK else (name,):
            if self.links and any(parent in self.links for parent in _parents(path)):
                raise Damaged(f"{shown(name)} goes through a link")
        if entry.kind == SYMLINK:
            self.links.add(name)
        self.members += 1
        self.entry = entry

    def _finish(self) -> None:
        entry = self.entry
        if entry is None or entry.kind != FILE:
            return
        self.files += 1
        name = entry.name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
        mark = b"# as stored " if entry.sparse else b"\\" if name != entry.name else b""
        self.kept.write(b"%s%s  %s\n" % (mark, self.one.hexdigest().encode(), name))
        self.one = hashlib.sha256()


def _below(name: bytes) -> bool:
    return name.startswith(ROOT + b"/") and name.rstrip(b"/") != ROOT


def _parents(path: bytes) -> Iterator[bytes]:
    at = path.find(b"/")
    while at >= 0:
        yield path[:at]
        at = path.find(b"/", at + 1)


class _Reading:
    """A backup that is read; `manifest` and `summary` are there once it is over."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.manifest: Json = None
        self.summary = Summary(0, 0, 0)

    def volume(self) -> Iterator[Part]:
        """Yield the parts of the volume's tar; raises at the end where it is not what it was."""
        self.file.seek(0)
        try:
            source = _decompressed(self.file)
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
                stream = parts(source)
                said = self._said(stream)
                tally = _Tally(kept, said)
                for part in stream:
                    if part.entry is not None and part.entry.name == _DIGESTS:
                        break
                    tally.take(part)
                    yield part
                else:
                    raise Damaged("it ends too early")
                tally.end()
                self.summary = tally.summary
                kept.seek(0)
                _compare(kept, stream)
                _drain(source)  # checks a compressed file, too
        except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as error:
            raise Damaged(f"it ends too early, or was changed: {error}") from error

    def _said(self, stream: Iterator[Part]) -> bytes:
        first = next(stream, Part(b"")).entry
        if first is None or first.name != _MANIFEST or not 0 < first.size <= _MOST_MANIFEST:
            raise Damaged("it does not begin with a manifest")
        said = b""
        while len(said) < first.size:
            part = next(stream)
            said += part.raw[: part.payload]
        try:
            self.manifest = json.loads(said)
        except ValueError:
            raise Damaged("its manifest cannot be read") from None
        known = self.manifest if isinstance(self.manifest, dict) else {}
        if known.get("format") != FORMAT:
            raise Damaged("its manifest is not that of a backup")
        if known.get("version") != VERSION:
            raise Damaged(f"a newer pycompose has written it (version {known.get('version')})")
        return said


def _compare(kept: IO[bytes], stream: Iterable[Part]) -> None:
    """Compare the digests in a backup with those of what was read."""
    rest = b""
    for part in stream:
        if part.entry is not None:
            raise Damaged("there is more in it than a backup has")
        *lines, rest = (rest + part.raw[: part.payload]).split(b"\n")
        for line in lines:
            if line + b"\n" != kept.readline():
                what = (
                    "what is in it" if line.startswith(b"# ") else shown(line.rpartition(b"  ")[2])
                )
                raise Damaged(f"{what} was changed: its digest is another one")
        if len(rest) > _MOST_LINE:
            raise Damaged("a digest in it has no end")
    if rest or kept.readline():
        raise Damaged("digests are missing in it")


def _drain(source: Source) -> None:
    """Read what is behind the end of a tar, and leave it."""
    while source.read(_PIECE):
        pass


def _compressed(file: IO[bytes], compress: str) -> IO[bytes]:
    if compress == "gzip":
        # No name and no time: the same bytes go in, the same come out.
        packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0)
        return cast("IO[bytes]", packed)  # it is one in all but its declaration
    return lzma.LZMAFile(file, "wb") if compress == "xz" else file


def _decompressed(file: IO[bytes]) -> Source:
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file, mode="rb")
    if magic == b"\xfd7zXZ\0":
        return lzma.LZMAFile(file, "rb")
    return file
