"""`kill`: send a signal to the containers of services."""

from __future__ import annotations

from typing import Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened

SIGNALS: Final = (
    *("SIGHUP", "SIGINT", "SIGKILL", "SIGQUIT", "SIGSTOP", "SIGTERM"),
    *("SIGCONT", "SIGUSR1", "SIGUSR2", "SIGWINCH"),
)


def main(
    ctx: Context,
    services: options.Running = None,
    *,
    dry_run: options.DryRun = False,
    remove_orphans: Annotated[
        bool | None,
        Option("--remove-orphans", help="Reach containers of all services, also those in no file"),
    ] = None,
    signal: Annotated[
        str, Option("-s", "--signal", help="Signal to send to the container", values=SIGNALS)
    ] = "SIGKILL",
) -> None:
    """Force stop service containers.

    \b
    Examples:
      pycompose kill
      pycompose kill --signal SIGHUP web
    """
    from pycompose.app.containers import kill
    from pycompose.app.options import KillOptions

    with opened(ctx, dry_run=dry_run) as session:
        asked = KillOptions(
            services=tuple(services or ()),
            signal=signal,
            remove_orphans=options.orphans(remove_orphans, session.settings.environment),
        )
        kill(session, asked)
