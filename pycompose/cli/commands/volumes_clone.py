"""`volumes clone`: what a volume holds, in another one."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError


def main(
    ctx: Context,
    words: Annotated[list[str] | None, Argument("VOLUME [NEW]", least=1, kinds=("volume",))] = None,
    *,
    dry_run: options.DryRun = False,
    image: options.HelperImage = "",
    pause: Annotated[bool, Option("--pause", help="Pause what uses the volume meanwhile")] = False,
    replace: options.Replace = False,
    stop: Annotated[bool, Option("--stop", help="Stop what uses the volumes meanwhile")] = False,
    to_project: Annotated[
        str,
        Option(
            "--to-project",
            metavar="NAME",
            help="Clone into a volume of this project",
            values="project",
        ),
    ] = "",
) -> None:
    """Copy a volume into another one.

    The engine copies, nothing comes here. A volume that does not exist is made as up would make it.

    \b
    Examples:
      pycompose volumes clone data data-before-upgrade --pause
      pycompose volumes clone data --to-project staging
    """
    from pycompose.app.clone import CloneOptions, clone
    from pycompose.ui.console import Console

    volume, *rest = words or [""]
    if len(rest) > 1:
        raise UsageError("'pycompose volumes clone' requires at most 2 arguments")
    if not rest and not to_project:
        raise UsageError("'pycompose volumes clone' needs a name for the clone, or --to-project")
    if pause and stop:
        raise UsageError("--pause and --stop are incompatible")
    asked = CloneOptions(
        volume=volume,
        new="".join(rest),
        to_project=to_project,
        manner="pause" if pause else "stop" if stop else "",
        replace=replace,
        image=image,
    )
    with opened(ctx, dry_run=dry_run) as session:
        clone(session, asked, Console())
