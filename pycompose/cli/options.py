"""Options that several commands share, and which flags contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias, cast

from pycompose.cli.declared import Argument, Option
from pycompose.errors import UsageError

if TYPE_CHECKING:
    from pycompose.app.options import PullPolicy, UpOptions

DryRun: TypeAlias = Annotated[
    bool, Option("--dry-run", help="Show what would be done, change nothing")
]
# The states of containers, as the engine calls them.
STATES: Final = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
RUNNING: Final = ("running",)

Services: TypeAlias = Annotated[list[str] | None, Argument("[SERVICE...]")]
Present: TypeAlias = Annotated[list[str] | None, Argument("[SERVICE...]", states=STATES)]
Running: TypeAlias = Annotated[list[str] | None, Argument("[SERVICE...]", states=RUNNING)]
Format: TypeAlias = Annotated[
    str,
    Option(
        "--format",
        help="table, json, json-array, yaml, 'table TEMPLATE' or a Go TEMPLATE",
        values=("table", "json", "json-array", "yaml"),
    ),
]
OnlyIds: TypeAlias = Annotated[bool, Option("-q", "--quiet", help="Print only the ids")]
OnlyNames: TypeAlias = Annotated[bool, Option("-q", "--quiet", help="Print only the names")]
Index: TypeAlias = Annotated[
    int, Option("--index", help="Which container of the service, from 1; 0 is the first there is")
]
Timeout: TypeAlias = Annotated[
    int | None, Option("-t", "--timeout", help="Seconds to wait before killing a container")
]
Build: TypeAlias = Annotated[
    bool, Option("--build", help="Build images before creating containers")
]
NoBuild: TypeAlias = Annotated[
    bool, Option("--no-build", help="Build no image, even a missing one")
]
ForceRecreate: TypeAlias = Annotated[
    bool, Option("--force-recreate", help="Recreate containers that have not changed")
]
NoRecreate: TypeAlias = Annotated[
    bool, Option("--no-recreate", help="Leave containers that exist as they are")
]
AlwaysRecreateDeps: TypeAlias = Annotated[
    bool, Option("--always-recreate-deps", help="Recreate what the services depend on, too")
]
NoDeps: TypeAlias = Annotated[
    bool, Option("--no-deps", help="Leave out what the services depend on")
]
Pull: TypeAlias = Annotated[
    str,
    Option(
        "--pull",
        help="Pull images: always, missing, never, build or policy",
        values=("always", "missing", "never", "build", "policy"),
    ),
]
QuietBuild: TypeAlias = Annotated[bool, Option("--quiet-build", help="Show no build output")]
QuietPull: TypeAlias = Annotated[bool, Option("--quiet-pull", help="Show no progress of pulls")]
RecreateVolumes: TypeAlias = Annotated[
    bool,
    Option("--recreate-volumes", help="Make changed volumes anew, destroying what is in them"),
]
RemoveOrphans: TypeAlias = Annotated[
    bool | None,
    Option("--remove-orphans", help="Remove containers of services that are in no file"),
]
RenewAnonVolumes: TypeAlias = Annotated[
    bool,
    Option("-V", "--renew-anon-volumes", help="Give new containers new anonymous volumes"),
]
Rolling: TypeAlias = Annotated[
    bool | None,
    Option(
        "--rolling",
        help="Replace containers one after the other, each once the new one serves",
    ),
]
Scale: TypeAlias = Annotated[
    list[str] | None,
    Option(
        "--scale",
        metavar="SERVICE=NUM",
        help="Number of containers of a service",
        values="service=",
    ),
]
Yes: TypeAlias = Annotated[bool, Option("-y", "--yes", help="Answer yes to every question")]
WaitTimeout: TypeAlias = Annotated[
    int | None, Option("--wait-timeout", help="Most seconds to wait for --wait and --rolling")
]
HelperImage: TypeAlias = Annotated[
    str,
    Option("--image", help="Image whose GNU tar moves the data, not one that is there already"),
]
Replace: TypeAlias = Annotated[
    bool, Option("--replace", help="Destroy what is in the volume first")
]
StopUsers: TypeAlias = Annotated[
    bool, Option("--stop", help="Stop what uses the volume, and start it again afterwards")
]
NoColor: TypeAlias = Annotated[bool, Option("--no-color", help="Use no colours")]
NoLogPrefix: TypeAlias = Annotated[
    bool, Option("--no-log-prefix", help="Print log lines without their container's name")
]

PULL: Final = ("always", "missing", "never", "build", "policy", "if_not_present")

# Each row: the text of the error, and the flags of which at least one of each column is given.
# Source: docker/compose cmd/compose/up.go validateFlags, create.go validate; in their order.
Conflict: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...]]
_ABORT: Final = ("abort_on_container_exit", "abort_on_container_failure")
_ATTACHED: Final = (*_ABORT, "attach", "attach_dependencies", "watch")
_ATTACHED_TEXT: Final = (
    "cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach,"
    " --attach-dependencies or --watch"
)
_WAIT_TEXT: Final = (
    "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies"
)
CREATE: Final[tuple[Conflict, ...]] = (
    ("--build and --no-build are incompatible", ("build",), ("no_build",)),
    (
        "--force-recreate and --no-recreate are incompatible",
        ("force_recreate",),
        ("no_recreate",),
    ),
)
UP: Final[tuple[Conflict, ...]] = (
    (
        "--abort-on-container-failure cannot be combined with --abort-on-container-exit",
        _ABORT[1:],
        _ABORT[:1],
    ),
    (_WAIT_TEXT, ("wait",), ("abort_on_container_exit", "attach", "attach_dependencies")),
    CREATE[0],
    (f"--detach {_ATTACHED_TEXT}", ("detach",), _ATTACHED),
    (f"--wait {_ATTACHED_TEXT}", ("wait",), _ATTACHED),
    (
        "--no-recreate and --renew-anon-volumes are incompatible",
        ("no_recreate",),
        ("renew_anon_volumes",),
    ),
    CREATE[1],
    (
        "--always-recreate-deps and --no-recreate are incompatible",
        ("always_recreate_deps",),
        ("no_recreate",),
    ),
    ("--no-build and --watch are incompatible", ("no_build",), ("watch",)),
    ("--no-start and --rolling are incompatible", ("no_start",), ("rolling",)),
    ("cannot combine --attach and --attach-dependencies", ("attach",), ("attach_dependencies",)),
)


def check(conflicts: Sequence[Conflict], given: Mapping[str, Any]) -> None:
    """Check that no two given flags contradict each other; `given` maps names to values.

    Raises:
        UsageError: with Docker Compose's words, for the first row that applies.
    """
    for text, left, right in conflicts:
        if any(given.get(name) for name in left) and any(given.get(name) for name in right):
            raise UsageError(text)


def scale(entries: Sequence[str] | None) -> dict[str, int]:
    """Return `--scale` entries as numbers of containers.

    Raises:
        UsageError: an entry is not SERVICE=NUM, or its number is none.
    """
    numbers: dict[str, int] = {}
    for entry in entries or ():
        name, given, number = entry.partition("=")
        if not name or not given:
            raise UsageError(f'invalid --scale option "{entry}". Should be SERVICE=NUM')
        if not number.isdecimal():
            raise UsageError(
                f'invalid --scale option "{entry}". NUM should be a whole number from 0'
            )
        numbers[name] = int(number)
    return numbers


def replicas(entries: Sequence[str] | None) -> dict[str, int]:
    """Return the SERVICE=REPLICAS words of `scale` as numbers of containers.

    Raises:
        UsageError: a word is not of that form, or its number is none.
    """
    numbers: dict[str, int] = {}
    for entry in entries or ():
        name, given, number = entry.partition("=")
        if not given or not name:
            raise UsageError(f"invalid scale specifier: {entry}")
        if not number.isdecimal():
            raise UsageError(f"invalid scale specifier: expected a number of containers: {entry}")
        numbers[name] = int(number)
    return numbers


def pull(text: str) -> PullPolicy:
    """Return a `--pull` value; "" leaves each service its own policy.

    Raises:
        UsageError: it is none.
    """
    if text not in PULL:
        raise UsageError(f'invalid --pull option "{text}"')
    if text == "policy":
        return ""
    return cast("PullPolicy", "missing" if text == "if_not_present" else text)


def seconds(flag: str, value: int | None) -> int | None:
    """Return a number of seconds that may not be negative; 0 stays 0.

    Raises:
        UsageError: it is negative.
    """
    if value is not None and value < 0:
        raise UsageError(f"{flag} must be a non-negative integer")
    return value


def images(text: str) -> Literal["", "local", "all"]:
    """Return a `--rmi` value.

    Raises:
        UsageError: it is none.
    """
    if text not in ("", "local", "all"):
        raise UsageError(f'invalid value for --rmi: "{text}"')
    return cast('Literal["", "local", "all"]', text)


def states(status: Sequence[str] | None, filter: str) -> tuple[str, ...]:
    """Return the container states `ps` is limited to, from `--status` and `--filter`.

    Raises:
        UsageError: the filter is not `status=…`.
    """
    if not filter:
        return tuple(status or ())
    name, given, value = filter.partition("=")
    if not given:
        raise UsageError("arguments to --filter should be in form KEY=VAL")
    if name != "status":
        raise UsageError(f"unknown filter {name}")
    return (*(status or ()), value)


def single_service(index: int, services: Sequence[str] | None) -> None:
    """Check that `--index` has one service to count the containers of.

    Raises:
        UsageError: it has not.
    """
    if index and len(services or ()) != 1:
        raise UsageError("--index requires one service to be selected")


def up(given: Mapping[str, Any], environment: Mapping[str, str]) -> UpOptions:
    """Return what `up`, `create` and `plan` were asked for, from the flags each of them has.

    Raises:
        UsageError: a flag holds what it cannot hold.
    """
    from pycompose.app.options import UpOptions

    asked = {name: given[name] for name in UpOptions._fields if name in given}
    seconds("--wait-timeout", given.get("wait_timeout"))
    asked |= {
        "services": tuple(given["services"] or ()),
        "attach": tuple(given.get("attach") or ()),
        "no_attach": tuple(given.get("no_attach") or ()),
        "exit_code_from": given.get("exit_code_from") or "",
        "pull": pull(given["pull"]),
        "remove_orphans": orphans(given["remove_orphans"], environment),
        "scale": scale(given["scale"]),
    }
    return UpOptions(**asked)


def saved_plan(given: Mapping[str, Any]) -> str | None:
    """Return the text of the file of `--plan`, None without it.

    Raises:
        UsageError: the file cannot be read, or a flag is given that the plan was saved with.
    """
    from pycompose.app.saved import PLANNING

    if not given["plan"]:
        return None
    asked = {**given, "pull": None if given["pull"] == "policy" else given["pull"]}
    for name in PLANNING:
        if asked[name] not in (None, False, []):
            what = "services" if name == "services" else f"--{name.replace('_', '-')}"
            raise UsageError(f"--plan cannot be combined with {what}: the plan says it already")
    try:
        with open(given["plan"], encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise UsageError(f"{given['plan']}: cannot be read: {reason}") from error


def unsupported(given: Mapping[str, Any], *names: str) -> None:
    """Refuse flags that pycompose knows but cannot honour yet.

    Raises:
        UsageError: one of them is given.
    """
    for name in names:
        if given.get(name):
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} is not supported by pycompose yet")


def orphans(flag: bool | None, environment: Mapping[str, str]) -> bool:
    """Return whether orphans go: `--remove-orphans` as typed, else COMPOSE_REMOVE_ORPHANS.

    Raises:
        UsageError: COMPOSE_IGNORE_ORPHANS says to leave them alone.
    """
    from pycompose.app.session import truthy

    wanted = truthy(environment.get("COMPOSE_REMOVE_ORPHANS", "")) if flag is None else flag
    if wanted and truthy(environment.get("COMPOSE_IGNORE_ORPHANS", "")):
        raise UsageError("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans")
    return wanted


def terminal(tty: bool | None, no_tty: bool | None) -> bool | None:
    """Return whether a process is to have a terminal, None where nobody said so.

    Raises:
        UsageError: somebody said both.
    """
    if tty is not None and no_tty is not None:
        raise UsageError("--tty and --no-tty can't be used together")
    if no_tty is not None:
        return not no_tty
    return tty


def compression(text: str) -> Literal["", "gzip", "xz"]:
    """Return a `--compress` value.

    Raises:
        UsageError: it is none.
    """
    if text not in ("", "gzip", "xz"):
        raise UsageError(f'unsupported --compress "{text}", expected gzip or xz')
    return cast('Literal["", "gzip", "xz"]', text)


def only(words: Sequence[str], command: str) -> str:
    """Return the one word that a command takes.

    Raises:
        UsageError: there are more.
    """
    return exactly(words, 1, command)[0]


def exactly(words: Sequence[str], count: int, command: str) -> Sequence[str]:
    """Return the words that a command takes; that there are enough was checked.

    Raises:
        UsageError: there are more.
    """
    if len(words) > count:
        some = "argument" if count == 1 else "arguments"
        raise UsageError(f"'pycompose {command}' takes {count} {some}, received {len(words)}")
    return words
