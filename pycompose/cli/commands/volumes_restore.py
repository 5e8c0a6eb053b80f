"""`volumes restore`: what a backup holds, in a volume again."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError


def main(
    ctx: Context,
    words: Annotated[
        list[str] | None, Argument("FILE [VOLUME]", least=1, kinds=("file", "volume"))
    ] = None,
    *,
    dry_run: options.DryRun = False,
    image: options.HelperImage = "",
    replace: options.Replace = False,
    stop: options.StopUsers = False,
) -> None:
    """Restore a volume from a backup.

    The whole backup is checked before anything changes. A volume that does not exist is made as up
    would make it; one that is in use, or not empty, is refused.

    \b
    Examples:
      pycompose volumes restore data.tar.gz
      pycompose volumes restore --stop --replace data.tar data
      pycompose -p demo volumes restore - <data.tar
    """
    from pycompose.app.backup import RestoreOptions, restore
    from pycompose.ui.console import Console

    file, *rest = words or [""]
    if len(rest) > 1:
        raise UsageError("'pycompose volumes restore' requires at most 2 arguments")
    asked = RestoreOptions(file=file, volume="".join(rest), replace=replace, stop=stop, image=image)
    with opened(ctx, dry_run=dry_run) as session:
        restore(session, asked, Console())
