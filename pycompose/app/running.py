"""Commands that work inside containers that run: exec and attach.

They are told apart from the commands that change a project: they wait for nobody, and need no
more of a project than its name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Final

from pycompose.app.converse import Console, Manner, converse, detach_keys
from pycompose.app.inner import AttachOptions, ExecOptions
from pycompose.app.session import Session
from pycompose.errors import EngineError, EngineUnavailable, NotFound, UsageError

if TYPE_CHECKING:
    from pycompose.engine.port import Attachment, Engine, Stream
    from pycompose.model.values import Json
    from pycompose.snapshot import ContainerState

ENDING_SECONDS: Final = 2.0  # a process that has closed its output has that long to end
LOOK_AGAIN: Final = 0.02


class Detached(UsageError):
    """The user left a process running that the command was to wait for."""


def execute(session: Session, options: ExecOptions, console: Console) -> int:
    """Run a command in a container of a service; return its exit code.

    Raises:
        Detached: the user typed the keys for it.
        UsageError: the service has no such container that runs, or there is no terminal.
        EngineError: the engine refused, or the connection was lost.

    Source: POST /containers/{id}/exec; rule 139
    """
    if session.settings.dry_run:
        raise UsageError("interactive exec is not supported in dry-run mode")
    tty = not options.detach and terminal_wanted(options.tty, options.interactive, console)
    stdin = options.interactive and not options.detach
    keys = detach_keys(session.detach_keys)
    engine = session.engine
    container = running(session, options.service, options.index)
    body: Json = {
        "AttachStdin": stdin,
        "AttachStdout": not options.detach,
        "AttachStderr": not options.detach,
        "Tty": tty,
        "Cmd": list(options.command),
        "Env": variables(options.environment, session.settings.environment),
        "Privileged": options.privileged,
        "User": options.user,
        "WorkingDir": options.workdir,
    }
    exec = engine.create_exec(container.id, body)
    if options.detach:
        engine.detach_exec(exec)
        return 0
    manner = Manner(tty=tty, stdin=stdin, detach_keys=keys)

    def resize(rows: int, columns: int) -> None:
        engine.resize_exec(exec, rows=rows, columns=columns)

    if converse(engine.start_exec(exec, tty=tty), console, manner, resize):
        raise Detached("read escape sequence")
    return _exit_code(engine, exec)


def attach(session: Session, options: AttachOptions, console: Console) -> int:
    """Connect the console with the main process of a container; return its exit code.

    Detached from by its keys, the process goes on, and the code is 0.

    Raises:
        UsageError: the service has no such container that runs.
        EngineError: the engine refused, or the connection was lost.

    Source: POST /containers/{id}/attach
    """
    keys = detach_keys(options.detach_keys or session.detach_keys)
    engine = session.engine
    container = running(session, options.service, options.index)
    config = engine.inspect_container(container.id)["Config"]
    tty, stdin = bool(config.get("Tty")), bool(config.get("OpenStdin")) and options.stdin
    if session.settings.dry_run:
        return 0
    if tty and stdin and not console.keyboard:
        raise UsageError("the input device is not a TTY")
    manner = Manner(tty=tty, stdin=stdin, detach_keys=keys)
    attachment = engine.attach(container.id, tty=tty, stdin=stdin)
    return accompany(
        engine, container.id, attachment, console, manner, sig_proxy=options.sig_proxy and not tty
    )


def accompany(
    engine: Engine,
    container: str,
    attachment: Attachment,
    console: Console,
    manner: Manner,
    *,
    sig_proxy: bool,
    begin: Callable[[], None] = lambda: None,
) -> int:
    """Converse with the main process of a container until it ends; return its exit code.

    `begin` is called once everything listens. With `sig_proxy` signals go to the process instead
    of ending the command. Detached from by its keys, the process goes on, and the code is 0.

    Raises:
        EngineError: the engine refused, or the connection was lost.
    """

    def forward(name: str) -> None:
        with suppress(EngineError):  # it has ended meanwhile
            engine.kill_container(container, signal=name)

    def resize(rows: int, columns: int) -> None:
        engine.resize_container(container, rows=rows, columns=columns)

    with ExitStack() as stack:
        # A container that removes itself can be asked nothing afterwards: its end is listened for.
        # Compat: Podman tells of "die" as Docker does, but knows it by "died" when asked for it.
        deaths = engine.events(filters={"container": [container], "event": ["die", "died"]})
        stack.enter_context(closing(deaths))
        if sig_proxy:
            stack.enter_context(console.signals(forward))
        begin()
        if converse(attachment, console, manner, resize):
            return 0
        return _death(engine, container, deaths)


def _death(engine: Engine, container: str, deaths: Stream[Json]) -> int:
    """Return the exit code of a container whose output has ended."""
    with suppress(NotFound):
        state = engine.inspect_container(container)["State"]
        if state["Status"] in ("exited", "dead"):
            return int(state["ExitCode"])
    for event in deaths:
        return int(event["Actor"]["Attributes"].get("exitCode") or 0)
    raise EngineUnavailable("the engine told no end of the container")


def terminal_wanted(asked: bool | None, interactive: bool, console: Console) -> bool:
    """Return whether a process gets a terminal: as asked, else if the output goes to one.

    Raises:
        UsageError: it would be typed on a keyboard that is not there.
    """
    wanted = console.screen if asked is None else asked
    if wanted and interactive and not console.keyboard:
        raise UsageError("the input device is not a TTY")
    return wanted


def running(session: Session, service: str, index: int = 0) -> ContainerState:
    """Return the container of a service with an index, else the first; one-off ones come last.

    Raises:
        UsageError: none of them runs.
    """
    from pycompose.observe import containers

    found = [
        container
        for container in containers(session.engine, session.named, all=False)
        if container.service == service and (not index or container.number == index)
    ]
    if not found:
        which = f" container #{index}" if index else ""
        raise UsageError(f'service "{service}" is not running{which}')
    return min(found, key=lambda container: (container.oneoff, container.number))


def variables(entries: tuple[str, ...], environment: Mapping[str, str]) -> list[str]:
    """Return `NAME=value` entries; a name alone has the value it has for the project, if any."""
    return [
        f"{entry}={environment[entry]}" if "=" not in entry and entry in environment else entry
        for entry in entries
    ]


def _exit_code(engine: Engine, exec: str) -> int:
    """Return the exit code of a command whose output has ended."""
    deadline = time.monotonic() + ENDING_SECONDS
    while (seen := engine.inspect_exec(exec)).get("Running") and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN)
    return int(seen.get("ExitCode") or 0)
