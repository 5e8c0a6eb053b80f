"""`graph`: the services of a project, what they need and what they use, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write
from pycompose.errors import UsageError

if TYPE_CHECKING:
    from pycompose.model.project import Project
    from pycompose.snapshot import ContainerState

FORMATS: Final = ("ascii", "mermaid", "dot", "svg")
# What a file is called → what is in it.
ENDINGS: Final = {".mmd": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    format: Annotated[
        str,
        Option("--format", help="ascii, mermaid, dot or svg; else as FILE ends", values=FORMATS),
    ] = "",
    live: Annotated[
        bool, Option("--live", help="Show what the containers do, asking the engine")
    ] = False,
    output: Annotated[
        str, Option("-o", "--output", metavar="FILE", help="Write to this file", values="file")
    ] = "",
) -> None:
    """Draw services, what they depend on, their networks, volumes and ports.

    The network that all services share unasked is left out. Printed is ascii unless another format
    is asked for.

    \b
    Examples:
      pycompose graph
      pycompose graph --live -o shop.svg
      pycompose graph --format mermaid web
    """
    from pycompose.app.picture import seen

    ending = next((kind for end, kind in ENDINGS.items() if output.endswith(end)), "ascii")
    format = format or ending
    if format not in FORMATS:
        raise UsageError(f'unsupported format "{format}", expected ascii, mermaid, dot or svg')
    with opened(ctx, dry_run=dry_run) as session:
        project, containers = seen(session, tuple(services or ()), live=live)
    write(_drawn(format, project, containers), output)


def _drawn(format: str, project: Project, containers: Sequence[ContainerState] | None) -> str:
    from pycompose.ui import drawn
    from pycompose.ui.picture import picture

    found = picture(project, containers)
    match format:
        case "mermaid":
            return drawn.mermaid(found)
        case "dot":
            return drawn.dot(found)
        case "svg":
            from pycompose.ui.svg import svg

            return svg(found)
        case _:
            return drawn.outline(found)
