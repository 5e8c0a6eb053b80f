"""Docker Compose itself, and pycompose run the same way: a folder, global flags, variables."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pycompose.app.session import Session
from pycompose.cancel import Cancel
from pycompose.cli.invocation import GlobalFlags
from pycompose.cli.settings import read
from pycompose.files.disk import DiskSources
from pycompose.loader.stages import Stages
from pycompose.model.project import Project

# So short a run is over before it is worth collecting garbage or starting threads.
_GO = {"GOGC": "off", "GOMAXPROCS": "1"}


def binary() -> Path | None:
    """Return Docker Compose's binary, None where it is not installed."""
    found = importlib.util.find_spec("compose")
    if found is None or found.submodule_search_locations is None:
        return None
    path = Path(found.submodule_search_locations[0]) / "docker-compose"
    return path if path.exists() else None


@dataclass(frozen=True)
class Run:
    """How both are run: in a folder, with global flags, variables, services and standard input."""

    folder: Path
    home: Path
    args: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    services: tuple[str, ...] = ()
    stdin: str = ""

    @property
    def environment(self) -> dict[str, str]:
        bare = {"PATH": os.defpath, "HOME": str(self.home), "LANG": "C.UTF-8"}
        return {**bare, **dict(self.variables)}

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start Docker Compose; standard input is to be handed to `communicate`."""
        return subprocess.Popen(
            [str(binary()), *self.args, *command, *self.services],
            cwd=self.folder,
            env={**self.environment, **_GO},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def oracle(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Return what Docker Compose answers."""
        process = self.start(*command)
        out, err = process.communicate(self.stdin)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def load(self) -> Project:
        """Return the project that pycompose loads.

        Raises:
            PycomposeError: it refuses to.
        """
        cwd = str(self.folder)
        settings = read(_global_flags(self.args), environ={**self.environment, "PWD": cwd}, cwd=cwd)
        session = Session(
            settings,
            emit=lambda event: None,
            confirm=lambda question: False,
            cancel=Cancel(),
            sources=DiskSources(cwd, io.BytesIO(self.stdin.encode())),
        )
        stages = Stages(normalize=not settings.compatibility)  # as `config` does
        return session.load(self.services, stages=stages)


def _global_flags(args: tuple[str, ...]) -> GlobalFlags:
    parser = argparse.ArgumentParser()
    parser.add_argument("-f", "--file", action="append", default=[])
    parser.add_argument("-p", "--project-name")
    parser.add_argument("--env-file", action="append", default=[])
    parser.add_argument("--profile", action="append", default=[])
    parser.add_argument("--project-directory")
    parser.add_argument("--all-resources", action="store_true")
    parser.add_argument("--compatibility", action="store_true")
    found = vars(parser.parse_args(args)).items()
    return GlobalFlags(**{k: tuple(v) if isinstance(v, list) else v for k, v in found})
