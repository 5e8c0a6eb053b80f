"""What files beside the Compose files say: gathered before a plan is made, problems and all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.convert.surroundings import Surroundings
from pycompose.errors import ComposeFileError, Problem, UsageError
from pycompose.files.contents import digests
from pycompose.files.profiles import profiles
from pycompose.files.proxies import proxies
from pycompose.model.project import Project
from pycompose.plan.api_socket import wants_socket, with_socket
from pycompose.plan.resources import problem


class Gathered(NamedTuple):
    """The digests of secrets and configs, what this machine says, and what is wrong with both."""

    contents: Mapping[str, str]
    around: Surroundings
    problems: list[Problem]


def ready(project: Project, environ: Mapping[str, str]) -> Project:
    """Return a project whose services have what this machine gives them of itself.

    `environ` is the environment of the process.

    Raises:
        ComposeFileError: the user's logins cannot be read.
    """
    if not wants_socket(project):
        return project
    from pycompose.engine.discover import config_folder
    from pycompose.files.credentials import logins

    try:
        return with_socket(project, logins(config_folder(environ), environ))
    except UsageError as error:
        name = next(name for name, one in project.services.items() if one.use_api_socket)
        path = ("services", name, "use_api_socket")
        raise ComposeFileError(problem(project, path, str(error))) from error


def proxies_for(environ: Mapping[str, str], engine: str) -> Surroundings:
    """Return the proxies for what an engine at an address runs; the rest is not looked at."""
    from pycompose.engine.discover import config_folder

    return Surroundings(proxies=proxies(config_folder(environ), engine))


def gather(project: Project, environ: Mapping[str, str], engine: str) -> Gathered:
    """Return what a plan of `up` needs to know of this machine.

    `environ` is the environment of the process, `engine` the address of the engine.
    """
    problems: list[Problem] = []
    contents: Mapping[str, str] = {}
    texts: Mapping[str, str] = {}
    try:
        contents = digests(project)
    except ComposeFileError as error:
        problems += error.problems
    try:
        texts = profiles(project)
    except ComposeFileError as error:
        problems += error.problems
    around = proxies_for(environ, engine)._replace(profiles=texts)
    return Gathered(contents, around, problems)
