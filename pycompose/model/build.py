"""How a service's image is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pycompose.model.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A service's `build` section.

    `context` is an absolute path or a URL; `dockerfile` is relative to it. An arg whose value is
    None is not passed on.

    Source: compose-spec build.md
    """

    context: str = ""
    dockerfile: str = ""
    dockerfile_inline: str = ""
    args: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    cache_from: tuple[str, ...] = ()
    no_cache: bool = False
    pull: bool = False
    network: str = ""
    target: str = ""
    tags: tuple[str, ...] = ()
    extra_hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shm_size: int = 0
    extensions: Mapping[str, Json] = field(default_factory=dict)
