"""Where the Compose files of a command are: named ones, or those found from a directory upwards."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from pycompose.errors import NoComposeFile

NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
# Compat: among the overrides, yml stands before yaml.
OVERRIDES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
STDIN: Final = "-"


class Found(NamedTuple):
    """The Compose files of a command, absolute and in order ("-" for standard input).

    Those that are elsewhere stay as they were named.
    `working_dir` is the project directory; `warnings` are sentences about ambiguous names.
    """

    files: tuple[str, ...]
    working_dir: str
    warnings: tuple[str, ...] = ()


def find(cwd: str, named: Sequence[str] = (), project_directory: str = "") -> Found:
    """Return the Compose files to load: the named ones, else those discovered.

    Raises:
        NoComposeFile: none was named and none was found.
        FileNotFoundError: a named file does not exist.

    Source: compose-spec 03-compose-file.md; rules 5-7
    """
    directory = absolute(project_directory, cwd) if project_directory else ""
    if not named:
        found = discover(directory or cwd)
        return Found(found.files, directory or found.working_dir, found.warnings)
    files = tuple(absolute(path, cwd) if is_here(path) else path for path in named)
    for path, given in zip(files, named, strict=True):
        if is_here(path) and not os.path.exists(path):
            raise FileNotFoundError(f"no such file: {given}")
    return Found(files, directory or folder_of(files) or cwd)


def is_here(path: str) -> bool:
    """Whether a Compose file is one of this machine, not standard input and not elsewhere."""
    from pycompose.loader.remote import is_remote  # noqa: PLC0415  # not without a file that is named

    return path != STDIN and not is_remote(path)


def folder_of(files: Sequence[str]) -> str:
    """Return the folder of the first file, "" where that is elsewhere or there is none."""
    first = next((path for path in files if path != STDIN), "")
    return os.path.dirname(first) if first and is_here(first) else ""


def discover(directory: str) -> Found:
    """Return the Compose file, and its override, of a directory or the nearest one above.

    Raises:
        NoComposeFile: there is none up to the root.
    """
    here = directory
    while True:
        candidates = _existing(here, NAMES)
        if candidates:
            overrides = _existing(here, OVERRIDES)
            warnings = (*_ambiguous("config", candidates), *_ambiguous("override", overrides))
            return Found((*candidates[:1], *overrides[:1]), here, warnings)
        above = os.path.dirname(here)
        if above == here:
            raise NoComposeFile(
                f"no configuration file provided: none of {', '.join(NAMES)} is in {directory}"
                " or above"
            )
        here = above


def absolute(path: str, cwd: str) -> str:
    """Return a path made absolute from `cwd`, without dots; links are kept."""
    return os.path.normpath(os.path.join(cwd, path))


def _existing(directory: str, names: Sequence[str]) -> list[str]:
    paths = (os.path.join(directory, name) for name in names)
    return [path for path in paths if os.path.exists(path)]


def _ambiguous(kind: str, paths: Sequence[str]) -> tuple[str, ...]:
    if len(paths) < 2:
        return ()
    return (
        f"found multiple {kind} files with supported names: {', '.join(paths)}",
        f"using {paths[0]}",
    )
