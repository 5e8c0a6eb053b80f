"""The parser in tests: what it says of a text that it refuses."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source


def refusal(text: str) -> str:
    """Return what is wrong with the text of `c.yaml`."""
    with pytest.raises(ComposeFileError) as caught:
        parse(Source("/p/c.yaml", "c.yaml", text))
    return str(caught.value)
