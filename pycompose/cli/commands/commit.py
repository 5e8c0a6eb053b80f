"""`commit`: an image of a container."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError


def main(
    ctx: Context,
    words: Annotated[
        list[str] | None, Argument("SERVICE [REPOSITORY[:TAG]]", least=1, states=options.STATES)
    ] = None,
    *,
    author: Annotated[str, Option("-a", "--author", help="Who made it")] = "",
    change: Annotated[
        list[str] | None,
        Option("-c", "--change", help="A line of a Dockerfile to apply; repeatable"),
    ] = None,
    dry_run: options.DryRun = False,
    index: options.Index = 0,
    message: Annotated[str, Option("-m", "--message", help="A message for its history")] = "",
    pause: Annotated[
        bool, Option("-p", "--pause", help="Pause the container meanwhile, as it is")
    ] = True,
) -> None:
    """Create a new image from a service container's changes.

    \b
    Examples:
      pycompose commit web shop/web:debug
      pycompose commit --change 'ENV DEBUG=1' --pause=false web shop/web:debug
    """
    from pycompose.app.inner import CommitOptions
    from pycompose.app.keep import commit

    given = words or []
    if len(given) > 2:
        raise UsageError(f"'pycompose commit' takes 1 or 2 arguments, received {len(given)}")
    service, reference = [*given, "", ""][:2]
    asked = CommitOptions(
        service=service,
        reference=reference,
        author=author,
        changes=tuple(change or ()),
        index=index,
        message=message,
        pause=pause,
    )
    with opened(ctx, dry_run=dry_run) as session:
        commit(session, asked)
