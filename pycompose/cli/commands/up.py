"""`up`: create and start containers, and show their output unless detached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened

if TYPE_CHECKING:
    from pycompose.app.session import Session

Names = list[str] | None
FILE_WIDTH: Final = 100  # columns of a chart that goes to a file


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    abort_on_container_exit: Annotated[
        bool,
        Option("--abort-on-container-exit", help="Stop everything once a container ends"),
    ] = False,
    abort_on_container_failure: Annotated[
        bool,
        Option("--abort-on-container-failure", help="Stop everything once a container fails"),
    ] = False,
    always_recreate_deps: options.AlwaysRecreateDeps = False,
    attach: Annotated[
        Names,
        Option(
            "--attach", help="Show the output of this service only; repeatable", values="service"
        ),
    ] = None,
    attach_dependencies: Annotated[
        bool, Option("--attach-dependencies", help="Show the output of dependencies, too")
    ] = False,
    build: options.Build = False,
    detach: Annotated[
        bool, Option("-d", "--detach", help="Leave the containers in the background")
    ] = False,
    dry_run: options.DryRun = False,
    exit_code_from: Annotated[
        str | None,
        Option(
            "--exit-code-from", help="Exit with this service's code, once it ends", values="service"
        ),
    ] = None,
    force_recreate: options.ForceRecreate = False,
    menu: Annotated[
        bool, Option("--menu", help="Interactive shortcuts; accepted, there are none yet")
    ] = False,
    no_attach: Annotated[
        Names,
        Option("--no-attach", help="Hide the output of this service; repeatable", values="service"),
    ] = None,
    no_build: options.NoBuild = False,
    no_color: options.NoColor = False,
    no_deps: options.NoDeps = False,
    no_log_prefix: options.NoLogPrefix = False,
    no_recreate: options.NoRecreate = False,
    no_start: Annotated[
        bool, Option("--no-start", help="Create the containers without starting them")
    ] = False,
    plan: Annotated[
        str,
        Option(
            "--plan",
            help="Carry out a plan saved by plan -o, if nothing has moved since",
            values="file",
        ),
    ] = "",
    pull: options.Pull = "policy",
    quiet_build: options.QuietBuild = False,
    quiet_pull: options.QuietPull = False,
    recreate_volumes: options.RecreateVolumes = False,
    remove_orphans: options.RemoveOrphans = None,
    renew_anon_volumes: options.RenewAnonVolumes = False,
    rolling: options.Rolling = None,
    scale: options.Scale = None,
    timeout: options.Timeout = None,
    timings: Annotated[
        str | None,
        Option(
            "--timings",
            metavar="[=FILE]",
            help="Print, or write to FILE, what waited for what; as SVG where FILE ends in .svg",
            values="file",
            bare="",
        ),
    ] = None,
    timestamps: Annotated[
        bool, Option("--timestamps", help="Print the time before each log line")
    ] = False,
    wait: Annotated[
        bool, Option("--wait", help="Wait until services run or are healthy, detached")
    ] = False,
    wait_timeout: options.WaitTimeout = None,
    watch: Annotated[
        bool, Option("-w", "--watch", help="Refresh containers when sources change")
    ] = False,
    yes: options.Yes = False,
) -> int:
    """Create and start containers.

    Containers whose configuration or image has changed are made anew; volumes are kept. Without
    --detach their output is shown, and an interrupt stops them.

    \b
    Examples:
      pycompose up -d
      pycompose up --build --wait web
      pycompose up --wait --timings
    """
    from pycompose.app.up import up
    from pycompose.ui.logs import LogStyle

    options.check(options.UP, ctx.params)
    options.unsupported(ctx.params, "watch")
    text = options.saved_plan(ctx.params)
    style = LogStyle(prefix=not no_log_prefix, color=not no_color, follow=True, split=True)
    with opened(ctx, dry_run=dry_run, style=style) as session:
        asked = options.up(ctx.params, session.settings.environment)
        try:
            if text is not None:
                from pycompose.app.saved import up_saved

                return up_saved(session, asked, text, plan)
            return up(session, asked)
        finally:
            if timings is not None:
                session.settle()
                _write_timings(session, timings)


def _write_timings(session: Session, file: str) -> None:
    from shutil import get_terminal_size

    from pycompose.cli.output import write
    from pycompose.plan.timings import chart
    from pycompose.ui import timings

    found = chart(session.carried)
    if file.endswith(".svg"):
        write(timings.svg(found), file)
    else:
        width = FILE_WIDTH if file else get_terminal_size((FILE_WIDTH, 0)).columns
        write(timings.text(found, width), file)
