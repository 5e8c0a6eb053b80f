"""`stop`: stop containers without removing them."""

from __future__ import annotations

from pycompose.cli import options
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: options.Running = None,
    *,
    dry_run: options.DryRun = False,
    timeout: options.Timeout = None,
) -> None:
    """Stop services.

    \b
    Examples:
      pycompose stop
      pycompose stop --timeout 30 web
    """
    from pycompose.app.lifecycle import stop
    from pycompose.app.options import StopOptions

    with opened(ctx, dry_run=dry_run) as session:
        stop(session, StopOptions(services=tuple(services or ()), timeout=timeout))
