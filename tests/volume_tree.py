"""A tree of files that is hard to copy, and a digest over all that a file system knows of it.

Runs by itself in a container with Python: `make FOLDER FILES SPARSE_BYTES` and `tell FOLDER`, which
prints a digest, how many entries there are and how many bytes the sparse files take on the disk.
"""

from __future__ import annotations

import hashlib
import os
import random
import stat
import sys

MODES = (0o644, 0o600, 0o4755, 0o2711, 0o000, 0o1777)


def make(root: bytes, files: int, sparse: int) -> None:
    chance = random.Random(files)
    folders = [root]
    last = root
    for number in range(max(4, files // 50)):
        folders.append(
            os.path.join(chance.choice(folders[-40:]), b"d%d \xc3\xa9 \xff\n'\"\\" % number)
        )
        os.mkdir(folders[-1])
    for number in range(files):
        folder = chance.choice(folders)
        path = os.path.join(
            folder, b"%d " % number + bytes(chance.choices(range(1, 256), k=9)).replace(b"/", b"")
        )
        kind = number % 20
        if kind == 0:
            os.symlink(chance.choice([b"../../../../etc/passwd", b"/abs", b"\xfe", b"x"]), path)
        elif kind == 1:
            os.mkfifo(path)
        elif kind == 2 and number > 20:
            os.link(last, path)
            continue
        else:
            with open(path, "wb") as file:
                file.write(chance.randbytes(chance.choice([0, 1, 511, 513, 9000])))
            last = path
            if kind < 9:
                os.setxattr(path, b"user.odd =name", chance.randbytes(40))
        os.chown(path, chance.choice([0, 999, 70000, 3000000000]), 50, follow_symlinks=False)
        if not os.path.islink(path):
            os.chmod(path, chance.choice(MODES))
        when = chance.randrange(10**18, 2 * 10**18)
        os.utime(path, ns=(when, when), follow_symlinks=False)
    for name, holes in ((b"sparse", (0, sparse // 2)), (b"hole", ())):
        with open(os.path.join(root, name), "wb") as file:
            for at in holes:
                file.seek(at)
                file.write(b"x" * 5000)
            file.truncate(sparse)
    os.setxattr(folders[1], b"user.folder", b"\x00")
    os.mkdir(os.path.join(root, b"l" * 200))
    open(os.path.join(root, b"l" * 200, b"m" * 250), "w").close()
    for number, folder in enumerate(reversed(folders)):
        os.chmod(folder, (0o755, 0o2770, 0o700)[number % 3])
        os.utime(folder, ns=(1, 1_500_000_000_123_456_789 + number))
    os.chown(root, 999, 998)


def tell(root: bytes) -> tuple[str, int, int]:
    whole, first, taken = hashlib.sha256(), {}, 0
    names = [root]
    for base, folders, files in os.walk(root):
        names += [os.path.join(base, name) for name in folders + files]
    for path in sorted(names):
        found = os.lstat(path)
        attributes = [
            (a, os.getxattr(path, a, follow_symlinks=False))
            for a in sorted(os.listxattr(path, follow_symlinks=False))
        ]
        content = b""
        if stat.S_ISLNK(found.st_mode):
            content = os.readlink(path)
        elif stat.S_ISREG(found.st_mode):
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
            content = digest.digest()
            if os.path.basename(path) in (b"sparse", b"hole"):
                taken += found.st_blocks * 512
        shared = first.setdefault(found.st_ino, path)
        size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
        told = (
            path[len(root) :],
            found.st_mode,
            found.st_uid,
            found.st_gid,
            found.st_mtime_ns,
            size,
            found.st_nlink,
            shared,
            attributes,
            content,
        )
        whole.update(repr(told).encode())
    return whole.hexdigest(), len(names), taken


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(os.fsencode(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        print(*tell(os.fsencode(sys.argv[2])))
