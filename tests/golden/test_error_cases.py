"""The cases of `errors/`: each folder holds broken files, and what is said about them.

A case is `compose.yaml` and other files, `env`, the variables, one a line, and `options.json`,
arguments of `LoadOptions`, as in `load/`. `error.txt` is what a terminal shows, the folder of the
case written `/shop`. `pytest --accept` writes it anew. That Docker Compose refuses them too is a
test of `conformance`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pycompose.errors import ComposeFileError, Problem, PycomposeError, UsageError
from pycompose.files.disk import DiskSources
from pycompose.loader.stages import LoadOptions, load
from pycompose.plan.unsupported import refuse
from pycompose.snapshot import Capabilities
from pycompose.ui.problems import describe

CASES = Path(__file__).parent / "errors"
FILES = ("compose.yaml", "compose.override.yaml")
# What is wrong with these is no file: the command line names the project.
WITHOUT_PLACE = ("project-name",)


def refusal(folder: Path) -> PycomposeError:
    """Return the error that the files of a case raise."""
    variables = folder / "env"
    lines = variables.read_text().splitlines() if variables.exists() else []
    given = folder / "options.json"
    options = json.loads(given.read_text()) if given.exists() else {}
    named = options.pop("files", [name for name in FILES if (folder / name).exists()])
    files = LoadOptions(
        files=tuple(str(folder / name) for name in named),
        working_dir=str(folder),
        home="/home/me",
        environment=dict(line.split("=", 1) for line in lines),
        **options,
    )
    with pytest.raises(PycomposeError) as caught:
        # What can be read and no engine takes is refused once something is to be made of it.
        refuse(load(files, DiskSources(str(folder))), Capabilities(api=(1, 45)))
    return caught.value


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_a_broken_file_is_told_of_in_these_words(
    folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    error = refusal(folder)
    text = describe(error, source=True).replace(str(folder), "/shop") + "\n"
    if request.config.getoption("--accept", default=False):
        (folder / "error.txt").write_text(text)
    assert text == (folder / "error.txt").read_text()
    assert text.isprintable() or all(line.isprintable() for line in text.splitlines())
    if folder.name in WITHOUT_PLACE:
        assert isinstance(error, UsageError)
    else:
        assert isinstance(error, ComposeFileError)
        for problem in error.problems:
            _check(problem, folder)


def _check(problem: Problem, folder: Path) -> None:
    """Check that a problem stands inside a file of the case, and is worded as all are."""
    file, line, column = problem.at
    if (folder / file).is_file() and problem.message != "there is no such file":
        assert line >= 1
        assert column >= 1
    assert problem.message[:1] == problem.message[:1].lower() or problem.message[:3].isupper()
    assert not problem.message.endswith(".")


def test_there_are_many_cases() -> None:
    assert len(list(CASES.iterdir())) >= 150
