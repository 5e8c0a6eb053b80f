"""What of the machine that a command runs on goes into requests; a value, read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.model.values import EMPTY


class Surroundings(NamedTuple):
    """What files beside the Compose files say.

    `profiles` are the texts of the files that `security_opt` names, by their paths as written.
    """

    profiles: Mapping[str, str] = EMPTY
