"""`version`: which pycompose this is."""

from __future__ import annotations

from typing import Annotated

import typer

from pycompose.cli import options
from pycompose.version import VERSION


def main(
    *,
    dry_run: options.DryRun = False,
    format: Annotated[str, typer.Option("-f", "--format", help="pretty or json")] = "pretty",
    short: Annotated[bool, typer.Option("--short", help="Print only the number")] = False,
) -> None:
    """Show the version of pycompose.

    \b
    Examples:
      pycompose version
      pycompose version --short
    """
    del dry_run
    if short:
        typer.echo(VERSION)
    elif format == "json":
        typer.echo(f'{{"version":"v{VERSION}"}}')
    else:
        typer.echo(f"pycompose version v{VERSION}")
