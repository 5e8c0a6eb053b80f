"""`exec`: run a command in a container that runs."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened

INTERSPERSED = False  # what follows the service are words of the command


def main(
    ctx: Context,
    words: Annotated[
        list[str] | None,
        Argument(
            "SERVICE COMMAND [ARGS...]", least=2, kinds=("service", ""), states=options.RUNNING
        ),
    ] = None,
    *,
    detach: Annotated[
        bool, Option("-d", "--detach", help="Run the command in the background")
    ] = False,
    dry_run: options.DryRun = False,
    env: Annotated[
        list[str] | None,
        Option("-e", "--env", help="NAME=value, or a NAME of the environment; repeatable"),
    ] = None,
    index: options.Index = 0,
    interactive: Annotated[
        bool, Option("-i", "--interactive", help="Keep standard input open", hidden=True)
    ] = True,
    no_tty: Annotated[
        bool | None,
        Option("-T", "--no-tty", help="Give it no terminal, even if the output goes to one"),
    ] = None,
    privileged: Annotated[
        bool, Option("--privileged", help="Give it all rights over the machine")
    ] = False,
    tty: Annotated[
        bool | None, Option("-t", "--tty", help="Give it a terminal", hidden=True)
    ] = None,
    user: Annotated[str, Option("-u", "--user", help="The user it is run as")] = "",
    workdir: Annotated[str, Option("-w", "--workdir", help="The directory it is run in")] = "",
) -> int:
    """Execute a command in a running container.

    \b
    Examples:
      pycompose exec web sh
      pycompose exec -T db pg_dump shop > shop.sql
      pycompose exec --index 2 -u root web id
    """
    from pycompose.app.inner import ExecOptions
    from pycompose.app.running import execute
    from pycompose.ui.console import Console

    service, *command = words or [""]  # that there are two was checked
    asked = ExecOptions(
        service=service,
        command=tuple(command),
        detach=detach,
        environment=tuple(env or ()),
        index=index,
        interactive=interactive,
        privileged=privileged,
        tty=options.terminal(tty, no_tty),
        user=user,
        workdir=workdir,
    )
    with opened(ctx, dry_run=dry_run) as session:
        return execute(session, asked, Console())
