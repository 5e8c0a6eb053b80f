"""The files with rules for system calls that `security_opt` names: an engine is sent their text."""

from __future__ import annotations

import json
import os
import re
from typing import Final

from pycompose.convert.security import profile
from pycompose.errors import ComposeFileError, Problem
from pycompose.files.disk import read_file
from pycompose.model.project import Project
from pycompose.plan.resources import problem

_STRING_OR_SPACE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')


def profiles(project: Project) -> dict[str, str]:
    """Return the profiles of all services by their paths as written, without needless space.

    Raises:
        ComposeFileError: files are missing, or are no JSON; all of them.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for service in project.services.values():
        for index, option in enumerate(service.security_opt):
            path = profile(option)
            if not path or path in found:
                continue
            where = ("services", service.name, "security_opt", index)
            try:
                found[path] = _read(os.path.join(project.working_dir, _at_home(project, path)))
            except OSError as error:
                missing = isinstance(error, FileNotFoundError)
                why = "there is no such file" if missing else f"{error.strerror or error}"
                problems.append(problem(project, where, f"seccomp profile {path!r}: {why}"))
            except ValueError as error:
                message = f"seccomp profile {path!r}: is no JSON: {error}"
                problems.append(problem(project, where, message))
    if problems:
        raise ComposeFileError(*problems)
    return found


def _at_home(project: Project, path: str) -> str:
    home = project.environment.get("HOME", "~")
    return home + path.removeprefix("~") if path == "~" or path.startswith("~/") else path


def _read(path: str) -> str:
    text = read_file(path).decode()
    json.loads(text)
    return _STRING_OR_SPACE.sub(lambda found: found[1] or "", text)
