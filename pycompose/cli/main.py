"""The command line: a lazy group of commands, the global flags, what ends a command.

Importing this module imports typer and nothing else that costs; a command's module is imported
once it is asked for, and `--help` is answered from the table below.
"""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from types import CodeType
from typing import Annotated, Any, Final, cast

import typer
import typer.core
import typer.main

from pycompose.cli import flags
from pycompose.cli.invocation import GlobalFlags
from pycompose.cli.options import DryRun
from pycompose.errors import PycomposeError, UsageError
from pycompose.version import VERSION

COMMANDS: Final = {
    "config": "Parse, resolve and render the Compose files in canonical form",
    "create": "Create containers without starting them",
    "down": "Stop and remove containers and networks",
    "logs": "View output from containers",
    "plan": "Show what up would do, step by step, without doing it",
    "ps": "List containers",
    "restart": "Restart service containers",
    "start": "Start services",
    "stop": "Stop services",
    "up": "Create and start containers",
    "version": "Show the version of pycompose",
}
_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
# A full or vanished disk, pipe or terminal behind an output stream.
_WRITE_ERRORS: Final = (errno.ENOSPC, errno.EPIPE, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _read(command: Any, ctx: typer.Context, words: list[str]) -> flags.Words:
    """Tell a command's words apart, as Docker Compose would."""
    declared = [
        flags.Flag(
            name=parameter.name,
            long=next(opt[2:] for opt in parameter.opts if opt.startswith("--")),
            short=next((opt[1:] for opt in parameter.opts if not opt.startswith("--")), ""),
            switch=parameter.is_flag,
            integer=parameter.type.name == "int",
        )
        for parameter in command.get_params(ctx)
        if parameter.param_type_name == "option"
    ]
    found = flags.parse(declared, words, interspersed=ctx.allow_interspersed_args)
    if found.switches.pop("help", False):
        typer.echo(command.get_help(ctx))
        raise typer.Exit
    return found


class Command(typer.core.TyperCommand):
    """One command; its words are read with pflag's rules."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; a switch's value is put where click puts it."""
        found = _read(self, ctx, args)
        for old, new in found.replaced:
            typer.echo(f"{old} is deprecated, please use {new} instead", err=True)
        takes_words = any(p.param_type_name == "argument" for p in self.get_params(ctx))
        if found.positional and not takes_words:
            raise UsageError(f'unknown command "{found.positional[0]}" for "{ctx.command_path}"')
        rest = super().parse_args(ctx, found.click())
        ctx.params.update(found.switches)
        return rest


class Group(typer.core.TyperGroup):
    """All commands; each one is imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, built from its module; None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pycompose.cli.commands.{cmd_name}")
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name, cls=Command, context_settings=_CONTEXT)(module.main)
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Print the commands from the table, importing none."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the global flags; the command and its words are left alone."""
        found = _read(self, ctx, args)
        rest = super().parse_args(ctx, found.click())
        ctx.params.update(found.switches)
        return rest

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command asked for, and its words."""
        if args[0] not in COMMANDS:
            typer.echo(self.get_help(ctx))
            raise UsageError(f'unknown command: "{ctx.command_path} {args[0]}"')
        return super().resolve_command(ctx, args)


Texts = list[str] | None


def root(
    ctx: typer.Context,
    *,
    all_resources: Annotated[
        bool, typer.Option("--all-resources", help="Include resources that no service uses")
    ] = False,
    ansi: Annotated[
        str | None, typer.Option("--ansi", help="Use ANSI control characters: never, always, auto")
    ] = None,
    compatibility: Annotated[
        bool, typer.Option("--compatibility", help="Join names with _ as Compose v1 did")
    ] = False,
    dry_run: DryRun = False,
    env_file: Annotated[
        Texts, typer.Option("--env-file", help="Read this file in place of .env; repeatable")
    ] = None,
    file: Annotated[
        Texts, typer.Option("-f", "--file", help="Compose file, - for stdin; repeatable")
    ] = None,
    parallel: Annotated[
        int | None, typer.Option("--parallel", help="Most requests at once, -1 for no limit")
    ] = None,
    profile: Annotated[
        Texts, typer.Option("--profile", help="Profile to enable, * for all; repeatable")
    ] = None,
    progress: Annotated[
        str | None, typer.Option("--progress", help="Progress as auto, tty, plain, json or quiet")
    ] = None,
    project_directory: Annotated[
        str | None,
        typer.Option("--project-directory", help="Base of relative paths, not the first file's"),
    ] = None,
    project_name: Annotated[
        str | None, typer.Option("-p", "--project-name", help="Project name")
    ] = None,
    version: Annotated[bool, typer.Option("-v", "--version", help="Show the version")] = False,
    # The docker command's own flags, which it passes before a plug-in's name.
    config: Annotated[str | None, typer.Option("--config", hidden=True)] = None,
    context: Annotated[str | None, typer.Option("-c", "--context", hidden=True)] = None,
    debug: Annotated[bool, typer.Option("-D", "--debug", hidden=True)] = False,
    host: Annotated[str | None, typer.Option("-H", "--host", hidden=True)] = None,
    log_level: Annotated[str | None, typer.Option("-l", "--log-level", hidden=True)] = None,
    tls: Annotated[bool, typer.Option("--tls", hidden=True)] = False,
    tlsverify: Annotated[bool, typer.Option("--tlsverify", hidden=True)] = False,
    tlscacert: Annotated[str | None, typer.Option("--tlscacert", hidden=True)] = None,
    tlscert: Annotated[str | None, typer.Option("--tlscert", hidden=True)] = None,
    tlskey: Annotated[str | None, typer.Option("--tlskey", hidden=True)] = None,
    no_ansi: Annotated[bool, typer.Option("--no-ansi", hidden=True)] = False,
    verbose: Annotated[bool, typer.Option("--verbose", hidden=True)] = False,
    workdir: Annotated[str | None, typer.Option("--workdir", hidden=True)] = None,
) -> None:
    """Define and run multi-container applications.

    \b
    Examples:
      pycompose up -d
      pycompose -f compose.yaml -f compose.prod.yaml config
      pycompose -p demo ps
    """
    if version:
        typer.echo(f"pycompose version v{VERSION}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit
    given: dict[str, Any] = {name: v for name, v in ctx.params.items() if v is not None}
    lists = {name: tuple(v) for name, v in given.items() if isinstance(v, list)}
    ctx.obj = GlobalFlags(**{**given, **lists})
    if no_ansi:
        typer.echo("--no-ansi is deprecated, please use --ansi never instead", err=True)
    if workdir:
        typer.echo("--workdir is deprecated, please use --project-directory instead", err=True)


def build() -> Group:
    """Return the whole command line, without importing any command."""
    app = typer.Typer(
        name="pycompose",
        cls=Group,
        add_completion=False,
        rich_markup_mode=None,
        epilog="Run 'pycompose COMMAND --help' for more on a command.",
    )
    app.callback(invoke_without_command=True, context_settings=_CONTEXT)(root)
    return cast("Group", typer.main.get_command(app))


def run(arguments: list[str], program: str = "pycompose") -> int:
    """Run one command line and return its exit code.

    Raises:
        OSError: standard output cannot be written (a closed pipe, a full disk).
    """
    group, ctx = build(), None
    try:
        with group.make_context(program, list(arguments)) as ctx:
            return group.invoke(ctx) or 0
    except typer.Exit as end:
        return end.exit_code
    except (PycomposeError, typer.TyperException) as error:
        return _failed(error, _global(ctx, "progress"))
    except OSError as error:
        if error.errno in _WRITE_ERRORS and error.filename is None:
            raise
        return _failed(error, _global(ctx, "progress"))
    except Exception as error:
        import traceback

        from pycompose.cli.settings import wants_traceback

        if _global(ctx, "debug") or _global(ctx, "verbose") or wants_traceback():
            traceback.print_exc()
        return _failed(UnexpectedError(_where(error)), _global(ctx, "progress"))


def _global(ctx: Any, name: str) -> Any:
    return ctx.params.get(name) if ctx is not None else None


class UnexpectedError(PycomposeError):
    """A defect of pycompose."""


def _where(error: Exception) -> str:
    """Return where an unexpected error arose; its own words may hold secrets, so not those."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = "" if frame is None else f" in {_place(frame.tb_frame.f_code, frame.tb_lineno)}"
    return (
        f"pycompose met a defect of its own ({type(error).__name__}{place});"
        " please report it, --debug shows more"
    )


def _place(code: CodeType, line: int) -> str:
    return f"{'/'.join(code.co_filename.split('/')[-2:])}:{line}"


def _failed(error: Exception, progress: str | None) -> int:
    """Tell an error on standard error and return the exit code it stands for."""
    import json

    from pycompose.cli.settings import wants_json
    from pycompose.ui.problems import describe

    message = error.format_message() if hasattr(error, "format_message") else ""
    text = message or describe(error, source=not wants_json(progress) and sys.stderr.isatty())
    if wants_json(progress):
        text = json.dumps({"error": True, "message": text}, separators=(",", ":"))
    if text:
        typer.echo(text, err=True)
    return error.exit_code if isinstance(error, PycomposeError) else 1
