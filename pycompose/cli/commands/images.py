"""`images`: the images of containers."""

from __future__ import annotations

import time

from pycompose.cli import options
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    format: options.Format = "table",
    quiet: options.OnlyIds = False,
) -> None:
    """List images used by the created containers.

    \b
    Examples:
      pycompose images
      pycompose images --format json web
    """
    from pycompose.app.looks import images
    from pycompose.ui import looks

    with opened(ctx, dry_run=dry_run) as session:
        found = images(session, tuple(services or ()))
    if quiet:
        ids = dict.fromkeys(used.id.removeprefix("sha256:") for used in found)
        write("".join(f"{id}\n" for id in ids))
    else:
        write(looks.images(found, now=time.time(), format=format))
