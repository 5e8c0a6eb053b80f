"""`down`: stop and remove what `up` made."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    fast: Annotated[
        bool, Option("--fast", help="Kill all containers at once, without order, grace or hooks")
    ] = False,
    remove_orphans: options.RemoveOrphans = None,
    rmi: Annotated[
        str,
        Option(
            "--rmi",
            help="Remove images: all, or local for those without a tag",
            values=("all", "local"),
        ),
    ] = "",
    timeout: options.Timeout = None,
    volumes: Annotated[
        bool, Option("-v", "--volumes", help="Remove the volumes, and the data in them")
    ] = False,
) -> None:
    """Stop and remove containers and networks.

    \b
    Examples:
      pycompose down
      pycompose down --volumes --rmi local
      pycompose down --fast
    """
    from pycompose.app.lifecycle import down
    from pycompose.app.options import DownOptions

    images = options.images(rmi)
    if fast and timeout is not None:
        raise UsageError("--fast and --timeout are incompatible")
    with opened(ctx, dry_run=dry_run) as session:
        asked = DownOptions(
            services=tuple(services or ()),
            remove_orphans=options.orphans(remove_orphans, session.settings.environment),
            rmi=images,
            timeout=timeout,
            volumes=volumes,
            fast=fast,
        )
        down(session, asked)
