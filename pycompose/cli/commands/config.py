"""`config`: the Compose files, merged, checked and written out, or one list taken from them."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from pycompose.cli import options
from pycompose.cli.invocation import opened
from pycompose.errors import UsageError

UNSUPPORTED: Final = (
    "lock_image_digests",
    "models",
    "no_consistency",
    "no_env_resolution",
    "no_interpolate",
    "no_normalize",
    "no_path_resolution",
    "resolve_image_digests",
    "variables",
)


def main(
    ctx: typer.Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    environment: Annotated[
        bool, typer.Option("--environment", help="Print the variables interpolation sees")
    ] = False,
    format: Annotated[str, typer.Option("--format", help="yaml or json")] = "yaml",
    hash: Annotated[str, typer.Option("--hash", help="Print hashes of services, * for all")] = "",
    images: Annotated[bool, typer.Option("--images", help="Print the names of images")] = False,
    networks: Annotated[
        bool, typer.Option("--networks", help="Print the names of networks")
    ] = False,
    output: Annotated[str, typer.Option("-o", "--output", help="Write to this file")] = "",
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Print the names of profiles")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Check the files, print nothing")
    ] = False,
    services_only: Annotated[
        bool, typer.Option("--services", help="Print the names of services")
    ] = False,
    volumes: Annotated[bool, typer.Option("--volumes", help="Print the names of volumes")] = False,
    lock_image_digests: Annotated[bool, typer.Option("--lock-image-digests", hidden=True)] = False,
    models: Annotated[bool, typer.Option("--models", hidden=True)] = False,
    no_consistency: Annotated[bool, typer.Option("--no-consistency", hidden=True)] = False,
    no_env_resolution: Annotated[bool, typer.Option("--no-env-resolution", hidden=True)] = False,
    no_interpolate: Annotated[bool, typer.Option("--no-interpolate", hidden=True)] = False,
    no_normalize: Annotated[bool, typer.Option("--no-normalize", hidden=True)] = False,
    no_path_resolution: Annotated[bool, typer.Option("--no-path-resolution", hidden=True)] = False,
    resolve_image_digests: Annotated[
        bool, typer.Option("--resolve-image-digests", hidden=True)
    ] = False,
    variables: Annotated[bool, typer.Option("--variables", hidden=True)] = False,
) -> None:
    """Parse, resolve and render the Compose files in canonical form.

    Of several lists asked for, the first is printed.

    \b
    Examples:
      pycompose config
      pycompose config --quiet && echo "the files are good"
      pycompose -f compose.yaml -f prod.yaml config --format json -o merged.json
    """
    from pycompose.cli.output import rendered, write

    options.unsupported(ctx.params, *UNSUPPORTED)
    if format not in ("yaml", "json"):
        raise UsageError(f'unsupported format "{format}"')
    with opened(ctx, dry_run=dry_run) as session:
        project = session.load(tuple(services or ()))
    write(rendered(project, ctx.params), output)
