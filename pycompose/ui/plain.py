"""Progress as lines: one for each thing that happens, for pipes, files and old terminals."""

from __future__ import annotations

from typing import TextIO

from pycompose.events import Event, LogLine, Notice, Progress, StepEvent
from pycompose.ui.text import printable


class Plain:
    """A sink that writes a line for each event: ` Container demo-web-1 Created `.

    `prefix` stands before each of them (the mark of a dry run). Of a transfer only the changes of
    its phase are told. Log lines are not its affair.

    Source: docker/compose v5 cmd/display/plain.go
    """

    def __init__(self, out: TextIO, *, prefix: str = "") -> None:
        self.out = out
        self.prefix = prefix
        self.phases: dict[tuple[str, str], str] = {}

    def __call__(self, event: Event) -> None:
        """Write one event."""
        match event:
            case StepEvent():
                self.write(event.id, event.text, event.detail)
            case Progress():
                key = (event.parent, event.id)
                if self.phases.get(key) != event.text:
                    self.phases[key] = event.text
                    self.write(event.id, event.text, "")
            case Notice():
                label = "warning: " if event.level == "warning" else ""
                self.out.write(f"{label}{printable(event.message, lines=True)}\n")
                self.out.flush()
            case LogLine():
                return

    def write(self, *fields: str) -> None:
        """Write one line of fields."""
        line = " ".join(printable(field) for field in fields)
        self.out.write(f"{self.prefix} {line}\n")
        self.out.flush()

    def settle(self) -> None:
        """Do nothing: what is written stays."""

    def close(self) -> None:
        """Do nothing: what is written stays."""
