"""What secrets and configs hold.

Contents are read where they are needed and kept nowhere; no message repeats them.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from pycompose.convert.grants import Section, granted
from pycompose.errors import ComposeFileError, Problem
from pycompose.files.disk import read_file
from pycompose.model.project import Project
from pycompose.model.resources import FileObject
from pycompose.plan.resources import problem

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
                problems[each.name] = unreadable(project, each.section, each.grant.source, error)
            else:
                found[each.name] = sha256(data).hexdigest()[:DIGEST_LENGTH]
    if problems:
        raise ComposeFileError(*problems.values())
    return found


def unreadable(project: Project, section: Section, key: str, error: Exception) -> Problem:
    """Return what is wrong, and where, with a secret or config that `content` cannot return."""
    item = _item(project, section, key)
    path = (section, key, "file" if item.file else "environment")
    if isinstance(error, FileNotFoundError):
        message, hint = f"there is no file {item.file!r}", "create it before this runs"
    elif isinstance(error, OSError):
        message, hint = f"cannot be read: {error.strerror or error}", ""
    else:
        message, hint = f"the variable {item.environment!r} is not set", "set it, or use 'file'"
    return problem(project, path, message, hint)


def content(project: Project, section: Section, key: str) -> bytes:
    """Return what a secret or config holds; a variable is that of the file that names it.

    Raises:
        OSError: its file cannot be read.
        LookupError: its variable is not set.
    """
    item = _item(project, section, key)
    if item.file:
        return read_file(item.file)
    if item.environment:
        at = project.places.find(section, key, "environment")
        own = project.environments.get(at.file) if at else None
        known = project.environment if own is None else own
        return known[item.environment].encode("utf-8", "surrogateescape")
    return item.content.encode("utf-8", "surrogateescape")


def _item(project: Project, section: Section, key: str) -> FileObject:
    return (project.secrets if section == "secrets" else project.configs)[key]
