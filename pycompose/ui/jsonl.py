"""Progress for programs: one JSON object a line."""

from __future__ import annotations

import json
from typing import Final, TextIO

from pycompose.events import Event, LogLine, Notice, Progress, StepEvent
from pycompose.model.values import Json

_STATUS: Final = {
    "working": "Working",
    "done": "Done",
    "failed": "Error",
    "skipped": "Skipped",
    "warning": "Warning",
}


class Jsonl:
    """A sink that writes each event as a JSON object; keys without a value are left out.

    Source: docker/compose v5 cmd/display/json.go
    """

    def __init__(self, out: TextIO, *, dry_run: bool = False) -> None:
        self.out = out
        self.dry_run = dry_run

    def __call__(self, event: Event) -> None:
        """Write one event; log lines are not its affair."""
        match event:
            case StepEvent():
                self.write(
                    id=event.id,
                    status=_STATUS[event.status],
                    text=event.text,
                    details=event.detail,
                )
            case Progress():
                self.write(
                    id=event.id,
                    parent_id=event.parent,
                    status="Working",
                    text=event.text,
                    current=event.current,
                    total=event.total,
                    percent=min(100, 100 * event.current // event.total) if event.total else 0,
                )
            case Notice():
                self.write(level=event.level, msg=event.message)
            case LogLine():
                return

    def write(self, **fields: Json) -> None:
        """Write one object."""
        mark = {"dry-run": True} if self.dry_run else {}
        given = {name: value for name, value in fields.items() if value}
        self.out.write(json.dumps({**mark, **given}, separators=(",", ":")) + "\n")
        self.out.flush()

    def settle(self) -> None:
        """Do nothing: what is written stays."""

    def close(self) -> None:
        """Do nothing: what is written stays."""
