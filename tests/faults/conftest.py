"""The scene in which commands meet faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_scene import FakeScene, fake_scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[FakeScene]:
    """A folder, an engine in memory, and a proxy before it."""
    with fake_scene(tmp_path) as made:
        yield made
