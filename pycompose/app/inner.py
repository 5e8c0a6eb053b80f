"""What the commands that reach into containers were asked to do.

The command line's flags under the flags' names; `index` is one, not the method of tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pycompose.app.options import PullPolicy


class LogsOptions(NamedTuple):
    """`logs`; `since` and `until` as the Engine API takes them (a time or a duration like 10m).

    `grep` is a regular expression, `level` the least serious one that is shown, "" for all. With
    `service_order`, one container's lines come after another's. `timed` lines have their time.
    """

    services: tuple[str, ...] = ()
    follow: bool = False
    grep: str = ""
    index: int = 0  # type: ignore[assignment]  # hides the method of tuples, on purpose
    level: str = ""
    service_order: bool = False
    timed: bool = False
    since: str = ""
    tail: str = "all"
    timestamps: bool = False
    until: str = ""


class ExecOptions(NamedTuple):
    """`exec`; `tty` None gives the command a terminal if the output goes to one.

    `index` 0 is the first container of the service. `environment` are entries `NAME=value`, or
    names alone.
    """

    service: str
    command: tuple[str, ...]
    detach: bool = False
    environment: tuple[str, ...] = ()
    index: int = 0  # type: ignore[assignment]  # hides the method of tuples, on purpose
    interactive: bool = True
    privileged: bool = False
    tty: bool | None = None
    user: str = ""
    workdir: str = ""


class AttachOptions(NamedTuple):
    """`attach`; `index` 0 is the first container of the service."""

    service: str
    detach_keys: str = ""
    index: int = 0  # type: ignore[assignment]  # hides the method of tuples, on purpose
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


class CopyOptions(NamedTuple):
    """`cp`; `source` and `target` are `SERVICE:PATH`, a path of this machine, or `-`.

    `index` 0 is every container on the way in, the first one on the way out; with `all`, those of
    `run` count, too. `archive` keeps owners, `follow_link` copies what a link leads to.
    """

    source: str
    target: str
    all: bool = False
    archive: bool = False
    follow_link: bool = False
    index: int = 0  # type: ignore[assignment]  # hides the method of tuples, on purpose


class CommitOptions(NamedTuple):
    """`commit`; `reference` names the image, "" does not; `changes` are lines of a Dockerfile."""

    service: str
    reference: str = ""
    author: str = ""
    changes: tuple[str, ...] = ()
    index: int = 0  # type: ignore[assignment]  # hides the method of tuples, on purpose
    message: str = ""
    pause: bool = True
