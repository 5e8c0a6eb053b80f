"""No progress at all; warnings still show."""

from __future__ import annotations

from typing import TextIO

from pycompose.events import Event, Notice
from pycompose.ui.text import printable


class Quiet:
    """A sink that writes nothing but warnings."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __call__(self, event: Event) -> None:
        """Write a warning, pass over the rest."""
        if isinstance(event, Notice) and event.level == "warning":
            self.out.write(f"warning: {printable(event.message, lines=True)}\n")
            self.out.flush()

    def settle(self) -> None:
        """Do nothing: what is written stays."""

    def close(self) -> None:
        """Do nothing: what is written stays."""
