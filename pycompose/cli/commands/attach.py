"""`attach`: connect with the main process of a container."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened


def main(
    ctx: Context,
    services: Annotated[
        list[str] | None, Argument("SERVICE", least=1, states=options.RUNNING)
    ] = None,
    *,
    detach_keys: Annotated[
        str, Option("--detach-keys", help="Keys to leave it by, such as ctrl-p,ctrl-q")
    ] = "",
    dry_run: options.DryRun = False,
    index: options.Index = 0,
    no_stdin: Annotated[
        bool, Option("--no-stdin", help="Send nothing to its standard input")
    ] = False,
    sig_proxy: Annotated[
        bool, Option("--sig-proxy", help="Send signals to it in place of ending")
    ] = True,
) -> int:
    """Attach standard input, output and errors to a running container.

    \b
    Examples:
      pycompose attach web
      pycompose attach --sig-proxy=false --no-stdin web
    """
    from pycompose.app.inner import AttachOptions
    from pycompose.app.running import attach
    from pycompose.ui.console import Console

    asked = AttachOptions(
        service=options.only(services or (), "attach"),
        detach_keys=detach_keys,
        index=index,
        stdin=not no_stdin,
        sig_proxy=sig_proxy,
    )
    with opened(ctx, dry_run=dry_run) as session:
        return attach(session, asked, Console())
