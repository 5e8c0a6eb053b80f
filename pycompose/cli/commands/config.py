"""`config`: the Compose files, merged, checked and written out, or one list taken from them."""

from __future__ import annotations

from typing import Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
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
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    environment: Annotated[
        bool, Option("--environment", help="Print the variables interpolation sees")
    ] = False,
    format: Annotated[str, Option("--format", help="yaml or json")] = "yaml",
    hash: Annotated[str, Option("--hash", help="Print hashes of services, * for all")] = "",
    images: Annotated[bool, Option("--images", help="Print the names of images")] = False,
    networks: Annotated[bool, Option("--networks", help="Print the names of networks")] = False,
    output: Annotated[str, Option("-o", "--output", help="Write to this file")] = "",
    profiles: Annotated[bool, Option("--profiles", help="Print the names of profiles")] = False,
    quiet: Annotated[bool, Option("-q", "--quiet", help="Check the files, print nothing")] = False,
    services_only: Annotated[
        bool, Option("--services", help="Print the names of services")
    ] = False,
    volumes: Annotated[bool, Option("--volumes", help="Print the names of volumes")] = False,
    lock_image_digests: Annotated[bool, Option("--lock-image-digests", hidden=True)] = False,
    models: Annotated[bool, Option("--models", hidden=True)] = False,
    no_consistency: Annotated[bool, Option("--no-consistency", hidden=True)] = False,
    no_env_resolution: Annotated[bool, Option("--no-env-resolution", hidden=True)] = False,
    no_interpolate: Annotated[bool, Option("--no-interpolate", hidden=True)] = False,
    no_normalize: Annotated[bool, Option("--no-normalize", hidden=True)] = False,
    no_path_resolution: Annotated[bool, Option("--no-path-resolution", hidden=True)] = False,
    resolve_image_digests: Annotated[bool, Option("--resolve-image-digests", hidden=True)] = False,
    variables: Annotated[bool, Option("--variables", hidden=True)] = False,
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
