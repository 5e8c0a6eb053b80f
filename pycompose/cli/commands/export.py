"""`export`: the file system of a container as a tar."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: Annotated[
        list[str] | None, Argument("SERVICE", least=1, states=options.STATES)
    ] = None,
    *,
    dry_run: options.DryRun = False,
    index: options.Index = 0,
    output: Annotated[
        str,
        Option(
            "-o", "--output", help="Write to a file, in place of standard output", values="file"
        ),
    ] = "",
) -> None:
    """Export a service container's filesystem as a tar archive.

    \b
    Examples:
      pycompose export -o web.tar web
      pycompose export web | tar t
    """
    from pycompose.app.keep import export
    from pycompose.ui.console import Console

    service = options.only(services or (), "export")
    with opened(ctx, dry_run=dry_run) as session:
        export(session, service, index=index, output=output, console=Console())
