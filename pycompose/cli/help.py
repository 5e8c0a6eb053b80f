"""The help of all commands and of each, written by typer from what the commands declare.

Nothing is parsed here and no command runs: typer sees a copy of each function's signature.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any, Final, cast

import typer
import typer.core
import typer.main

from pycompose.cli.declared import Option, parameters

_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Group(typer.core.TyperGroup):
    """All commands; each one is imported when it is asked for."""

    commands_told: Mapping[str, str]

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(self.commands_told)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, built from its module; None where there is none of that name."""
        del ctx
        if cmd_name not in self.commands_told:
            return None
        module = import_module(f"pycompose.cli.commands.{cmd_name.replace(' ', '_')}")
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name, context_settings=_CONTEXT)(_told(module.main))
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Print the commands from the table, importing none."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self.commands_told.items()))


def group(root: Callable[..., Any], commands: Mapping[str, str]) -> Any:
    """Return the whole command line as typer sees it; `commands` maps names to one line each."""
    app = typer.Typer(
        name="pycompose",
        cls=_Group,
        add_completion=False,
        rich_markup_mode=None,
        epilog="Run 'pycompose COMMAND --help' for more on a command.",
    )
    app.callback(invoke_without_command=True, context_settings=_CONTEXT)(_told(root))
    made = cast("_Group", typer.main.get_command(app))
    made.commands_told = commands
    return made


def text(
    root: Callable[..., Any], commands: Mapping[str, str], program: str, name: str = ""
) -> str:
    """Return the help of one command, or of all of them."""
    whole = group(root, commands)
    context = whole.context_class(whole, info_name=program, **_CONTEXT)
    if not name:
        return f"{whole.get_help(context)}\n"
    command = whole.get_command(context, name)
    inner = command.context_class(command, info_name=name, parent=context, **_CONTEXT)
    return f"{command.get_help(inner)}\n"


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does nothing and declares, to typer, what `function` does to us."""

    def told(**_: Any) -> None:
        return None

    kinds: dict[str, Any] = {}
    signature = []
    for parameter in parameters(function):
        declaration = parameter.declaration
        # With one type only, typer shows no alternatives; a switch shows no second spelling.
        kind = next(each for each in parameter.types if each is not type(None))
        kinds[parameter.name] = Annotated[
            kind | None,
            typer.Option(
                *declaration.spellings,
                help=declaration.help,
                metavar=declaration.metavar,
                hidden=declaration.hidden,
            )
            if isinstance(declaration, Option)
            else typer.Argument(metavar=declaration.metavar, hidden=True),
        ]
        signature.append(
            inspect.Parameter(
                parameter.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=parameter.default,
                annotation=kinds[parameter.name],
            )
        )
    told.__doc__ = function.__doc__
    told.__annotations__ = kinds
    # Typer and inspect read it; the type of a function does not have it.
    told.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    return told
