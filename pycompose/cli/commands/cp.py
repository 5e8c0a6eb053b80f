"""`cp`: files between containers and this machine."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    words: Annotated[
        list[str] | None,
        Argument(
            "SERVICE:SRC_PATH DEST_PATH|- | SRC_PATH|- SERVICE:DEST_PATH",
            least=2,
            kinds=("service:", "service:"),
            states=options.STATES,
        ),
    ] = None,
    *,
    all: Annotated[bool, Option("--all", help="Reach containers of run, too")] = False,
    archive: Annotated[bool, Option("-a", "--archive", help="Keep owners")] = False,
    dry_run: options.DryRun = False,
    follow_link: Annotated[
        bool, Option("-L", "--follow-link", help="Copy what a link leads to, not the link")
    ] = False,
    index: options.Index = 0,
) -> None:
    """Copy files between a service and this machine.

    Into a service, every container of it gets them; from one, the first container has them.

    \b
    Examples:
      pycompose cp ./nginx.conf web:/etc/nginx/
      pycompose cp db:/var/lib/data ./data
      pycompose cp web:/srv - | tar t
    """
    from pycompose.app.copy import copy
    from pycompose.app.inner import CopyOptions
    from pycompose.ui.console import Console

    source, target = options.exactly(words or (), 2, "cp")
    asked = CopyOptions(
        source=source,
        target=target,
        all=all,
        archive=archive,
        follow_link=follow_link,
        index=index,
    )
    with opened(ctx, dry_run=dry_run) as session:
        copy(session, asked, Console())
