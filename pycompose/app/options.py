"""What each command was asked to do; the command line's flags under the flags' names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


ConfigList: TypeAlias = Literal[
    "services", "volumes", "networks", "models", "hash", "profiles", "images", "environment"
]


class ConfigOptions(NamedTuple):
    """`config`; `show` is the list to print in place of the project.

    `hash` names services, with commas between them, or is `*` for all.
    """

    services: tuple[str, ...] = ()
    show: ConfigList | None = None
    format: str = ""
    hash: str = ""
    quiet: bool = False
    lock_image_digests: bool = False
    no_consistency: bool = False
    no_interpolate: bool = False
    no_normalize: bool = False
    no_path_resolution: bool = False
    resolve_image_digests: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)  # a tuple's `index` is a method
class LogsOptions:
    """`logs`; `since` and `until` as the Engine API takes them (a time or a duration like 10m).

    `grep` is a regular expression, `level` the least serious one that is shown, "" for all. With
    `service_order`, one container's lines come after another's. `timed` lines have their time.
    """

    services: tuple[str, ...] = ()
    follow: bool = False
    grep: str = ""
    index: int = 0
    level: str = ""
    service_order: bool = False
    timed: bool = False
    since: str = ""
    tail: str = "all"
    timestamps: bool = False
    until: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)  # a tuple has an `index` of its own
class ExecOptions:
    """`exec`; `tty` None gives the command a terminal if the output goes to one.

    `index` 0 is the first container of the service. `environment` are entries `NAME=value`, or
    names alone.
    """

    service: str
    command: tuple[str, ...]
    detach: bool = False
    environment: tuple[str, ...] = ()
    index: int = 0
    interactive: bool = True
    privileged: bool = False
    tty: bool | None = None
    user: str = ""
    workdir: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)  # a tuple has an `index` of its own
class AttachOptions:
    """`attach`; `index` 0 is the first container of the service."""

    service: str
    detach_keys: str = ""
    index: int = 0
    stdin: bool = True
    sig_proxy: bool = True


class RunOptions(NamedTuple):
    """`run`; what is empty or None is as the service says.

    `command` are the words behind the service. `environment` are entries `NAME=value`, or names
    alone; `env_files` paths of files that have more of them. `publish` and `volumes` are in short
    syntax, `labels` entries `name=value`. `tty` and `interactive` None follow what standard output
    and input are. `down` removes afterwards what was created for this run.
    """

    service: str
    command: tuple[str, ...] = ()
    build: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    detach: bool = False
    down: bool = False
    entrypoint: str | None = None
    environment: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    interactive: bool | None = None
    labels: tuple[str, ...] = ()
    name: str = ""
    no_deps: bool = False
    publish: tuple[str, ...] = ()
    pull: PullPolicy = ""
    quiet_build: bool = False
    quiet_pull: bool = False
    remove_orphans: bool = False
    rm: bool = False
    service_ports: bool = False
    tty: bool | None = None
    use_aliases: bool = False
    user: str = ""
    volumes: tuple[str, ...] = ()
    workdir: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)  # a tuple has an `index` of its own
class CopyOptions:
    """`cp`; `source` and `target` are `SERVICE:PATH`, a path of this machine, or `-`.

    `index` 0 is every container on the way in, the first one on the way out; with `all`, those of
    `run` count, too. `archive` keeps owners, `follow_link` copies what a link leads to.
    """

    source: str
    target: str
    all: bool = False
    archive: bool = False
    follow_link: bool = False
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)  # a tuple has an `index` of its own
class CommitOptions:
    """`commit`; `reference` names the image, "" does not; `changes` are lines of a Dockerfile."""

    service: str
    reference: str = ""
    author: str = ""
    changes: tuple[str, ...] = ()
    index: int = 0
    message: str = ""
    pause: bool = True
