"""What a service says of its development: what `watch` does when files change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from pycompose.model.hooks import Hook
from pycompose.model.values import EMPTY, Json

Action: TypeAlias = Literal["rebuild", "sync", "restart", "sync+restart", "sync+exec"]


class Trigger(NamedTuple):
    """One entry of `watch`: what happens when something below `path` (absolute) changes.

    Source: compose-spec develop.md
    """

    path: str
    action: Action
    target: str = ""
    exec: Hook = Hook()
    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    initial_sync: bool = False
    extensions: Mapping[str, Json] = EMPTY


class Develop(NamedTuple):
    """A service's `develop` section."""

    watch: tuple[Trigger, ...] = ()
    extensions: Mapping[str, Json] = EMPTY
