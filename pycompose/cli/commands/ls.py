"""`ls`: the projects of an engine."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write
from pycompose.errors import UsageError


def main(
    ctx: Context,
    *,
    all: Annotated[bool, Option("-a", "--all", help="Show projects that do not run, too")] = False,
    dry_run: options.DryRun = False,
    filter: Annotated[
        str,
        Option("--filter", help="name=NAME, or a regular expression for names", values=("name=",)),
    ] = "",
    format: options.Format = "table",
    quiet: options.OnlyNames = False,
) -> None:
    """List running Compose projects.

    \b
    Examples:
      pycompose ls
      pycompose ls --all --format json
    """
    from pycompose.app.looks import projects
    from pycompose.ui import looks

    key, _, name = filter.partition("=")
    if filter and key != "name":
        raise UsageError(f"invalid filter '{key}'")
    with opened(ctx, dry_run=dry_run) as session:
        found = projects(session, all=all, name=name)
    write(looks.projects(found, "{{.Name}}" if quiet else format))
