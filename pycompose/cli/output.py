"""What `config` prints, and where to: standard output, or a file that is whole or untouched."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pycompose.errors import UsageError

if TYPE_CHECKING:
    from pycompose.model.project import Project


def rendered(project: Project, asked: Mapping[str, Any]) -> str:
    """Return the first list asked for, else the whole project unless `quiet`; lines ended.

    Source: docker/compose cmd/compose/config.go, for the order
    """
    from pycompose.loader import dump

    lists = {
        "services_only": dump.services,
        "volumes": dump.volumes,
        "networks": dump.networks,
        "profiles": dump.profiles,
        "images": dump.images,
        "environment": dump.environment,
    }
    for name, items in lists.items():
        if name == "profiles" and asked["hash"]:
            return _lines(dump.hashes(project, hashed(project, asked["hash"])))
        if asked[name]:
            return _lines(items(project))
    text = "" if asked["quiet"] else dump.dump(project, asked["format"])
    return text if text.endswith("\n") or not text else f"{text}\n"


def hashed(project: Project, text: str) -> tuple[str, ...]:
    """Return the services that `--hash` names, none for all of them.

    Raises:
        UsageError: there is no such service.
    """
    names = () if text == "*" else tuple(text.split(","))
    for name in names:
        if name not in project.services:
            raise UsageError(f"no such service: {name}: not found")
    return names


def _lines(items: Sequence[str]) -> str:
    return "".join(f"{item}\n" for item in items)


def write(text: str, path: str = "") -> None:
    """Write text to a file, to standard output without one; a file that exists is replaced whole.

    Raises:
        OSError: it cannot be written; then it is as it was.
    """
    if not path:
        sys.stdout.write(text)
        return
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    _replace(path, text)


def _replace(path: str, text: str) -> None:
    try:
        mode = os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    draft = ""
    try:
        descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".pycompose-")
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), mode)
        os.replace(draft, path)
    except OSError as error:
        if draft:
            os.unlink(draft)
        raise OSError(error.errno, error.strerror, path) from error
