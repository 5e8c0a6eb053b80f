"""Limits that the kernel sets to the processes of a container or of a build."""

from __future__ import annotations

from typing import NamedTuple


class Ulimit(NamedTuple):
    """One entry of `ulimits`; `single` where the file gives one number for both limits."""

    soft: int = 0
    hard: int = 0
    single: int = 0
