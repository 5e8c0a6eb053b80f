"""argv, environment and working directory in, one frozen `Settings` out.

Nothing else of the command line reads the process environment. Flags win over the environment, the
environment over the env files; relative paths are made absolute here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast, get_args

from pycompose.app.session import truthy
from pycompose.app.settings import ProgressMode, Settings
from pycompose.errors import ErrorFormat, NoComposeFile, UsageError

if TYPE_CHECKING:
    from pycompose.cli.invocation import GlobalFlags

_PROGRESS: Final = ("auto", "tty", "plain", "json", "quiet")


class EnvironmentFiles(NamedTuple):
    """The env files that were read, and the variables they give; a later file wins."""

    paths: tuple[str, ...]
    variables: Mapping[str, str]


def read(
    flags: GlobalFlags,
    *,
    dry_run: bool = False,
    environ: Mapping[str, str] | None = None,
    cwd: str = "",
) -> Settings:
    """Return what flags, environment and working directory ask for.

    Raises:
        UsageError: a flag or a variable holds a value it cannot have.
        ComposeFileError: an env file cannot be parsed.

    Source: rules 1-9 of compose.md; docker/compose cmd/compose/compose.go
    """
    process = _with_engine_flags(os.environ if environ is None else environ, flags)
    cwd = cwd or _working_directory(process)
    found = _environment_files(flags, process, cwd)
    env = {**found.variables, **process}
    files = flags.file or _split(env.get("COMPOSE_FILE"), env.get("COMPOSE_PATH_SEPARATOR"))
    files = _absolute(files, cwd, check=not flags.file)
    directory = flags.project_directory or flags.workdir
    if not found.paths:
        # Compat: the project directory may only be known by now; its .env sets no flag any more.
        found = _dotenv(_project_directory(files, directory, cwd), process, env)
        env = {**found.variables, **env}
    ansi = _ansi(flags, env)
    return Settings(
        cwd=cwd,
        environ=process,
        environment=env,
        files=files,
        project_name=flags.project_name or env.get("COMPOSE_PROJECT_NAME") or None,
        project_named=bool(flags.project_name),
        project_directory=os.path.normpath(os.path.join(cwd, directory)) if directory else None,
        profiles=flags.profile or _split(env.get("COMPOSE_PROFILES"), ","),
        env_files=found.paths,
        parallel=_parallel(flags, env),
        progress=_progress(flags, env, ansi),
        ansi=ansi,
        all_resources=flags.all_resources,
        allow_remote=flags.allow_remote,
        compatibility=flags.compatibility or truthy(env.get("COMPOSE_COMPATIBILITY", "")),
        dry_run=dry_run or flags.dry_run,
        error_format=_error_format(flags.error_format),
        lock_timeout=_seconds("--lock-timeout", flags.lock_timeout),
        host=flags.host,
        context=flags.context,
    )


def wants_json(progress: str | None) -> bool:
    """Tell whether errors are to be JSON: `--progress` as typed, else COMPOSE_PROGRESS."""
    return (progress or os.environ.get("COMPOSE_PROGRESS")) == "json"


def _error_format(text: str | None) -> ErrorFormat:
    if text is not None and text not in get_args(ErrorFormat):
        expected = "expected text, json, github or gcc"
        raise UsageError(f'unsupported --error-format value "{text}": {expected}')
    return cast("ErrorFormat", text or "text")


def _seconds(flag: str, value: int | None) -> int | None:
    if value is not None and value < 0:
        raise UsageError(f"{flag} must be a non-negative integer")
    return value


def wants_traceback() -> bool:
    """Tell whether PYCOMPOSE_DEBUG asks for the traceback of an unexpected error."""
    return truthy(os.environ.get("PYCOMPOSE_DEBUG", ""))


def _with_engine_flags(environ: Mapping[str, str], flags: GlobalFlags) -> dict[str, str]:
    """Return the environment with docker's own flags put where the docker CLI takes them from."""
    process = dict(environ)
    if flags.config:
        process["DOCKER_CONFIG"] = flags.config
    if flags.tlsverify:
        process["DOCKER_TLS_VERIFY"] = "1"
    if flags.tls:
        process["DOCKER_TLS"] = "1"
    if paths := [path for path in (flags.tlscacert, flags.tlscert, flags.tlskey) if path]:
        names = [os.path.basename(path) for path in paths]
        folders = {os.path.dirname(os.path.abspath(path)) for path in paths}
        if len(folders) > 1 or not set(names) <= {"ca.pem", "cert.pem", "key.pem"}:
            raise UsageError(
                "--tlscacert, --tlscert and --tlskey must name ca.pem, cert.pem and key.pem"
                " of one directory"
            )
        process["DOCKER_CERT_PATH"] = folders.pop()
        process.setdefault("DOCKER_TLS", "1")
    return process


