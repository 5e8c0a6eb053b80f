"""`pause`: freeze the processes of services."""

from __future__ import annotations

from pycompose.cli import options
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context, services: options.Running = None, *, dry_run: options.DryRun = False
) -> None:
    """Pause services.

    \b
    Examples:
      pycompose pause
      pycompose pause web
    """
    from pycompose.app.containers import pause

    with opened(ctx, dry_run=dry_run) as session:
        pause(session, tuple(services or ()))
