"""Runs pycompose as a user does: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_REPORT = """
import json, sys
from pycompose.__main__ import main
try:
    code = main(["pycompose", *sys.argv[2:]])
except SystemExit as end:
    code = end.code
with open(sys.argv[1], "w") as file:
    json.dump(sorted(sys.modules), file)
sys.exit(code)
"""


def environment(**changes: str) -> dict[str, str]:
    """Return a small environment, the same on every machine."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH")
        if name in os.environ
    }
    return {**kept, "LC_ALL": "C.UTF-8", "COLUMNS": "80", **changes}


def run(
    *words: str, cwd: str | Path = ".", program: tuple[str, ...] = (), **env: str
) -> subprocess.CompletedProcess[str]:
    """Run pycompose with these words; `env` adds to the environment."""
    command = program or (sys.executable, "-m", "pycompose")
    return subprocess.run(
        [*command, *words],
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def loaded_modules(*words: str, report: Path, cwd: str | Path = ".", **env: str) -> set[str]:
    """Return the modules that a command has imported by its end; `report` is a file to use."""
    done = subprocess.run(
        [sys.executable, "-c", _REPORT, str(report), *words],
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert report.exists(), done.stderr
    return set(json.loads(report.read_text()))


def packages(modules: set[str]) -> set[str]:
    """Return the top-level packages of modules."""
    return {module.partition(".")[0] for module in modules}
