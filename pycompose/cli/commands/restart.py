"""`restart`: stop and start containers as they are."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: options.Present = None,
    *,
    dry_run: options.DryRun = False,
    no_deps: Annotated[
        bool, Option("--no-deps", help="Leave services alone that depend on them")
    ] = False,
    timeout: options.Timeout = None,
) -> None:
    """Restart service containers.

    Changes of the Compose file are not picked up: that is what up does.

    \b
    Examples:
      pycompose restart
      pycompose restart --no-deps web
    """
    from pycompose.app.lifecycle import restart
    from pycompose.app.options import StopOptions

    with opened(ctx, dry_run=dry_run) as session:
        asked = StopOptions(services=tuple(services or ()), timeout=timeout, no_deps=no_deps)
        restart(session, asked)
