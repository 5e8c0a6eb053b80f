"""Commands that are run in or beside a service's containers at certain moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.model.values import EMPTY, Json


class Hook(NamedTuple):
    """A command of `post_start`, `pre_stop` or `pre_start`, or what `watch` runs.

    `command` is None where there is none. A variable whose value is None is passed on without one.
    `image` and `per_replica` are those of `pre_start`, which runs in a container of its own.

    Source: compose-spec 05-services.md#post_start, #pre_stop
    """

    command: tuple[str, ...] | None = None
    user: str = ""
    privileged: bool = False
    working_dir: str = ""
    environment: Mapping[str, str | None] = EMPTY
    image: str = ""
    per_replica: bool = False
    extensions: Mapping[str, Json] = EMPTY
