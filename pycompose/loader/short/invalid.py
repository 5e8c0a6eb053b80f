"""What a short syntax says of a node it cannot read; the caller knows the path to it."""

from __future__ import annotations

from pycompose.errors import Position
from pycompose.loader.tree import Path


class Invalid(ValueError):
    """A node that has no long form.

    `at` is the place of the offending value, `below` the path to it from the node that was to be
    read, `hint` an example that would work.
    """

    def __init__(self, at: Position, message: str, hint: str = "", *, below: Path = ()) -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.hint = hint
        self.below = below
