"""The sections of a service that have tables of their own: `build` and `deploy`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pycompose.loader.bind.values import (
    extensions,
    flag,
    hosts,
    number,
    octets,
    pairs,
    section,
    table,
    text,
    texts,
    variables,
)
from pycompose.loader.tree import Map, Node
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy


def build(node: Node) -> Build:
    """Return a service's `build` section."""
    found: Build = _BUILD(node)
    own = extensions(node) if isinstance(node, Map) else {}
    return replace(found, extensions=own) if own else found


_BUILD: Final = section(
    table(
        context=text,
        dockerfile=text,
        dockerfile_inline=text,
        args=variables,
        labels=pairs,
        cache_from=texts,
        no_cache=flag,
        pull=flag,
        network=text,
        target=text,
        tags=texts,
        extra_hosts=hosts,
        shm_size=octets,
    ),
    Build,
)
DEPLOY: Final = section(table(replicas=number), Deploy)
