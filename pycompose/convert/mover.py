"""Containers that read and write what is in volumes, as the Engine API takes them; pure.

GNU tar does it, in a container that has the volume and nothing else: no network, no log, a root
that goes with it. It alone keeps all that a file system knows of a file; what the engine's own
archives lose is told in DECISIONS.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pycompose import labels
from pycompose.model.values import Json
from pycompose.version import VERSION

MOVER: Final = "volume"  # the kind of hook that such a container is
PLACE: Final = "/pycompose"
VOLUME: Final = f"{PLACE}/volume"
_SOURCE: Final = f"{PLACE}/source"
_KEPT: Final = ("--numeric-owner", "--acls", "--xattrs", "--xattrs-include=*")
_READ: Final = (
    *("--create", "--file=-", "--format=posix", "--sparse", *_KEPT),
    "--xattrs-exclude=security.selinux",  # it belongs to the machine
    "--sort=name",
    # The same tree gives the same bytes.
    "--pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f",
)
_WRITE: Final = (
    *("--extract", "--file=-", "--same-owner", "--same-permissions", *_KEPT),
    "--delay-directory-restore",
)
_EMPTY: Final = """\
cd /pycompose/volume || exit 3
if command -v find >/dev/null; then
  find . -mindepth 1 -delete || exit 3
else
  for file in ..?* .[!.]* *; do
    if [ -e "$file" ] || [ -L "$file" ]; then rm -rf -- "$file" || exit 3; fi
  done
fi
cd /
"""
_PIPE: Final = """\
{ tar %s --directory=/pycompose/source .; echo $? >/pycompose/read; } |
  tar %s --directory=/pycompose/volume || exit 3
read code </pycompose/read
exit "$code"
"""


def probe(project: str, image: str, volume: str) -> Json:
    """Return a container that tells whether an image's tar can do it, and has the volume, if any.

    It ends with 0, writes nothing to its standard error, and an empty tar.
    """
    mounts = [_mount(volume, VOLUME, read_only=True)] if volume else []
    command = [*_READ, "--files-from=/dev/null"]
    return _body(project, image, "tar", command, mounts, volume)


def reader(project: str, image: str, volume: str, resumes: Sequence[str] = ()) -> Json:
    """Return a container that writes a tar of a volume to its standard output."""
    command = [*_READ, f"--directory={PLACE}", "volume"]
    mounts = [_mount(volume, VOLUME, read_only=True)]
    return _body(project, image, "tar", command, mounts, volume, resumes)


def writer(
    project: str, image: str, volume: str, resumes: Sequence[str] = (), *, empty: bool = False
) -> Json:
    """Return a container that unpacks the tar at its standard input; `empty` clears first."""
    command = [*_WRITE, f"--directory={PLACE}"]
    mounts = [_mount(volume, VOLUME)]
    if empty:
        script = f'{_EMPTY}exec tar "$@"'
        command = ["-c", script, "sh", *command]
    body = _body(project, image, "sh" if empty else "tar", command, mounts, volume, resumes)
    body["Labels"][labels.MOVER_FILLS] = volume
    return {**body, "AttachStdin": True, "OpenStdin": True, "StdinOnce": True}


def copier(
    project: str,
    image: str,
    source: str,
    volume: str,
    resumes: Sequence[str] = (),
    *,
    empty: bool = False,
    origin: str = "",
) -> Json:
    """Return a container that copies what is in one volume, of `origin`, into another."""
    script = _PIPE % (" ".join(map(_quoted, _READ)), " ".join(map(_quoted, _WRITE)))
    mounts = [_mount(source, _SOURCE, read_only=True), _mount(volume, VOLUME)]
    command = ["-c", f"{_EMPTY}{script}" if empty else script]
    body = _body(project, image, "sh", command, mounts, volume, resumes)
    body["Labels"][labels.MOVER_FILLS] = volume
    if origin not in ("", project):
        body["Labels"][labels.MOVER_FROM] = origin
    return body


def _quoted(word: str) -> str:
    return f"'{word}'"


def _mount(volume: str, target: str, *, read_only: bool = False) -> Json:
    # Without `NoCopy` an image that has the folder would fill an empty volume with what is in it.
    return {
        "Type": "volume",
        "Source": volume,
        "Target": target,
        "ReadOnly": read_only,
        "VolumeOptions": {"NoCopy": True},
    }


def _body(
    project: str,
    image: str,
    program: str,
    command: Sequence[str],
    mounts: list[Json],
    volume: str,
    resumes: Sequence[str] = (),
) -> Json:
    return {
        "Image": image,
        "Entrypoint": [program],
        "Cmd": list(command),
        "Env": ["LC_ALL=C"],
        "User": "0:0",
        "WorkingDir": "/",
        "Labels": {
            labels.PROJECT: project,
            labels.VERSION: VERSION,
            labels.HOOK: MOVER,
            labels.MOVER: volume,
            **({labels.MOVER_RESUMES: ",".join(resumes)} if resumes else {}),
        },
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            "Mounts": mounts,
            "NetworkMode": "none",
            "LogConfig": {"Type": "none"},  # the whole volume would go into a log
            "SecurityOpt": ["no-new-privileges"],
        },
    }
