"""`volumes backup`: what volumes hold, in files."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.errors import UsageError


def main(
    ctx: Context,
    volumes: Annotated[list[str] | None, Argument("[VOLUME...]", kinds=("volume",))] = None,
    *,
    compress: Annotated[
        str, Option("--compress", help="Compress with gzip or xz", values=("gzip", "xz"))
    ] = "",
    dry_run: options.DryRun = False,
    image: options.HelperImage = "",
    output: Annotated[
        str, Option("-o", "--output", help="File, folder, or - for standard output", values="file")
    ] = "",
    pause: Annotated[bool, Option("--pause", help="Pause what uses the volumes meanwhile")] = False,
    stop: Annotated[bool, Option("--stop", help="Stop what uses the volumes meanwhile")] = False,
) -> None:
    """Back up volumes to files.

    Each volume becomes a tar with digests that keeps owners, rights, times, extended attributes,
    hard links and holes. Without -o it is NAME-TIME.tar in the current folder.

    \b
    Examples:
      pycompose volumes backup
      pycompose volumes backup data --pause --compress gzip -o data.tar.gz
      pycompose volumes backup data -o - | ssh elsewhere 'cat >data.tar'
    """
    from pycompose.app.backup import BackupOptions, backup
    from pycompose.ui.console import Console

    if pause and stop:
        raise UsageError("--pause and --stop are incompatible")
    asked = BackupOptions(
        volumes=tuple(volumes or ()),
        output=output,
        compress=options.compression(compress),
        manner="pause" if pause else "stop" if stop else "",
        image=image,
    )
    with opened(ctx, dry_run=dry_run) as session:
        backup(session, asked, Console())
