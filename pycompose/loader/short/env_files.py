"""`env_file`: a path, or a list of paths and mappings, to a list of mappings.

Source: compose-spec 05-services.md#env_file
"""

from __future__ import annotations

from pycompose.loader.short.lists import member
from pycompose.loader.tree import Map, Node


def env_file(node: Node) -> Node:
    """Return one entry of `env_file` in long form."""
    return node if isinstance(node, Map) else Map({"path": node}, node.at)


def env_file_key(node: Node) -> str:
    """Return what makes an entry the same as another one: its path."""
    return member(node, "path")
