"""`create`: what `up` does, short of starting."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    build: options.Build = False,
    dry_run: options.DryRun = False,
    force_recreate: options.ForceRecreate = False,
    no_build: options.NoBuild = False,
    no_recreate: options.NoRecreate = False,
    pull: options.Pull = "policy",
    quiet_pull: options.QuietPull = False,
    remove_orphans: Annotated[
        bool,
        Option("--remove-orphans", help="Remove containers of services that are in no file"),
    ] = False,
    scale: options.Scale = None,
    yes: options.Yes = False,
) -> int:
    """Create containers without starting them.

    \b
    Examples:
      pycompose create
      pycompose create --pull always web
    """
    from pycompose.app.up import up

    options.check(options.CREATE, ctx.params)
    with opened(ctx, dry_run=dry_run) as session:
        asked = {**ctx.params, "no_start": True}
        return up(session, options.up(asked, session.settings.environment))
