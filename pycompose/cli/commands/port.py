"""`port`: where a port of a container is published."""

from __future__ import annotations

from typing import Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write
from pycompose.errors import UsageError

LAST: Final = 65535


def main(
    ctx: Context,
    words: Annotated[
        list[str] | None, Argument("SERVICE PRIVATE_PORT", least=2, states=options.RUNNING)
    ] = None,
    *,
    dry_run: options.DryRun = False,
    index: options.Index = 0,
    protocol: Annotated[
        str, Option("--protocol", help="tcp or udp", values=("tcp", "udp"))
    ] = "tcp",
) -> None:
    """Print the public port for a port binding.

    \b
    Examples:
      pycompose port web 80
      pycompose port --protocol udp --index 2 dns 53
    """
    from pycompose.app.looks import port

    service, private = options.exactly(words or (), 2, "port")
    if not private.isdecimal() or int(private) > LAST:
        raise UsageError(f"{private!r} is no port, expected a number up to {LAST}")
    with opened(ctx, dry_run=dry_run) as session:
        found = port(session, service, int(private), protocol.lower(), index)
    write(f"{found}\n")
