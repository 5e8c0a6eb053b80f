"""What secrets and configs hold, and the archive that brings one into a container.

Contents are read where they are needed and kept nowhere; no message repeats them.
"""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Final

from pycompose.convert.grants import Granted, Section, granted
from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.files.disk import read_file
from pycompose.model.project import Project
from pycompose.plan.ops import PutArchive

DIGEST_LENGTH: Final = 8  # hex digits: enough to see a change, too few to find a secret by


def digests(project: Project) -> dict[str, str]:
    """Return a digest of each secret and config that a service uses, by `secrets.password`.

    Raises:
        ComposeFileError: files are missing, or variables are not set; all of them.
    """
    found: dict[str, str] = {}
    problems: dict[str, Problem] = {}
    for service in project.services.values():
        for each in granted(project, service):
            if each.name in found or each.name in problems or each.item.external:
                continue
            try:
                data = content(project, each.section, each.grant.source)
            except (OSError, LookupError) as error:
                problems[each.name] = _problem(project, each, error)
            else:
                found[each.name] = sha256(data).hexdigest()[:DIGEST_LENGTH]
    if problems:
        raise ComposeFileError(*problems.values())
    return found


def _problem(project: Project, each: Granted, error: Exception) -> Problem:
    key, item = each.grant.source, each.item
    attribute = "file" if item.file else "environment"
    nowhere = Position(project.config_files[0] if project.config_files else project.name, 1, 1)
    at = project.places.find(each.section, key, attribute) or nowhere
    path = f"{each.section}.{key}.{attribute}"
    if isinstance(error, FileNotFoundError):
        return Problem(at, path, f"there is no file {item.file!r}", "create it before this runs")
    if isinstance(error, OSError):
        return Problem(at, path, f"cannot be read: {error.strerror or error}")
    return Problem(
        at, path, f"the variable {item.environment!r} is not set", "set it, or use 'file'"
    )


def content(project: Project, section: Section, key: str) -> bytes:
    """Return what a secret or config holds; a variable is that of the file that names it.

    Raises:
        OSError: its file cannot be read.
        LookupError: its variable is not set.
    """
    item = (project.secrets if section == "secrets" else project.configs)[key]
    if item.file:
        return read_file(item.file)
    if item.environment:
        at = project.places.find(section, key, "environment")
        own = project.environments.get(at.file) if at else None
        known = project.environment if own is None else own
        return known[item.environment].encode("utf-8", "surrogateescape")
    return item.content.encode("utf-8", "surrogateescape")


def archive(project: Project, step: PutArchive) -> bytes:
    """Return the tar that a step unpacks in a container.

    Raises:
        OSError: the file has gone since the plan was made.
        LookupError: the variable has.
    """
    import io  # noqa: PLC0415  # for steps that are rare
    import tarfile  # noqa: PLC0415

    data = content(project, step.section, step.key)
    member = tarfile.TarInfo(step.path.removeprefix(step.folder).lstrip("/"))
    member.size, member.mtime = len(data), int(time.time())
    member.uid, member.gid, member.mode = step.uid, step.gid, step.mode
    written = io.BytesIO()
    # Engine: no PAX headers, which Python writes unless told.
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(member, io.BytesIO(data))
    return written.getvalue()
