"""`completion`: what makes a shell complete pycompose's words."""

from __future__ import annotations

import os
from typing import Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Argument
from pycompose.cli.invocation import Context
from pycompose.cli.output import write
from pycompose.errors import UsageError

SHELLS: Final = ("bash", "zsh", "fish")


def main(
    ctx: Context,
    words: Annotated[list[str] | None, Argument("SHELL", least=1, kinds=(SHELLS,))] = None,
    *,
    dry_run: options.DryRun = False,
) -> None:
    """Print what makes a shell complete commands, flags and services.

    The shells are bash, zsh and fish. What is printed asks pycompose at each TAB. As a plug-in of
    docker, pycompose is completed by what docker prints.

    \b
    Examples:
      source <(pycompose completion bash)
      pycompose completion zsh >"${fpath[1]}/_pycompose"
      pycompose completion fish >~/.config/fish/completions/pycompose.fish
    """
    del ctx, dry_run
    shell = options.only(words or [""], "completion")
    if shell not in SHELLS:
        raise UsageError(f'unsupported shell "{shell}", expected bash, zsh or fish')
    here = os.path.dirname(os.path.dirname(__file__))
    with open(os.path.join(here, "shells", f"pycompose.{shell}"), encoding="utf-8") as file:
        write(file.read())
