"""What files beside the Compose files say: gathered before a plan is made, problems and all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.convert.surroundings import Surroundings
from pycompose.errors import ComposeFileError, Problem
from pycompose.files.contents import digests
from pycompose.files.profiles import profiles
from pycompose.model.project import Project


class Gathered(NamedTuple):
    """The digests of secrets and configs, what this machine says, and what is wrong with both."""

    contents: Mapping[str, str]
    around: Surroundings
    problems: list[Problem]


def gather(project: Project) -> Gathered:
    """Return what a plan of `up` needs to know of this machine."""
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
    return Gathered(contents, Surroundings(profiles=texts), problems)
