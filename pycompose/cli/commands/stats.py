"""`stats`: what containers use of the machine."""

from __future__ import annotations

import sys
from typing import Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write

HOME: Final = "\x1b[H"  # the cursor to the first line
CLEAR: Final = "\x1b[K\n"  # what is left of a line is cleared, then the next one
BELOW: Final = "\x1b[J"  # what is left of the screen is cleared


def main(
    ctx: Context,
    services: options.Running = None,
    *,
    all: Annotated[bool, Option("-a", "--all", help="Show stopped containers, too")] = False,
    dry_run: options.DryRun = False,
    format: options.Format = "table",
    no_stream: Annotated[bool, Option("--no-stream", help="Look once and end")] = False,
    no_trunc: Annotated[bool, Option("--no-trunc", help="Cut nothing short")] = False,
) -> None:
    """Display a live stream of container resource usage.

    \b
    Examples:
      pycompose stats
      pycompose stats --no-stream --format json web
    """
    from pycompose.app.looks import samples
    from pycompose.observe import together
    from pycompose.ui import looks

    live = not no_stream and sys.stdout.isatty() and format in ("", "table")
    with opened(ctx, dry_run=dry_run) as session:
        if live:
            write(f"{HOME}\x1b[2J")
        while True:
            found = together(samples(session, tuple(services or ()), all=all))
            text = looks.stats(found, format=format, truncate=not no_trunc)
            write(f"{HOME}{text.replace(chr(10), CLEAR)}{BELOW}" if live else text)
            if no_stream:
                return
