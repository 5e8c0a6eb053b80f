"""How a service's image is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.model.limits import Ulimit
from pycompose.model.mounts import Grant
from pycompose.model.values import EMPTY, Json


class Build(NamedTuple):
    """A service's `build` section.

    Fields stand in the order in which Docker Compose writes them. `context` is an absolute path or
    a URL; `dockerfile` is relative to it. An arg whose value is None is not passed on. An SSH key
    without a path is the agent's. `additional_contexts` are paths, URLs or `service:NAME`.

    Source: compose-spec build.md
    """

    context: str = ""
    dockerfile: str = ""
    dockerfile_inline: str = ""
    entitlements: tuple[str, ...] = ()
    args: Mapping[str, str | None] = EMPTY
    provenance: str = ""
    sbom: str = ""
    ssh: Mapping[str, str] = EMPTY
    labels: Mapping[str, str] = EMPTY
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    no_cache: bool = False
    no_cache_filter: tuple[str, ...] = ()
    additional_contexts: Mapping[str, str] = EMPTY
    pull: bool = False
    extra_hosts: Mapping[str, tuple[str, ...]] = EMPTY
    isolation: str = ""
    network: str = ""
    target: str = ""
    secrets: tuple[Grant, ...] = ()
    shm_size: int = 0
    tags: tuple[str, ...] = ()
    ulimits: Mapping[str, Ulimit] = EMPTY
    platforms: tuple[str, ...] = ()
    privileged: bool = False
    extensions: Mapping[str, Json] = EMPTY
