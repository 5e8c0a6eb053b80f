"""Our schema as editors use it: on files as they are written, before variables are replaced."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from cases import CORPUS, Case, corpus

from pycompose.files.discover import find
from pycompose.files.disk import DiskSources
from pycompose.loader.parse import parse
from pycompose.loader.schema import compose_schema
from pycompose.loader.tree import Map, plain


def _files(case: Case) -> tuple[str, ...]:
    words = case.args
    named = tuple(words[i + 1] for i, word in enumerate(words) if word in ("-f", "--file"))
    return find(str(case.folder), named, "").files if case.folder else ()


def _alone() -> list[Path]:
    """Return the files of the corpus that Docker Compose accepts by themselves."""
    found = {files[0] for case in corpus() if not case.refused and len(files := _files(case)) == 1}
    return sorted(Path(name) for name in found if name != "-")


FILES = _alone()


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus does not lie beside the checkout")
def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 250


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_an_editor_finds_nothing_wrong_in_what_docker_compose_accepts(path: Path) -> None:
    documents = [d for d in parse(DiskSources("/").read(str(path))) if isinstance(d, Map)]
    if len(documents) != 1:
        pytest.skip("it holds several documents, of which each can be a part")
    validator = jsonschema.Draft202012Validator(compose_schema())
    assert [error.message for error in validator.iter_errors(plain(documents[0]))] == []
