"""The cases of `load/`: each folder holds Compose files and what becomes of them.

A case is `compose*.yaml` and other files, which stand in `/shop` when they are loaded; `env`, the
variables, one a line; `options.json`, arguments of `LoadOptions`; and `project.yaml` or
`error.txt`, what `config` prints. `pytest --accept` writes these anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pycompose.errors import PycomposeError
from pycompose.loader.dump import dump
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load

CASES = Path(__file__).parent / "load"
FILES = ("compose.yaml", "compose.override.yaml")
ANSWERS = ("project.yaml", "error.txt")


class FolderSources:
    """The files of a case, as if they stood in `/shop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> Source:
        name = path.removeprefix("/shop/")
        try:
            return Source(path, name, (self.folder / name).read_text())
        except (FileNotFoundError, NotADirectoryError):
            raise FileNotFoundError(path) from None

    def follow(self, path: str) -> str:
        return path


def answer(folder: Path) -> tuple[str, str]:
    """Return the file that holds what becomes of a case, and its text."""
    variables = folder / "env"
    lines = variables.read_text().splitlines() if variables.exists() else []
    given = folder / "options.json"
    options = json.loads(given.read_text()) if given.exists() else {}
    named = options.pop("files", [name for name in FILES if (folder / name).exists()])
    try:
        project = load(
            LoadOptions(
                files=tuple(f"/shop/{name}" for name in named),
                working_dir="/shop",
                home="/home/me",
                environment=dict(line.split("=", 1) for line in lines),
                **{k: tuple(v) if isinstance(v, list) else v for k, v in options.items()},
            ),
            FolderSources(folder),
        )
    except PycomposeError as error:
        return "error.txt", f"{error}\n"
    notices = "".join(f"# {notice}\n" for notice in project.notices)
    return "project.yaml", notices + dump(project)


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_case(folder: Path, request: pytest.FixtureRequest) -> None:
    name, text = answer(folder)
    if request.config.getoption("--accept", default=False):
        for old in ANSWERS:
            (folder / old).unlink(missing_ok=True)
        (folder / name).write_text(text)
    expected = [old for old in ANSWERS if (folder / old).exists()]
    assert expected == [name], text
    assert text == (folder / name).read_text()


class Printed:
    """One file, `/shop/compose.yaml`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, path: str) -> Source:
        if path != "/shop/compose.yaml":
            raise FileNotFoundError(path)
        return Source(path, "compose.yaml", self.text)

    def follow(self, path: str) -> str:
        return path


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_what_is_printed_loads_as_the_same_project(folder: Path) -> None:
    name, text = answer(folder)
    # A dependency that is optional and not enabled is printed, as Docker Compose does, but such a
    # text cannot be loaded.
    if name == "project.yaml" and "required: false" not in text:
        options = LoadOptions(files=("/shop/compose.yaml",), working_dir="/shop", profiles=("*",))
        assert dump(load(options, Printed(text))) == "".join(
            line for line in text.splitlines(keepends=True) if not line.startswith("# ")
        )
