"""`top`: the processes in containers."""

from __future__ import annotations

from pycompose.cli import options
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context, services: options.Running = None, *, dry_run: options.DryRun = False
) -> None:
    """Display the running processes.

    \b
    Examples:
      pycompose top
      pycompose top web
    """
    from pycompose.app.looks import top
    from pycompose.ui import looks

    with opened(ctx, dry_run=dry_run) as session:
        found = top(session, tuple(services or ()))
    write(looks.top(found))
