"""`logs`: what containers have printed."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError


def main(
    ctx: Context,
    services: options.Present = None,
    *,
    dry_run: options.DryRun = False,
    follow: Annotated[bool, Option("-f", "--follow", help="Go on as lines come")] = False,
    format: Annotated[
        str, Option("--format", help="text, or json for an object a line", values=("text", "json"))
    ] = "text",
    grep: Annotated[
        str, Option("--grep", help="Only lines that match this regular expression")
    ] = "",
    index: Annotated[
        int, Option("--index", help="Number of the container, where a service has several")
    ] = 0,
    level: Annotated[
        str,
        Option(
            "--level",
            help="Only lines of this level and above: debug, info, warning, ...",
            values=("debug", "info", "warning", "error", "fatal"),
        ),
    ] = "",
    no_color: options.NoColor = False,
    no_log_prefix: options.NoLogPrefix = False,
    service_order: Annotated[
        bool, Option("--service-order", help="One container after the other, not by time")
    ] = False,
    since: Annotated[
        str, Option("--since", help="From this time on, 2013-01-02T13:23:37Z or 42m ago")
    ] = "",
    tail: Annotated[
        str, Option("-n", "--tail", help="Most lines of each container, all for no limit")
    ] = "all",
    timestamps: Annotated[
        bool, Option("-t", "--timestamps", help="Print the time before each line")
    ] = False,
    until: Annotated[
        str, Option("--until", help="Up to this time, 2013-01-02T13:23:37Z or 42m ago")
    ] = "",
) -> int:
    """View output from containers.

    \b
    Examples:
      pycompose logs
      pycompose logs -f --tail 20 web
      pycompose logs --level warning --grep timeout
    """
    from pycompose.app.inner import LogsOptions
    from pycompose.app.inspect import logs
    from pycompose.ui.logs import LogStyle

    options.single_service(index, services)
    if format not in ("text", "json"):
        raise UsageError(f'unsupported format "{format}", expected text or json')
    sources: dict[str, tuple[str, str, int]] = {}
    style = LogStyle(
        prefix=not no_log_prefix,
        color=not no_color,
        follow=follow,
        json=format == "json",
        sources=sources,
    )
    with opened(ctx, dry_run=dry_run, style=style) as session:
        asked = LogsOptions(
            services=tuple(services or ()),
            follow=follow,
            grep=grep,
            index=index,
            level=level,
            service_order=service_order,
            timed=format == "json",
            since=since,
            tail=tail,
            timestamps=timestamps,
            until=until,
        )
        return logs(session, asked, sources)
