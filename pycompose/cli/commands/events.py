"""`events`: what happens to containers."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    json: Annotated[bool, Option("--json", help="Print each event as a JSON object")] = False,
    since: Annotated[
        str, Option("--since", help="Begin with events of the past: a time, or 10m")
    ] = "",
    until: Annotated[str, Option("--until", help="End with events of a time")] = "",
) -> None:
    """Receive real time events from containers.

    \b
    Examples:
      pycompose events --json
      pycompose events --since 1h --until 0s web
    """
    from pycompose.app.looks import events
    from pycompose.moments import moment
    from pycompose.ui import looks

    with opened(ctx, dry_run=dry_run) as session:
        found = events(session, tuple(services or ()), since=moment(since), until=moment(until))
        for each in found:
            write(looks.event(each, json=json))
