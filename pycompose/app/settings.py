"""What argv, the environment and the working directory ask for, in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from pycompose.errors import ErrorFormat

ProgressMode: TypeAlias = Literal["auto", "tty", "plain", "json", "quiet"]


class Settings(NamedTuple):
    """The global flags, with the environment's defaults filled in.

    `cwd` is absolute. `files` are references as given by `-f` or COMPOSE_FILE, made absolute
    ("-" is standard input); empty asks for discovery. `environment` is the process environment
    over the variables of the env files, `environ` the process environment alone. `parallel` is -1
    for no limit; `lock_timeout` is in seconds, None to wait for as long as it takes.
    `project_name` is `-p` or COMPOSE_PROJECT_NAME, None where neither is given; `project_named`
    tells that it was `-p`.
    """

    cwd: str
    environ: Mapping[str, str] = MappingProxyType({})
    environment: Mapping[str, str] = MappingProxyType({})
    files: tuple[str, ...] = ()
    project_name: str | None = None
    project_named: bool = False
    project_directory: str | None = None
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    parallel: int = -1
    progress: ProgressMode = "auto"
    ansi: Literal["auto", "never", "always"] = "auto"
    all_resources: bool = False
    allow_remote: bool = False
    compatibility: bool = False
    dry_run: bool = False
    error_format: ErrorFormat = "text"
    lock_timeout: int | None = None
    host: str | None = None
    context: str | None = None

    def __repr__(self) -> str:
        return f"Settings(cwd={self.cwd!r}, files={self.files!r}, …)"  # variables hold secrets
