"""`volumes`: the volumes of a project."""

from __future__ import annotations

from pycompose.cli import options
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    format: options.Format = "table",
    quiet: options.OnlyNames = False,
) -> None:
    """List volumes.

    \b
    Examples:
      pycompose volumes
      pycompose volumes --quiet db
    """
    from pycompose.app.looks import volumes
    from pycompose.ui.listing import listing
    from pycompose.ui.looks import VOLUMES

    with opened(ctx, dry_run=dry_run) as session:
        found = volumes(session, tuple(services or ()))
    write(listing(found, VOLUMES, "{{.Name}}" if quiet else format))
