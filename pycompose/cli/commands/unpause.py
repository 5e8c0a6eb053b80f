"""`unpause`: let the processes of paused services go on."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: Annotated[list[str] | None, Argument("[SERVICE...]", states=("paused",))] = None,
    *,
    dry_run: options.DryRun = False,
) -> None:
    """Unpause services.

    \b
    Examples:
      pycompose unpause
      pycompose unpause web
    """
    from pycompose.app.containers import unpause

    with opened(ctx, dry_run=dry_run) as session:
        unpause(session, tuple(services or ()))
