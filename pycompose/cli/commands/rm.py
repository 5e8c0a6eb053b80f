"""`rm`: remove the stopped containers of services."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context,
    services: Annotated[
        list[str] | None, Argument("[SERVICE...]", states=("created", "exited", "dead"))
    ] = None,
    *,
    all: Annotated[bool, Option("-a", "--all", help="Has no effect any more", hidden=True)] = False,
    dry_run: options.DryRun = False,
    force: Annotated[bool, Option("-f", "--force", help="Do not ask whether to remove")] = False,
    stop: Annotated[bool, Option("-s", "--stop", help="Stop the containers first")] = False,
    volumes: Annotated[
        bool, Option("-v", "--volumes", help="Remove the containers' anonymous volumes, too")
    ] = False,
) -> None:
    """Remove stopped service containers.

    Named volumes are kept.

    \b
    Examples:
      pycompose rm
      pycompose rm --stop --force web
    """
    from pycompose.app.containers import remove
    from pycompose.app.options import RemoveOptions

    del all
    asked = RemoveOptions(services=tuple(services or ()), force=force, stop=stop, volumes=volumes)
    with opened(ctx, dry_run=dry_run) as session:
        remove(session, asked, lambda text: write(f"{text}\n"))
