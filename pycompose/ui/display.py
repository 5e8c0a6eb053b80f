"""Which renderer: settings and terminals in, one sink for every kind of event out."""

from __future__ import annotations

import sys
from typing import Final, Protocol, TextIO

from pycompose.app.settings import Settings
from pycompose.events import Event, LogLine
from pycompose.ui.jsonl import Jsonl
from pycompose.ui.logs import Logs, LogStyle
from pycompose.ui.plain import Plain
from pycompose.ui.quiet import Quiet
from pycompose.ui.tty import Tty

DRY_RUN: Final = " DRY-RUN MODE - "


class Renderer(Protocol):
    """A sink of progress."""

    def __call__(self, event: Event) -> None:
        """Show one event."""

    def settle(self) -> None:
        """Leave what is shown for good; something else is about to write to the terminal."""

    def close(self) -> None:
        """Leave the last state shown."""


class Display:
    """The sink of a command: log lines go one way, everything else the other."""

    def __init__(self, progress: Renderer, logs: Logs) -> None:
        self.progress = progress
        self.logs = logs
        self.live = False

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if type(event) is LogLine:
            if self.live:
                self.settle()
            self.logs(event)
        else:
            self.live = True
            self.progress(event)

    def settle(self) -> None:
        """Leave the progress shown as it is, before somebody else writes to the terminal."""
        self.live = False
        self.progress.settle()

    def close(self) -> None:
        """Finish both; everything that was shown is on its way."""
        try:
            self.logs.flush()
        finally:
            self.progress.close()


def open_display(settings: Settings, *, title: str = "", style: LogStyle | None = None) -> Display:
    """Return the sink that settings, NO_COLOR and the terminals ask for.

    Source: rules 156-158, 143 of compose.md
    """
    environment = settings.environment
    color = settings.ansi != "never" and not environment.get("NO_COLOR")
    moved = environment.get("COMPOSE_STATUS_STDOUT", "").strip().lower() in ("1", "t", "true", "y")
    out = sys.stdout if moved else sys.stderr
    logs = Logs(
        sys.stdout.buffer,
        sys.stderr.buffer,
        style or LogStyle(),
        color=color and (sys.stdout.isatty() or settings.ansi == "always"),
    )
    return Display(renderer(settings, out, title=title, color=color), logs)


def renderer(settings: Settings, out: TextIO, *, title: str, color: bool) -> Renderer:
    """Return the sink of progress that settings and the terminal ask for."""
    mode = settings.progress
    if mode == "auto":
        terminal = out.isatty() and settings.environment.get("TERM") != "dumb"
        wanted = settings.ansi == "always" or (settings.ansi == "auto" and terminal)
        mode = "tty" if wanted else "plain"
    prefix = DRY_RUN if settings.dry_run else ""
    if mode == "tty":
        return Tty(out, title=title, prefix=prefix, color=color)
    if mode == "json":
        return Jsonl(out, dry_run=settings.dry_run)
    return Quiet(out) if mode == "quiet" else Plain(out, prefix=prefix)
