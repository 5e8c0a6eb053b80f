"""`project rename`: another name for a project."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    words: Annotated[list[str] | None, Argument("NEW", least=1, kinds=("",))] = None,
    *,
    dry_run: options.DryRun = False,
    image: options.HelperImage = "",
    remove_old: Annotated[
        bool, Option("--remove-old", help="Remove the old volumes once they are copied")
    ] = False,
) -> None:
    """Give a project another name.

    Its containers are stopped and made anew, its volumes copied. What ran runs afterwards. The old
    volumes are kept. If it is cut off, the same command finishes it.

    \b
    Examples:
      pycompose -p shop project rename store
      pycompose project rename store --dry-run
    """
    from pycompose.app.rename import RenameOptions, rename

    name = options.only(words or (), "project rename")
    with opened(ctx, dry_run=dry_run) as session:
        rename(session, RenameOptions(name=name, remove_old=remove_old, image=image))
