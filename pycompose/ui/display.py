"""Which renderer: flags, environment and terminals in, one sink for every kind of event out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol, TextIO

from pycompose.errors import ErrorFormat
from pycompose.events import Event, LogLine, Notice
from pycompose.ui.jsonl import Jsonl
from pycompose.ui.logs import Logs, LogStyle
from pycompose.ui.plain import Plain
from pycompose.ui.problems import problem as problem_text
from pycompose.ui.quiet import Quiet
from pycompose.ui.reports import message, problem

DRY_RUN: Final = " DRY-RUN MODE - "
NONE: Final[Mapping[str, str]] = MappingProxyType({})


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

    def __init__(
        self,
        progress: Renderer,
        logs: Logs,
        *,
        error_format: ErrorFormat = "text",
        source: bool = False,
    ) -> None:
        self.progress = progress
        self.logs = logs
        self.error_format = error_format
        self.source = source
        self.live = False

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if type(event) is LogLine:
            if self.live:
                self.settle()
            self.logs(event)
        else:
            if not self.live:
                self.live = True
                self.logs.flush()
            if type(event) is Notice and event.level == "warning":
                self.warn(event)
            else:
                self.progress(event)

    def warn(self, notice: Notice) -> None:
        """Show a warning: among the progress, or on standard error in the format asked for."""
        form, item = self.error_format, notice.problem
        if form != "text":
            self.progress.settle()
            told = problem(item, form) if item else message(notice.message, form, "warning")
            sys.stderr.write(f"{told}\n")
            sys.stderr.flush()
        elif item is not None and self.source:
            unlabelled = item._replace(severity="error")  # the label is the renderer's
            text = problem_text(unlabelled, source=True)
            self.progress(notice._replace(message=text))
        else:
            self.progress(notice)

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


def open_display(
    *,
    progress: str = "auto",
    ansi: str = "auto",
    environment: Mapping[str, str] = NONE,
    dry_run: bool = False,
    title: str = "",
    style: LogStyle | None = None,
    error_format: ErrorFormat = "text",
) -> Display:
    """Return the sink that the flags, the environment and the terminals ask for.

    `progress`, `ansi` and `error_format` are those of `Settings`; `title` stands above progress.

    Source: rules 156-158, 143 of compose.md
    """
    color = _may_color(ansi, environment)
    moved = environment.get("COMPOSE_STATUS_STDOUT", "").strip().lower() in ("1", "t", "true", "y")
    out = sys.stdout if moved else sys.stderr
    if progress == "auto":
        terminal = out.isatty() and environment.get("TERM") != "dumb"
        wanted = ansi == "always" or (ansi == "auto" and terminal)
        progress = "tty" if wanted else "plain"
    logs = Logs(
        sys.stdout.buffer,
        sys.stderr.buffer,
        style or LogStyle(),
        color=colored(ansi, environment),
        terminal=sys.stdout.isatty(),
    )
    renderer = _renderer(progress, out, dry_run=dry_run, title=title, color=color)
    source = progress != "json" and out.isatty()
    return Display(renderer, logs, error_format=error_format, source=source)


def colored(ansi: str, environment: Mapping[str, str]) -> bool:
    """Tell whether what goes to standard output has colours; as for `open_display`."""
    return _may_color(ansi, environment) and (sys.stdout.isatty() or ansi == "always")


def _may_color(ansi: str, environment: Mapping[str, str]) -> bool:
    return ansi != "never" and not environment.get("NO_COLOR")


def _renderer(progress: str, out: TextIO, *, dry_run: bool, title: str, color: bool) -> Renderer:
    prefix = DRY_RUN if dry_run else ""
    match progress:
        case "tty":
            from pycompose.ui.tty import Tty

            return Tty(out, title=title, prefix=prefix, color=color)
        case "json":
            return Jsonl(out, dry_run=dry_run)
        case "quiet":
            return Quiet(out)
        case _:
            return Plain(out, prefix=prefix)
