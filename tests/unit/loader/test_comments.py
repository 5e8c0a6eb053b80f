"""Comments are found where YAML has them, and nowhere else."""

from __future__ import annotations

import pytest
import yaml

from pycompose.loader import comments as module
from pycompose.loader.comments import comments
from pycompose.loader.sources import Source

TEXT = """\
# alone
a: |  # after the sign of a block
  x # in a block

  # in it, too
# after it
b: 'x # quoted' # after quotes
c: "x
  # in quotes of two lines
  y" # after them
d: plain#text http://x/#anchor # after plain text
e: [f, # within brackets
  g]
é: 日本 # after wide letters
h: >-
    folded # in it
  # left of it
"""


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def _reader(request, monkeypatch) -> None:
    monkeypatch.setattr(module, "_LOADER", getattr(yaml, request.param))


@pytest.mark.usefixtures("_reader")
def test_a_comment_is_none_within_a_value() -> None:
    found = [(c.at.line, c.at.column, c.text, c.alone) for c in comments(Source("/c", "c", TEXT))]
    assert found == [
        (1, 1, "alone", True),
        (2, 7, "after the sign of a block", False),
        (6, 1, "after it", True),
        (7, 17, "after quotes", False),
        (10, 6, "after them", False),
        (11, 32, "after plain text", False),
        (12, 8, "within brackets", False),
        (14, 7, "after wide letters", False),
        (17, 3, "left of it", True),
    ]


def test_lines_are_counted_as_yaml_counts_them() -> None:
    (found,) = comments(Source("/c", "c", "a: 1\r\nb: 2\rc: 3 # here\n"))
    assert (found.at.line, found.at.column) == (3, 6)
