"""The command line: the commands, the global flags, what ends a command.

A command's module is imported once it is asked for, typer once a help text is: neither `--help`,
answered from the table below, nor a command imports the others.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import CodeType
from typing import Annotated, Any, Final

from pycompose.cli import flags
from pycompose.cli.declared import Option, parameters
from pycompose.cli.invocation import Context, GlobalFlags
from pycompose.cli.options import DryRun
from pycompose.errors import PycomposeError, UsageError
from pycompose.version import VERSION

COMMANDS: Final = {
    "attach": "Attach standard input, output and errors to a running container",
    "commit": "Create a new image from a service container's changes",
    "completion": "Print what makes a shell complete commands, flags and services",
    "config": "Parse, resolve and render the Compose files in canonical form",
    "cp": "Copy files between a service and this machine",
    "create": "Create containers without starting them",
    "down": "Stop and remove containers and networks",
    "events": "Receive real time events from containers",
    "exec": "Execute a command in a running container",
    "export": "Export a service container's filesystem as a tar archive",
    "graph": "Draw services, what they depend on, their networks, volumes and ports",
    "images": "List images used by the created containers",
    "kill": "Force stop service containers",
    "lint": "Find known traps in Compose files that are valid",
    "logs": "View output from containers",
    "ls": "List running Compose projects",
    "pause": "Pause services",
    "plan": "Show what up would do, step by step, without doing it",
    "port": "Print the public port for a port binding",
    "project rename": "Give a project another name",
    "ps": "List containers",
    "restart": "Restart service containers",
    "rm": "Remove stopped service containers",
    "run": "Run a command in a container of its own",
    "scale": "Scale services",
    "start": "Start services",
    "stats": "Display a live stream of container resource usage",
    "stop": "Stop services",
    "top": "Display the running processes",
    "unpause": "Unpause services",
    "up": "Create and start containers",
    "version": "Show the version of pycompose",
    "volumes": "List volumes",
    "volumes backup": "Back up volumes to files",
    "volumes clone": "Copy a volume into another one",
    "volumes restore": "Restore a volume from a backup",
    "wait": "Block until containers of services stop",
}
# A full or vanished disk, pipe or terminal behind an output stream.
_WRITE_ERRORS: Final = (errno.ENOSPC, errno.EPIPE, errno.EDQUOT, errno.EFBIG, errno.EIO)


Texts = list[str] | None


def root(
    *,
    allow_remote: Annotated[
        bool, Option("--allow-remote", help="Read Compose files from git and registries")
    ] = False,
    all_resources: Annotated[
        bool, Option("--all-resources", help="Include resources that no service uses")
    ] = False,
    ansi: Annotated[
        str | None,
        Option(
            "--ansi",
            help="Use ANSI control characters: never, always, auto",
            values=("never", "always", "auto"),
        ),
    ] = None,
    compatibility: Annotated[
        bool, Option("--compatibility", help="Join names with _ as Compose v1 did")
    ] = False,
    dry_run: DryRun = False,
    env_file: Annotated[
        Texts,
        Option("--env-file", help="Read this file in place of .env; repeatable", values="file"),
    ] = None,
    error_format: Annotated[
        str | None,
        Option(
            "--error-format",
            help="Errors, warnings as text, json, github or gcc",
            values=("text", "json", "github", "gcc"),
        ),
    ] = None,
    file: Annotated[
        Texts,
        Option("-f", "--file", help="Compose file, - for stdin; repeatable", values="compose file"),
    ] = None,
    lock_timeout: Annotated[
        int | None,
        Option("--lock-timeout", help="Most seconds to wait for another command on the project"),
    ] = None,
    parallel: Annotated[
        int | None, Option("--parallel", help="Most requests at once, -1 for no limit")
    ] = None,
    profile: Annotated[
        Texts,
        Option("--profile", help="Profile to enable, * for all; repeatable", values="profile"),
    ] = None,
    progress: Annotated[
        str | None,
        Option(
            "--progress",
            help="Progress as auto, tty, plain, json or quiet",
            values=("auto", "tty", "plain", "json", "quiet"),
        ),
    ] = None,
    project_directory: Annotated[
        str | None,
        Option(
            "--project-directory",
            help="Base of relative paths, not the first file's",
            values="folder",
        ),
    ] = None,
    project_name: Annotated[
        str | None, Option("-p", "--project-name", help="Project name", values="project")
    ] = None,
    version: Annotated[bool, Option("-v", "--version", help="Show the version")] = False,
    # The docker command's own flags, which it passes before a plug-in's name.
    config: Annotated[str | None, Option("--config", hidden=True)] = None,
    context: Annotated[str | None, Option("-c", "--context", hidden=True)] = None,
    debug: Annotated[bool, Option("-D", "--debug", hidden=True)] = False,
    host: Annotated[str | None, Option("-H", "--host", hidden=True)] = None,
    log_level: Annotated[str | None, Option("-l", "--log-level", hidden=True)] = None,
    tls: Annotated[bool, Option("--tls", hidden=True)] = False,
    tlsverify: Annotated[bool, Option("--tlsverify", hidden=True)] = False,
    tlscacert: Annotated[str | None, Option("--tlscacert", hidden=True)] = None,
    tlscert: Annotated[str | None, Option("--tlscert", hidden=True)] = None,
    tlskey: Annotated[str | None, Option("--tlskey", hidden=True)] = None,
    no_ansi: Annotated[bool, Option("--no-ansi", hidden=True)] = False,
    verbose: Annotated[bool, Option("--verbose", hidden=True)] = False,
    workdir: Annotated[str | None, Option("--workdir", hidden=True)] = None,
) -> None:
    """Define and run multi-container applications.

    \b
    Examples:
      pycompose up -d
      pycompose -f compose.yaml -f compose.prod.yaml config
      pycompose -p demo ps
    """


def run(arguments: list[str], program: str = "pycompose") -> int:
    """Run one command line and return its exit code.

    Raises:
        OSError: standard output cannot be written (a closed pipe, a full disk).
    """
    if arguments and arguments[0] in ("__complete", "__completeNoDesc"):
        return _complete(arguments[1:], descriptions=arguments[0] == "__complete")
    given: dict[str, Any] = {}
    try:
        declared = parameters(root)
        words = flags.parse(declared, arguments, interspersed=False)
        given = flags.arguments(declared, words)
        return _command(GlobalFlags.of(given), words, program)
    except PycomposeError as error:
        return _failed(error, given, arguments)
    except OSError as error:
        if error.errno in _WRITE_ERRORS and error.filename is None:
            raise
        return _failed(error, given, arguments)
    except Exception as error:
        import traceback

        from pycompose.cli.settings import wants_traceback

        if given.get("debug") or given.get("verbose") or wants_traceback():
            traceback.print_exc()
        return _failed(UnexpectedError(_where(error)), given, arguments)


def _command(given: GlobalFlags, words: flags.Words, program: str) -> int:
    """Run the command that the words after the global flags name.

    Raises:
        PycomposeError: there is no such command, its words are wrong, or it failed.
    """
    name, *rest = words.positional or [""]
    if rest and f"{name} {rest[0]}" in COMMANDS:
        name = f"{name} {rest.pop(0)}"
    if given.version:
        _say(f"pycompose version v{VERSION}")
        return 0
    if not name or "help" in words.values:
        _help(program)
        return 0
    if given.no_ansi:
        _deprecated("--no-ansi", "--ansi never")
    if given.workdir:
        _deprecated("--workdir", "--project-directory")
    if name not in COMMANDS:
        _help(program)
        raise UsageError(f'unknown command: "{program} {name}"')
    command = import_module(module_of(name))
    main, interspersed = command.main, getattr(command, "INTERSPERSED", True)
    declared = parameters(main)
    found = flags.parse(declared, rest, interspersed=interspersed)
    if found.values.pop("help", False):
        _help(program, name)
        return 0
    for old, new in found.replaced:
        _deprecated(old, new)
    flags.check_words(declared, found.positional, f"{program} {name}")
    params = flags.arguments(declared, found)
    code: int | None = main(Context(given, name, params), **params)
    return code or 0


def _complete(words: list[str], *, descriptions: bool) -> int:
    """Say what a shell may offer for the last of the words."""
    from pycompose.cli.completion import NOTHING, complete
    from pycompose.cli.settings import wants_traceback

    try:
        offer = complete(root, COMMANDS, module_of, words)
    except Exception:  # whoever types wants no report in the middle of a line
        if wants_traceback():
            raise
        offer = NOTHING
    sys.stdout.write(offer.text(descriptions=descriptions))
    return 0


def module_of(name: str) -> str:
    """Return the module of a command; `volumes backup` has one of its own beside `volumes`."""
    return f"pycompose.cli.commands.{name.replace(' ', '_')}"


def _help(program: str, name: str = "") -> None:
    from pycompose.cli.help import text

    sys.stdout.write(text(root, COMMANDS, program, name))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _deprecated(old: str, new: str) -> None:
    sys.stderr.write(f"{old} is deprecated, please use {new} instead\n")


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


def _failed(error: Exception, given: Mapping[str, Any], arguments: Sequence[str]) -> int:
    """Tell an error on standard error and return the exit code it stands for."""
    from pycompose.cli.settings import wants_json
    from pycompose.ui import problems, reports

    form = _typed(given, arguments, "error_format")
    if form in ("json", "github", "gcc"):
        text = reports.report(error, form)
    elif form is None and wants_json(_typed(given, arguments, "progress")):
        text = reports.docker_json(error)
    else:
        text = problems.describe(error, source=sys.stderr.isatty())
    if text:
        sys.stderr.write(f"{text}\n")
    return error.exit_code if isinstance(error, PycomposeError) else 1


def _typed(given: Mapping[str, Any], arguments: Sequence[str], name: str) -> Any:
    """Return a global flag; as typed where the flags could not be read."""
    if given:
        return given.get(name)
    flag = f"--{name.replace('_', '-')}"
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == flag or word.startswith(f"{flag}="):
            return following if word == flag else word.partition("=")[2]
    return None
