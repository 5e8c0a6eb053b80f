"""What the commands that change a project or list it were asked to do.

The command line's flags under the flags' names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

PullPolicy: TypeAlias = Literal["", "always", "missing", "never", "build"]


class UpOptions(NamedTuple):
    """`up`, `create` (`no_start`) and `plan`.

    `services` empty means all. `timeout` and `wait_timeout` in seconds, None for the default.
    `attach` None attaches to the services asked for; `rolling` None is as each service asks.
    """

    services: tuple[str, ...] = ()
    abort_on_container_exit: bool = False
    abort_on_container_failure: bool = False
    always_recreate_deps: bool = False
    attach: tuple[str, ...] = ()
    attach_dependencies: bool = False
    build: bool = False
    detach: bool = False
    exit_code_from: str = ""
    force_recreate: bool = False
    no_attach: tuple[str, ...] = ()
    no_build: bool = False
    no_deps: bool = False
    no_recreate: bool = False
    no_start: bool = False
    pull: PullPolicy = ""
    quiet_build: bool = False
    quiet_pull: bool = False
    recreate_volumes: bool = False
    remove_orphans: bool = False
    renew_anon_volumes: bool = False
    rolling: bool | None = None
    scale: Mapping[str, int] = MappingProxyType({})
    timeout: int | None = None
    timestamps: bool = False
    wait: bool = False
    wait_timeout: int | None = None
    yes: bool = False


class DownOptions(NamedTuple):
    """`down`; `timeout` in seconds. `fast` kills everything at once."""

    services: tuple[str, ...] = ()
    remove_orphans: bool = False
    rmi: Literal["", "local", "all"] = ""
    timeout: int | None = None
    volumes: bool = False
    fast: bool = False


class StartOptions(NamedTuple):
    """`start`; `wait_timeout` in seconds."""

    services: tuple[str, ...] = ()
    wait: bool = False
    wait_timeout: int | None = None


class StopOptions(NamedTuple):
    """`stop` and `restart` (`no_deps` is `restart`'s); `timeout` in seconds."""

    services: tuple[str, ...] = ()
    timeout: int | None = None
    no_deps: bool = False


class PsOptions(NamedTuple):
    """`ps`; `status` are container states, any of which is shown."""

    services: tuple[str, ...] = ()
    all: bool = False
    orphans: bool = True
    status: tuple[str, ...] = ()


class KillOptions(NamedTuple):
    """`kill`."""

    services: tuple[str, ...] = ()
    signal: str = "SIGKILL"
    remove_orphans: bool = False


class RemoveOptions(NamedTuple):
    """`rm`; `stop` stops what runs first, `volumes` removes anonymous volumes too."""

    services: tuple[str, ...] = ()
    force: bool = False
    stop: bool = False
    volumes: bool = False


class WaitOptions(NamedTuple):
    """`wait`; `down` takes the project down afterwards."""

    services: tuple[str, ...] = ()
    down: bool = False
