"""`pull_policy`: a text with a syntax of its own.

Source: compose-spec 05-services.md#pull_policy
"""

from __future__ import annotations

import re
from typing import Final

from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import string
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import Node

_PULLS: Final = ("always", "never", "missing", "build", "daily", "weekly")
_PULL: Final = re.compile(
    r"always|never|missing|if_not_present|build|daily|weekly|refresh|every_([0-9]+[wdhms])+",
    re.ASCII,
)


def pull_policy(node: Node) -> Node:
    """Return a pull policy as it is.

    Raises:
        Invalid: there is none of the kind.
    """
    if _PULL.fullmatch(string(node)):
        return node
    known = "'always', 'never', 'missing', 'build', 'daily', 'weekly' or 'every_12h'"
    hint = did_you_mean(string(node), _PULLS)
    raise Invalid(node.at, f"unknown pull policy {string(node)!r}, expected {known}", hint)
