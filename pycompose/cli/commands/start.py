"""`start`: start containers that exist."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: Annotated[
        list[str] | None, Argument("[SERVICE...]", states=("created", "exited"))
    ] = None,
    *,
    dry_run: options.DryRun = False,
    wait: Annotated[bool, Option("--wait", help="Wait until services run or are healthy")] = False,
    wait_timeout: options.WaitTimeout = None,
) -> None:
    """Start services.

    Only containers that exist are started, with those of the services they depend on,
    in that order.

    \b
    Examples:
      pycompose start
      pycompose start --wait db
    """
    from pycompose.app.lifecycle import start
    from pycompose.app.options import StartOptions

    limit = options.seconds("--wait-timeout", wait_timeout)
    with opened(ctx, dry_run=dry_run) as session:
        asked = StartOptions(services=tuple(services or ()), wait=wait, wait_timeout=limit)
        start(session, asked)
