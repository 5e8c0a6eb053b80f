"""A build's context: a folder of the user's disk as a tar, less what `.dockerignore` leaves out."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Final

from pycompose.engine.docker import context_paths
from pycompose.errors import EngineError
from pycompose.plan.ops import BuildImage

CHUNK: Final = 1 << 16  # bytes


def build_context(step: BuildImage) -> Iterator[bytes]:
    """Return the tar that a build sends, in pieces.

    Raises:
        EngineError: the context or its Dockerfile cannot be read.
    """
    if not os.path.isdir(step.context):
        raise EngineError(f"the build context {step.context!r} is no folder")
    ignored = _ignored(step.context, step.dockerfile)
    # A file without a name: nothing is left behind, whatever happens.
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by _pieces
    try:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for path in context_paths(step.context, ignored, step.dockerfile):
                tar.add(os.path.join(step.context, path), path, recursive=False, filter=_plain)
            if step.dockerfile_inline:
                _add(tar, step.dockerfile, step.dockerfile_inline)
    except OSError as error:
        file.close()
        raise EngineError(f"the build context can't be read: {error}") from error
    file.seek(0)
    return _pieces(file)


def _ignored(context: str, dockerfile: str) -> list[str]:
    for name in (f"{dockerfile}.dockerignore", ".dockerignore"):
        try:
            with open(os.path.join(context, name), encoding="utf-8") as file:
                return [line.strip() for line in file if line.strip() and line[:1] != "#"]
        except (FileNotFoundError, NotADirectoryError):
            continue
    return []


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member without its owner, so that equal folders give equal layers."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _add(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
