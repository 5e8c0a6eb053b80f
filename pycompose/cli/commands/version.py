"""`version`: which pycompose this is."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context
from pycompose.cli.output import write
from pycompose.version import VERSION


def main(
    ctx: Context,
    *,
    dry_run: options.DryRun = False,
    format: Annotated[
        str, Option("-f", "--format", help="pretty or json", values=("pretty", "json"))
    ] = "pretty",
    short: Annotated[bool, Option("--short", help="Print only the number")] = False,
) -> None:
    """Show the version of pycompose.

    \b
    Examples:
      pycompose version
      pycompose version --short
    """
    del ctx, dry_run
    if short:
        text = VERSION
    elif format == "json":
        text = f'{{"version":"v{VERSION}"}}'
    else:
        text = f"pycompose version v{VERSION}"
    write(f"{text}\n")
