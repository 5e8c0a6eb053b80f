"""What of this machine an engine that runs on it will meet: sockets, folders and files.

Facts, as far as they can be seen: what cannot be read is left out, and nothing is raised.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from collections.abc import Collection, Iterable, Iterator

from pycompose.loader.suggest import closest
from pycompose.plan.ports import Listener

_LISTENING = "0A"  # TCP_LISTEN
_UNCONNECTED = "07"  # TCP_CLOSE: a UDP socket that takes from anyone
_MOST_NAMES = 1000  # of a folder that are compared with one that is not in it


def is_here(path: str) -> bool:
    """Tell whether the engine behind a socket shares network and files with this process.

    A container that was handed the engine's socket sees other ports and other files than that.
    """
    credentials = getattr(socket, "SO_PEERCRED", None)
    if credentials is None or not path:
        return False
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(path)
            data = probe.getsockopt(socket.SOL_SOCKET, credentials, struct.calcsize("3i"))
    except OSError:
        return False
    pid = struct.unpack("3i", data)[0]
    if not pid:  # it lives where we can see no processes
        return False
    return all(_same(pid, kind) for kind in ("net", "mnt"))


def _same(pid: int, kind: str) -> bool:
    """Tell whether a process shares a namespace with this one; also where it may not be known."""
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}")
    except OSError:
        return True


def absent(paths: Iterable[str]) -> dict[str, str]:
    """Return the paths that are not there, each with one like it in its folder, or ""."""
    found = {}
    for path in paths:
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            folder, name = os.path.split(path)
            like = closest(name, _names(folder))
            found[path] = os.path.join(folder, like) if like else ""
        except OSError:
            continue  # the engine may see more than we do
    return found


def _names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry, _ in zip(entries, range(_MOST_NAMES), strict=False)]
    except OSError:
        return []


def listeners(wanted: Collection[tuple[int, str]]) -> tuple[Listener, ...]:
    """Return who listens on some ports (number and protocol) of this machine."""
    found = {}
    for protocol in {protocol for _, protocol in wanted} & {"tcp", "udp"}:
        for version in ("", "6"):
            for address, port, inode in _sockets(f"/proc/net/{protocol}{version}"):
                if (port, protocol) in wanted:
                    found[inode] = Listener(address, port, protocol)
    owners = _owners(found) if found else {}
    return tuple(
        listener._replace(pid=owners[inode], command=_command(owners[inode]))
        if inode in owners
        else listener
        for inode, listener in sorted(found.items())
    )


def _sockets(path: str) -> Iterator[tuple[str, int, str]]:
    """Yield address, port and inode of each socket of a table of the kernel that awaits others.

    Source: proc_pid_net(5), /proc/net/tcp
    """
    try:
        with open(path, encoding="ascii") as table:
            rows = table.read().splitlines()[1:]
    except OSError:
        return
    for row in rows:
        fields = row.split()
        if len(fields) > 9 and fields[3] in (_LISTENING, _UNCONNECTED):
            address, _, port = fields[1].partition(":")
            yield _address(address), int(port, 16), fields[9]


def _address(text: str) -> str:
    """Return an address that the kernel writes as words in the byte order of the machine."""
    words = [int(text[start : start + 8], 16) for start in range(0, len(text), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    found = ipaddress.ip_address(packed)
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _owners(inodes: Collection[str]) -> dict[str, int]:
    """Return the process that holds each socket, as far as this user may see."""
    targets = {f"socket:[{inode}]": inode for inode in inodes}
    found: dict[str, int] = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with os.scandir(f"/proc/{pid}/fd") as entries:
                held = {os.readlink(entry) for entry in entries}
        except OSError:
            continue
        for target in held & targets.keys():
            found.setdefault(targets[target], int(pid))
    return found


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as text:
            return "".join(c if c.isprintable() else "?" for c in text.read().strip())
    except OSError:
        return ""
