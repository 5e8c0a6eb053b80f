"""`config`: the Compose files, merged, checked and written out, or one list taken from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError

if TYPE_CHECKING:
    from pycompose.app.config import ConfigList, ConfigOptions
    from pycompose.app.session import Session

# The lists in the order in which they win. `--variables` stands before the last one.
_LISTS: Final[tuple[ConfigList, ...]] = (
    *("services", "volumes", "networks", "models", "hash", "profiles", "images"),
    "environment",
)


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    environment: Annotated[
        bool, Option("--environment", help="Print the variables interpolation sees")
    ] = False,
    explain: Annotated[
        bool, Option("--explain", help="Tell where the values at PATHs, or all, come from")
    ] = False,
    format: Annotated[str, Option("--format", help="yaml or json", values=("yaml", "json"))] = "",
    hash: Annotated[
        str, Option("--hash", help="Print hashes of services, * for all", values="service")
    ] = "",
    images: Annotated[bool, Option("--images", help="Print the names of images")] = False,
    lock_image_digests: Annotated[
        bool, Option("--lock-image-digests", help="Print an override file with the digests")
    ] = False,
    models: Annotated[bool, Option("--models", help="Print the names of models")] = False,
    networks: Annotated[bool, Option("--networks", help="Print the names of networks")] = False,
    no_consistency: Annotated[
        bool, Option("--no-consistency", help="Let references lead nowhere")
    ] = False,
    no_env_resolution: Annotated[
        # Compat: Docker Compose 2.40.3 takes it and resolves them all the same.
        bool, Option("--no-env-resolution", hidden=True)
    ] = False,
    no_interpolate: Annotated[
        bool, Option("--no-interpolate", help="Leave variables as they are written")
    ] = False,
    no_normalize: Annotated[
        bool, Option("--no-normalize", help="Leave out what the files leave to be understood")
    ] = False,
    no_path_resolution: Annotated[
        bool, Option("--no-path-resolution", help="Leave paths relative")
    ] = False,
    output: Annotated[str, Option("-o", "--output", help="Write to this file", values="file")] = "",
    profiles: Annotated[bool, Option("--profiles", help="Print the names of profiles")] = False,
    quiet: Annotated[bool, Option("-q", "--quiet", help="Check the files, print nothing")] = False,
    resolve_image_digests: Annotated[
        bool, Option("--resolve-image-digests", help="Pin images to their digests")
    ] = False,
    services_only: Annotated[
        bool, Option("--services", help="Print the names of services")
    ] = False,
    variables: Annotated[
        bool, Option("--variables", help="Print the variables the files refer to")
    ] = False,
    volumes: Annotated[bool, Option("--volumes", help="Print the names of volumes")] = False,
) -> None:
    """Parse, resolve and render the Compose files in canonical form.

    Of several lists asked for, the first is printed. Digests are asked of the registries, by the
    engine. With --explain, the words are paths such as services.web.ports[0].target; without any,
    the whole project is printed with the place of each value.

    \b
    Examples:
      pycompose config
      pycompose -f compose.yaml -f prod.yaml config --format json -o merged.json
      pycompose config --explain services.web.environment.LOG_LEVEL
    """
    from pycompose.app.config import config
    from pycompose.cli.output import write

    asked = _asked(ctx.params)
    with opened(ctx, dry_run=dry_run) as session:
        if explain:
            text, to = _explained(session, asked.services, format), output
        elif variables and asked.show in (None, "environment"):
            from pycompose.app.config import variables as find
            from pycompose.ui.variables import listed

            text, to = listed(find(session), format), ""
        else:
            text, to = config(session, asked), "" if asked.show else output
    if text or to == "":
        write(text, to)


def _explained(session: Session, paths: tuple[str, ...], format: str) -> str:
    from pycompose.app.config import annotated, explained
    from pycompose.ui import explanations

    if format not in ("", "text", "json") or (format == "json" and not paths):
        what = "text or json" if paths else "no format, as there is no PATH"
        raise UsageError(f'unsupported format "{format}" of --explain, expected {what}')
    if not paths:
        return annotated(session)
    found = explained(session, paths)
    return explanations.as_json(found) if format == "json" else explanations.text(found)


def _asked(given: Mapping[str, Any]) -> ConfigOptions:
    from pycompose.app.config import ConfigOptions

    lists = {**given, "services": given["services_only"]}
    names = {*ConfigOptions._fields} - {"services", "show"}
    return ConfigOptions(
        services=tuple(given["services"] or ()),
        show=next((name for name in _LISTS if lists[name]), None),
        **{name: given[name] for name in names},
    )
