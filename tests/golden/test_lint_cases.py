"""The cases of `lint/`: for each rule a folder `bad` that it finds something in, and one `good`.

A case is `compose*.yaml` and other files, which stand in `/shop` when they are loaded; `env`, the
variables, one a line; `modes.json`, what the disk says of files that need not be there. What the
rules find in the bad one is in `findings.txt`; `pytest --accept` writes it anew.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from pycompose.lint.findings import Finding, lint
from pycompose.lint.rules import RULES
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load
from pycompose.ui.findings import render

CASES = Path(__file__).parent / "lint"
FILES = ("compose.yaml", "compose.override.yaml")


class Folder:
    """The files of a case as if they stood in `/shop`; keeps what was read of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        modes = folder / "modes.json"
        self.modes = json.loads(modes.read_text()) if modes.exists() else {}
        self.texts: dict[str, Source] = {}

    def read(self, path: str) -> Source:
        name = path.removeprefix("/shop/")
        if not (self.folder / name).is_file():
            raise FileNotFoundError(path)
        text = (self.folder / name).read_text()
        return self.texts.setdefault(path, Source(path, name, text))

    def follow(self, path: str) -> str:
        return path

    def mode(self, path: str) -> int | None:
        name = path.removeprefix("/shop").lstrip("/")
        if name in self.modes:
            return int(self.modes[name], 8)
        found = self.folder / name
        if not path.startswith("/shop") or not found.exists():
            return None
        return stat.S_IFDIR | 0o755 if found.is_dir() else stat.S_IFREG | 0o644


def findings(folder: Path) -> tuple[tuple[Finding, ...], Folder]:
    variables = folder / "env"
    lines = variables.read_text().splitlines() if variables.exists() else []
    disk = Folder(folder)
    options = LoadOptions(
        files=tuple(f"/shop/{name}" for name in FILES if (folder / name).exists()),
        working_dir="/shop",
        environment=dict(line.split("=", 1) for line in lines),
        all_resources=True,
    )
    project = load(options, disk)
    return lint(project, tuple(disk.texts.values()), disk), disk


def test_every_rule_has_its_cases() -> None:
    assert sorted(rule.id for rule in RULES) == sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_rule_and_no_other_finds_the_bad_case(
    rule: str, request: pytest.FixtureRequest
) -> None:
    found, disk = findings(CASES / rule / "bad")
    text = render(found, disk.texts.values(), format="text", source=True)
    expected = CASES / rule / "bad" / "findings.txt"
    if request.config.getoption("--accept", default=False):
        expected.write_text(text)
    assert {each.rule.id for each in found} == {rule}, text
    assert text == expected.read_text()


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_nothing_is_found_in_the_good_case(rule: str) -> None:
    found, disk = findings(CASES / rule / "good")
    assert render(found, disk.texts.values(), format="text") == ""
