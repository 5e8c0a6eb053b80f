"""`ps`: the containers of a project."""

from __future__ import annotations

import time
from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    all: Annotated[
        bool, Option("-a", "--all", help="Show stopped containers and one-off ones, too")
    ] = False,
    dry_run: options.DryRun = False,
    filter: Annotated[
        str,
        Option(
            "--filter",
            help="status=STATUS, as --status",
            values=tuple(f"status={state}" for state in options.STATES),
        ),
    ] = "",
    format: Annotated[
        str,
        Option(
            "--format",
            help="table, json, 'table TEMPLATE' or a Go TEMPLATE",
            values=("table", "json"),
        ),
    ] = "table",
    no_trunc: Annotated[bool, Option("--no-trunc", help="Cut nothing short")] = False,
    orphans: Annotated[
        bool, Option("--orphans", help="Show services that are in no file, too")
    ] = True,
    quiet: Annotated[bool, Option("-q", "--quiet", help="Print only the ids")] = False,
    services_only: Annotated[
        bool, Option("--services", help="Print only the names of services")
    ] = False,
    status: Annotated[
        list[str] | None,
        Option(
            "--status",
            help="Show containers that are created, running, paused, restarting, removing, exited"
            " or dead; repeatable",
            values=options.STATES,
        ),
    ] = None,
) -> None:
    """List containers.

    \b
    Examples:
      pycompose ps
      pycompose ps --all --format json
      pycompose ps --format 'table {{.Name}}\\t{{.Status}}'
    """
    from pycompose.app.inspect import ps
    from pycompose.app.options import PsOptions
    from pycompose.ui.tables import listed

    states = options.states(status, filter)
    with opened(ctx, dry_run=dry_run) as session:
        asked = PsOptions(services=tuple(services or ()), all=all, orphans=orphans, status=states)
        containers = ps(session, asked)
        shape = "ids" if quiet else "services" if services_only else format
        text = listed(
            containers,
            project=session.project_name,
            now=time.time(),
            format=shape,
            truncate=not no_trunc,
        )
    write(text)
