"""A tar that is read once, from its beginning to its end, and judged while it is read.

Bytes go in, and come out unchanged, each member's headers told apart from what is in it. Nothing of
a file is held but the piece at hand. Only what a backup of a volume consists of is taken: POSIX
headers with the records that GNU tar writes; names stay where they belong. All else is an error,
as a backup is a file from anywhere.

Source: POSIX pax interchange format; GNU tar manual, "Sparse Formats"
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from pycompose.errors import UsageError

BLOCK: Final = 512
END: Final = bytes(2 * BLOCK)  # what ends every tar
_PIECE: Final = 1 << 18
_MOST_RECORDS: Final = 4 << 20  # bytes of the records of one member: names and attributes
_ZERO: Final = bytes(BLOCK)
_MAGIC: Final = b"ustar\0"
FILE, LINK, SYMLINK, FOLDER = b"0", b"1", b"2", b"5"
_KINDS: Final = (FILE, LINK, SYMLINK, b"3", b"4", FOLDER, b"6")
_KNOWN: Final = {
    *(b"path", b"linkpath", b"size", b"uid", b"gid", b"uname", b"gname"),
    *(b"mtime", b"atime", b"ctime"),
    *(b"GNU.sparse.major", b"GNU.sparse.minor", b"GNU.sparse.name", b"GNU.sparse.realsize"),
}
_ATTRIBUTES: Final = (b"SCHILY.xattr.", b"SCHILY.acl.")


class Damaged(UsageError):
    """What was read is no tar, ends too early, or holds what no backup does."""


class Source(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""
        ...


class Entry(NamedTuple):
    """A member: its name, what it links to, its kind (a digit) and how many bytes are stored.

    Of a `sparse` file those are not its contents, but a map and what is between the holes.
    """

    name: bytes
    link: bytes
    kind: bytes
    size: int
    sparse: bool


class Part(NamedTuple):
    """Bytes of a tar as they stand in it: the headers of an `entry`, or a piece of the last one.

    `payload` is how many of them, from the first on, are contents.
    """

    raw: bytes
    entry: Entry | None = None
    payload: int = 0


class Pieces(io.RawIOBase):
    """Pieces of bytes as a file that can be read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.left = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with what comes next."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # Buffer has a name since 3.12
        while not self.left:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.left = memoryview(piece)
        size = min(len(view), len(self.left))
        view[:size] = self.left[:size]
        self.left = self.left[size:]
        return size


def parts(source: Source) -> Iterator[Part]:
    """Yield the parts of a tar, in order, up to the blocks that end it, which are not yielded.

    Raises:
        Damaged: it ends before that, or something in it is not as it has to be.
    """
    while True:
        raw, records = b"", {}
        header = _exactly(source, BLOCK)
        if header == _ZERO:
            if _exactly(source, BLOCK) != _ZERO:
                raise Damaged("there is a hole in it")
            return
        if header[156:157] == b"x":
            size = _checked(header)
            if size > _MOST_RECORDS:
                raise Damaged("a member's attributes are larger than any file system has them")
            extended = _exactly(source, _padded(size))
            records = _records(extended[:size])
            raw = header + extended
            header = _exactly(source, BLOCK)
        entry = _entry(header, records)
        yield Part(raw + header, entry)
        left = entry.size
        while left > 0:
            data = _exactly(source, min(_PIECE, _padded(left)))
            payload = min(left, len(data))
            left -= payload
            yield Part(data, None, payload)


def member(name: str, data: bytes, time: int) -> bytes:
    """Return a tar's member: a file of the owner's alone, without what ends a tar."""
    text = (
        name.encode().ljust(100, b"\0")
        + b"0000600\0"
        + b"0000000\0" * 2
        + b"%011o\0" % len(data)
        + b"%011o\0" % time
        + b" " * 8
        + FILE
        + bytes(100)
        + b"ustar\00000"
    ).ljust(BLOCK, b"\0")
    head = text[:148] + b"%06o\0 " % sum(text) + text[156:]
    return head + data + bytes(_padded(len(data)) - len(data))


def _padded(size: int) -> int:
    return (size + BLOCK - 1) // BLOCK * BLOCK


def _exactly(source: Source, size: int) -> bytes:
    data = source.read(size)
    while len(data) < size:
        more = source.read(size - len(data))
        if not more:
            raise Damaged("it is no backup, or ends too early")
        data += more
    return data


def _checked(header: bytes) -> int:
    """Return the size in a header whose sum is right."""
    total = sum(header) - sum(header[148:156]) + 8 * 32
    if header[257:263] != _MAGIC or _number(header[148:156]) != total:
        raise Damaged("it is not what a backup of a volume consists of, or was changed")
    return _number(header[124:136])


def _number(field: bytes) -> int:
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ~(0x80 << 8 * (len(field) - 1))
    text = field.rstrip(b" \0").lstrip(b" ")
    if text.strip(b"01234567"):
        raise Damaged("a number in it is none")
    return int(text or b"0", 8)


def _records(data: bytes) -> dict[bytes, bytes]:
    """Return the extended records before a header."""
    found: dict[bytes, bytes] = {}
    while data:
        length, space, _ = data[:20].partition(b" ")
        end = int(length) if space and length.isdigit() else 0
        record = data[len(length) + 1 : end]
        key, equals, value = record.partition(b"=")
        if not equals or value[-1:] != b"\n" or end > len(data):
            raise Damaged("an attribute in it cannot be read")
        if key in found or not (key in _KNOWN or key.startswith(_ATTRIBUTES)):
            raise Damaged(f"it has an attribute that no backup has: {shown(key)}")
        found[key] = value[:-1]
        data = data[end:]
    return found


def _entry(header: bytes, records: dict[bytes, bytes]) -> Entry:
    size = _checked(header)
    if b"size" in records:
        text = records[b"size"]
        size = int(text) if text.isdigit() and len(text) < 20 else -1
    kind = header[156:157]
    name = header[:100].partition(b"\0")[0]
    if prefix := header[345:500].partition(b"\0")[0]:
        name = prefix + b"/" + name
    sparse = b"GNU.sparse.name" in records
    version = (records.get(b"GNU.sparse.major"), records.get(b"GNU.sparse.minor"))
    if kind not in _KINDS or size < 0 or (version != (b"1", b"0") and any(version)):
        raise Damaged(f"{shown(name)} is of a kind that no backup has")
    if sparse and (kind != FILE or version != (b"1", b"0")):
        raise Damaged(f"{shown(name)} is of a kind that no backup has")
    _inside(name)
    for key in (b"path", b"GNU.sparse.name"):
        name = records.get(key, name)
        _inside(name)
    link = records.get(b"linkpath", header[157:257].partition(b"\0")[0])
    if kind == LINK:
        _inside(link)
    if kind in (SYMLINK, LINK) and not link:
        raise Damaged(f"{shown(name)} links to nothing")
    if kind != FILE and size:
        raise Damaged(f"{shown(name)} has contents, and is no file")
    return Entry(name.rstrip(b"/"), link, kind, size, sparse)


def _inside(name: bytes) -> None:
    """Check that a name leads nowhere but down."""
    if not name or name.startswith(b"/") or b".." in name.split(b"/") or b"\0" in name:
        raise Damaged(f"the name {shown(name)} leads out of the volume")


def shown(name: bytes) -> str:
    """Return a name as a message has it."""
    return repr(name.decode(errors="backslashreplace"))
