"""Docker Compose itself, and pycompose run the same way: a folder, global flags, variables."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pycompose.files.discover import absolute, find
from pycompose.files.disk import DiskSources
from pycompose.loader.stages import LoadOptions, load
from pycompose.model.project import Project


def binary() -> Path | None:
    """Return Docker Compose's binary, None where it is not installed."""
    found = importlib.util.find_spec("compose")
    if found is None or found.submodule_search_locations is None:
        return None
    path = Path(found.submodule_search_locations[0]) / "docker-compose"
    return path if path.exists() else None


@dataclass(frozen=True)
class Run:
    """How both are run: in a folder, with global flags and variables."""

    folder: Path
    home: Path
    args: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        bare = {"PATH": os.defpath, "HOME": str(self.home), "LANG": "C.UTF-8"}
        return {**bare, **dict(self.variables)}

    def oracle(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Return what Docker Compose answers."""
        return subprocess.run(
            [str(binary()), *self.args, *command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def load(self) -> Project:
        """Return the project that pycompose loads."""
        flags: dict[str, list[str]] = {"-f": [], "--env-file": [], "--profile": [], "-p": []}
        for flag, value in zip(self.args[::2], self.args[1::2], strict=True):
            flags[flag].append(value)
        cwd = str(self.folder)
        found = find(cwd, flags["-f"])
        options = LoadOptions(
            files=found.files,
            working_dir=found.working_dir,
            environment={**self.environment, "PWD": cwd},
            environment_files=tuple(absolute(path, cwd) for path in flags["--env-file"]),
            home=str(self.home),
            name="".join(flags["-p"]),
            profiles=tuple(flags["--profile"]),
        )
        return load(options, DiskSources(cwd))
