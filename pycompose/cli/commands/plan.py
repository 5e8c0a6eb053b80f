"""`plan`: what `up` would do, as text or JSON; nothing is changed."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write
from pycompose.errors import UsageError

CHANGES = 2  # of --detailed-exitcode: there is something to do
PRIVATE = 0o600  # what runs where, and with which commands, is nobody else's business


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    always_recreate_deps: options.AlwaysRecreateDeps = False,
    build: options.Build = False,
    detailed_exitcode: Annotated[
        bool,
        Option(
            "--detailed-exitcode", help="Exit with 0 when nothing is to do, 2 when something is"
        ),
    ] = False,
    dry_run: options.DryRun = False,
    force_recreate: options.ForceRecreate = False,
    format: Annotated[
        str, Option("--format", help="text or json", values=("text", "json"))
    ] = "text",
    no_build: options.NoBuild = False,
    no_deps: options.NoDeps = False,
    no_recreate: options.NoRecreate = False,
    no_start: Annotated[
        bool, Option("--no-start", help="Plan without starting the containers")
    ] = False,
    output: Annotated[
        str,
        Option("-o", "--output", help="Save the plan in this file, for up --plan", values="file"),
    ] = "",
    pull: options.Pull = "policy",
    recreate_volumes: options.RecreateVolumes = False,
    remove_orphans: options.RemoveOrphans = None,
    renew_anon_volumes: options.RenewAnonVolumes = False,
    rolling: options.Rolling = None,
    scale: options.Scale = None,
    show_values: Annotated[
        bool,
        Option(
            "--show-values",
            help="Show the values of variables that change, unless they are named like secrets",
        ),
    ] = False,
    timeout: options.Timeout = None,
    wait: Annotated[
        bool, Option("--wait", help="Plan to wait until services run or are healthy")
    ] = False,
) -> int:
    """Show what up would do, step by step, without doing it.

    Each line names the steps that come before it, the step, and why it is needed. Below a container
    that is made anew stand the fields that changed, with the old and the new value.

    \b
    Examples:
      pycompose plan
      pycompose plan -o next.json && pycompose up -d --plan next.json
      pycompose plan --detailed-exitcode || echo "there is something to do"
    """
    from pycompose.app.saved import saved_text
    from pycompose.app.up import look_and_plan
    from pycompose.ui.display import colored
    from pycompose.ui.plans import render

    options.check(options.UP, ctx.params)
    if format not in ("text", "json"):
        raise UsageError(f'unsupported format "{format}", expected text or json')
    with opened(ctx, dry_run=dry_run) as session:
        asked = options.up(ctx.params, session.settings.environment)
        look = look_and_plan(session, asked)
        if output:
            write(saved_text(session, asked, look), output, mode=PRIVATE)
        if format == "text":  # JSON has them in it
            for notice in look.plan.notices:
                session.emit(notice)
        color = colored(session.settings.ansi, session.settings.environment)
    write(render(look.plan, format=format, values=show_values, color=color))
    return CHANGES if detailed_exitcode and look.plan.steps else 0
