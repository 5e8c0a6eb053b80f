"""`wait`: block until the containers of services have ended."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write


def main(
    ctx: Context,
    services: Annotated[
        list[str] | None, Argument("SERVICE...", least=1, states=options.RUNNING)
    ] = None,
    *,
    down_project: Annotated[
        bool, Option("--down-project", help="Take the project down once they have ended")
    ] = False,
    dry_run: options.DryRun = False,
) -> int:
    """Block until containers of services stop.

    Exits with the code of the container that ended last.

    \b
    Examples:
      pycompose wait job
      pycompose wait --down-project tests
    """
    from pycompose.app.containers import wait
    from pycompose.app.options import WaitOptions

    code = 0
    with opened(ctx, dry_run=dry_run) as session:
        asked = WaitOptions(services=tuple(services or ()), down=down_project)
        for container, code in wait(session, asked):
            write(f'container "{container}" exited with status code {code}\n')
    return code
