"""`scale`: run services with other numbers of containers."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    counts: Annotated[
        list[str] | None, Argument("SERVICE=REPLICAS...", least=1, kinds=("service=",))
    ] = None,
    *,
    dry_run: options.DryRun = False,
    no_deps: options.NoDeps = False,
) -> None:
    """Scale services.

    \b
    Examples:
      pycompose scale web=3
      pycompose scale web=2 worker=0
    """
    from pycompose.app.containers import scale

    wanted = options.replicas(counts)
    with opened(ctx, dry_run=dry_run) as session:
        scale(session, wanted, no_deps=no_deps)