def _working_directory(process: Mapping[str, str]) -> str:
    try:
        here = os.getcwd()
        # As Go does: a directory entered through a link keeps the link's name.
        shown = process.get("PWD", "")
        same = os.path.isabs(shown) and os.path.samefile(shown, here)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise UsageError("the working directory does not exist any more") from error
        raise
    return os.path.normpath(shown) if same else here


def _environment_files(
    flags: GlobalFlags, process: Mapping[str, str], cwd: str
) -> EnvironmentFiles:
    """Return the env files named, else the first `.env`: it may set the COMPOSE_ variables."""
    named = flags.env_file or _split(process.get("COMPOSE_ENV_FILES"), ",")
    if named:
        return _parse(_absolute(named, cwd), process)
    directory = flags.project_directory or flags.workdir
    directory = directory or _folder_of(flags.file)
    return _dotenv(os.path.normpath(os.path.join(cwd, directory)), process)


def _dotenv(
    directory: str, process: Mapping[str, str], known: Mapping[str, str] | None = None
) -> EnvironmentFiles:
    disabled = process.get("COMPOSE_DISABLE_ENV_FILE", "")
    if disabled and disabled.lower() not in ("0", "f", "false", "1", "t", "true"):
        raise UsageError(f'COMPOSE_DISABLE_ENV_FILE must be true or false (found: "{disabled}")')
    path = os.path.join(directory, ".env")
    if truthy(disabled) or not directory or not os.path.exists(path) or os.path.isdir(path):
        return EnvironmentFiles((), {})
    return _parse((path,), process if known is None else known)


def _parse(paths: Sequence[str], process: Mapping[str, str]) -> EnvironmentFiles:
    """Return the variables of env files; a later one sees those before it."""
    from pycompose.files.disk import DiskSources
    from pycompose.loader.dotenv import parse_env

    variables: dict[str, str] = {}

    sources = DiskSources("/")
    for path in paths:
        try:
            text = sources.read(path).text
        except FileNotFoundError:
            raise UsageError(f"couldn't find env file: {path}") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read env file {path}: {_reason(error)}") from error
        values = parse_env(text, path, process.get, earlier=variables).values
        variables.update({name: value for name, value in values.items() if value is not None})
    return EnvironmentFiles(tuple(paths), variables)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def _folder_of(files: Sequence[str]) -> str:
    if not files:
        return ""
    from pycompose.files.discover import folder_of

    return folder_of(files)


def _project_directory(files: Sequence[str], directory: str | None, cwd: str) -> str:
    """Return the project directory, "" where no Compose file says which it is."""
    if directory:
        return os.path.normpath(os.path.join(cwd, directory))
    if files:
        return _folder_of(files) or cwd
    from pycompose.files.discover import discover

    try:
        return discover(cwd).working_dir
    except NoComposeFile:
        return ""


def _absolute(paths: Sequence[str], cwd: str, *, check: bool = False) -> tuple[str, ...]:
    if not paths:
        return ()
    from pycompose.files.discover import is_here

    absolute = tuple(
        os.path.normpath(os.path.join(cwd, path)) if is_here(path) else path for path in paths
    )
    for path in absolute:
        if check and is_here(path) and not os.path.exists(path):
            raise UsageError(f"COMPOSE_FILE names {path}: no such file or directory")
    return absolute


def _split(text: str | None, separator: str | None) -> tuple[str, ...]:
    parts = (part.strip() for part in (text or "").split(separator or os.pathsep))
    return tuple(part for part in parts if part)


def _parallel(flags: GlobalFlags, env: Mapping[str, str]) -> int:
    if flags.parallel is not None:
        return flags.parallel
    text = env.get("COMPOSE_PARALLEL_LIMIT") or "-1"
    try:
        return int(text)
    except ValueError:
        raise UsageError(f'COMPOSE_PARALLEL_LIMIT must be an integer (found: "{text}")') from None


def _ansi(flags: GlobalFlags, env: Mapping[str, str]) -> Literal["auto", "never", "always"]:
    text = flags.ansi or env.get("COMPOSE_ANSI", "")
    if flags.no_ansi:
        text = "never"
    # Compat: an unknown value is no error.
    return cast("Literal['never', 'always']", text) if text in ("never", "always") else "auto"


def _progress(flags: GlobalFlags, env: Mapping[str, str], ansi: str) -> ProgressMode:
    text = flags.progress or env.get("COMPOSE_PROGRESS") or "auto"
    mode = "quiet" if text == "none" else text
    if mode not in _PROGRESS:
        raise UsageError(f'unsupported --progress value "{text}"')
    if mode == "tty" and ansi == "never":
        raise UsageError("can't use --progress tty while ANSI support is disabled")
    if mode == "plain" and ansi == "always":
        raise UsageError("can't use --progress plain while ANSI support is forced")
    return cast("ProgressMode", mode)
