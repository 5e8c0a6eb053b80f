"""One run of a command: from the global flags to an open Session, and back to a clean terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from pycompose.cli.interrupts import interrupts

if TYPE_CHECKING:
    from pycompose.app.session import Session
    from pycompose.ui.display import Display
    from pycompose.ui.logs import LogStyle


class GlobalFlags(NamedTuple):
    """The flags before the command, as typed; None and empty where they were not."""

    all_resources: bool = False
    allow_remote: bool = False
    ansi: str | None = None
    compatibility: bool = False
    config: str | None = None
    context: str | None = None
    debug: bool = False
    dry_run: bool = False
    error_format: str | None = None
    env_file: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    host: str | None = None
    lock_timeout: int | None = None
    log_level: str | None = None
    no_ansi: bool = False
    parallel: int | None = None
    profile: tuple[str, ...] = ()
    progress: str | None = None
    project_directory: str | None = None
    project_name: str | None = None
    tls: bool = False
    tlscacert: str | None = None
    tlscert: str | None = None
    tlskey: str | None = None
    tlsverify: bool = False
    verbose: bool = False
    version: bool = False
    workdir: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> GlobalFlags:
        """Return the flags with values by name, None and lists as the parser gives them."""
        given = {name: value for name, value in values.items() if value is not None}
        lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return cls(**{**given, **lists})


class Context(NamedTuple):
    """What a command is called with beside its own flags.

    `name` is the command's, `params` the values of all its parameters by name.
    """

    flags: GlobalFlags
    name: str
    params: Mapping[str, Any]


@contextmanager
def opened(
    ctx: Context, *, dry_run: bool = False, style: LogStyle | None = None
) -> Iterator[Session]:
    """Open the session of a command; afterwards the engine is let go and the display finished."""
    from pycompose.app.session import Session
    from pycompose.cancel import Cancel
    from pycompose.cli.settings import read
    from pycompose.ui.display import open_display

    settings = read(ctx.flags, dry_run=dry_run)
    cancel = Cancel()
    display = open_display(
        progress=settings.progress,
        ansi=settings.ansi,
        environment=settings.environment,
        dry_run=settings.dry_run,
        title=ctx.name,
        style=style,
        error_format=settings.error_format,
    )
    with interrupts(cancel), closing(display):
        session = Session(
            settings,
            emit=display,
            confirm=_confirm(display),
            cancel=cancel,
            command=f"pycompose {ctx.name}",
            settle=display.settle,
        )
        with closing(session):
            yield session


def _confirm(display: Display) -> Any:
    """Return the question asked of the user; the end of the input is a no."""

    def confirm(question: str) -> bool:
        display.settle()
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):
            sys.stderr.write("\n")
        return answer.strip().lower() in ("y", "yes")

    return confirm
