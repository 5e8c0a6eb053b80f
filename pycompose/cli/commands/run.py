"""`run`: a command in a container of its own."""

from __future__ import annotations

from typing import Annotated

from pycompose.cli import options
from pycompose.cli.declared import Argument, Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write

INTERSPERSED = False  # what follows the service are words of the command
Texts = list[str] | None


def main(
    ctx: Context,
    words: Annotated[
        Texts, Argument("SERVICE [COMMAND] [ARGS...]", least=1, kinds=("service", ""))
    ] = None,
    *,
    build: options.Build = False,
    cap_add: Annotated[Texts, Option("--cap-add", help="Add a capability; repeatable")] = None,
    cap_drop: Annotated[Texts, Option("--cap-drop", help="Drop a capability; repeatable")] = None,
    detach: Annotated[
        bool, Option("-d", "--detach", help="Leave it in the background and print its id")
    ] = False,
    down: Annotated[
        bool, Option("--down", help="Remove afterwards what was created for this run")
    ] = False,
    dry_run: options.DryRun = False,
    entrypoint: Annotated[
        str | None, Option("--entrypoint", help="Another entrypoint, as a line for a shell")
    ] = None,
    env: Annotated[
        Texts, Option("-e", "--env", help="NAME=value, or a NAME of the environment; repeatable")
    ] = None,
    env_from_file: Annotated[
        Texts,
        Option("--env-from-file", help="Read variables from a file; repeatable", values="file"),
    ] = None,
    interactive: Annotated[
        bool | None, Option("-i", "--interactive", help="Keep standard input open, as it is")
    ] = None,
    label: Annotated[Texts, Option("-l", "--label", help="NAME=value; repeatable")] = None,
    name: Annotated[str, Option("--name", help="The name of the container")] = "",
    no_deps: options.NoDeps = False,
    no_tty: Annotated[
        bool | None,
        Option("-T", "--no-tty", help="Give it no terminal, even if the output goes to one"),
    ] = None,
    publish: Annotated[
        Texts, Option("-p", "--publish", help="Publish a port, as in 8080:80; repeatable")
    ] = None,
    pull: options.Pull = "policy",
    quiet: Annotated[bool, Option("-q", "--quiet", help="Show no progress")] = False,
    quiet_build: options.QuietBuild = False,
    quiet_pull: options.QuietPull = False,
    remove_orphans: options.RemoveOrphans = None,
    rm: Annotated[bool, Option("--rm", help="Remove the container when it ends")] = False,
    service_ports: Annotated[
        bool, Option("-P", "--service-ports", help="Publish the ports of the service")
    ] = False,
    tty: Annotated[
        bool | None, Option("-t", "--tty", help="Give it a terminal", hidden=True)
    ] = None,
    use_aliases: Annotated[
        bool, Option("--use-aliases", help="Let it answer to the names of its service")
    ] = False,
    user: Annotated[str, Option("-u", "--user", help="The user it is run as")] = "",
    volume: Annotated[
        Texts, Option("-v", "--volume", help="Mount, as in ./src:/app; repeatable")
    ] = None,
    workdir: Annotated[str, Option("-w", "--workdir", help="The directory it is run in")] = "",
) -> int:
    """Run a command in a container of its own.

    \b
    Examples:
      pycompose run --rm web sh
      pycompose run --rm -e DEBUG=1 web pytest -x
      pycompose run --down --rm migrate
    """
    from pycompose.app.inner import RunOptions
    from pycompose.app.oneoff import run
    from pycompose.ui.console import Console

    service, *command = words or [""]  # that there is one was checked
    terminal = options.terminal(tty, no_tty)
    pulling = options.pull(pull)
    flags = ctx.flags._replace(progress="quiet") if quiet else ctx.flags
    with opened(ctx._replace(flags=flags), dry_run=dry_run) as session:
        asked = RunOptions(
            service=service,
            command=tuple(command),
            build=build,
            cap_add=tuple(cap_add or ()),
            cap_drop=tuple(cap_drop or ()),
            detach=detach,
            down=down,
            entrypoint=entrypoint,
            environment=tuple(env or ()),
            env_files=tuple(env_from_file or ()),
            interactive=interactive,
            labels=tuple(label or ()),
            name=name,
            no_deps=no_deps,
            publish=tuple(publish or ()),
            pull=pulling,
            quiet_build=quiet_build,
            quiet_pull=quiet_pull,
            remove_orphans=options.orphans(remove_orphans, session.settings.environment),
            rm=rm,
            service_ports=service_ports,
            tty=terminal,
            use_aliases=use_aliases,
            user=user,
            volumes=tuple(volume or ()),
            workdir=workdir,
        )
        return run(session, asked, Console(), lambda id: write(f"{id}\n"))
