"""The version of pycompose; the only place it stands in."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
