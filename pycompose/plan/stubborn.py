"""Containers that did not stop when they were asked to, and what mends that; pure.

In come stops that took long and what the engine says of their containers, out come warnings with
the place of the command that ignored the signal. Arguments may hold secrets and are not shown.

Source: https://docs.docker.com/reference/api/engine/ ContainerStop, ContainerInspect
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from pycompose.events import Notice
from pycompose.model.project import Project
from pycompose.model.values import Json
from pycompose.plan.ops import Restart, Stop
from pycompose.plan.resources import problem
from pycompose.plan.verdict import instant

WORTH: Final = 1.0  # seconds of waiting that nobody needs to be told of
GRACE: Final = 10.0  # seconds that an engine gives where nobody says anything
KILLED: Final = 137  # the exit code after SIGKILL
_SHELLS: Final = ("ash", "bash", "busybox", "dash", "ksh", "sh", "zsh")


class Slow(NamedTuple):
    """A stop that took long: in seconds, with what inspect said of the container afterwards."""

    step: Stop | Restart
    document: Json
    seconds: float


class _Ignored(NamedTuple):
    """A signal that was ignored: for how many seconds, by what, and what would help."""

    grace: float
    what: str
    hint: str


def warnings(project: Project, slow: Iterable[Slow]) -> list[Notice]:
    """Return a warning for each service with containers that were killed in the end."""
    found: dict[tuple[str, _Ignored], list[str]] = {}
    for one in slow:
        ignored = _ignored(one)
        if ignored is not None:
            name = one.step.resource.removeprefix("Container ")
            found.setdefault((one.step.service, ignored), []).append(name)
    return [
        _warning(project, service, ignored, sorted(names))
        for (service, ignored), names in sorted(found.items())
    ]


def _ignored(slow: Slow) -> _Ignored | None:
    """Return what a container ignored; None where it was not killed, or its grace was short."""
    document, state = slow.document, slow.document["State"]
    config = document.get("Config") or {}
    graces = (slow.step.timeout, config.get("StopTimeout"), GRACE)
    grace = next(float(given) for given in graces if given is not None)
    waited = slow.seconds
    if isinstance(slow.step, Restart):
        # It runs again, and its exit code is forgotten; the time between its two lives is not.
        waited -= (instant(state["StartedAt"]) - instant(state["FinishedAt"])).total_seconds()
    elif state["ExitCode"] != KILLED or state.get("OOMKilled"):
        return None
    if grace < WORTH or waited < grace:
        return None
    signal = config.get("StopSignal") or "SIGTERM"
    return _Ignored(grace, *_reason(document, signal))


def _reason(document: Json, signal: str) -> tuple[str, str]:
    """Return which program got the signal and what it does with it, and what mends that."""
    path, arguments = str(document.get("Path") or ""), document.get("Args") or []
    program = PurePosixPath(path).name or "its program"
    longer = "'stop_grace_period' gives it more time"
    if (document.get("HostConfig") or {}).get("Init"):
        other = f"'stop_signal' names another than {signal}"
        return f"{program!r} did not end on {signal}, which init passed on", f"{other}, {longer}"
    if program in _SHELLS and "-c" in arguments:
        what = f"PID 1 is '{program} -c', which neither ends on {signal} nor passes it on"
        return what, "say 'init: true', or begin the command for the shell with 'exec'"
    what = f"PID 1, {program!r}, ignores {signal}"
    return what, f"say 'init: true', or name another 'stop_signal'; {longer}"


def _warning(project: Project, service: str, ignored: _Ignored, names: list[str]) -> Notice:
    who = f"container {names[0]} was"
    if len(names) > 1:
        who = f"containers {', '.join(names)} were"
    message = f"{who} killed after {ignored.grace:g}s: {ignored.what}"
    wanted = project.services.get(service)
    if wanted is None or project.places.find("services", service) is None:
        return Notice(message=f"{message} ({ignored.hint})")
    written = [name for name in ("command", "entrypoint") if getattr(wanted, name) is not None]
    found = problem(project, ("services", service, *written[:1]), message, ignored.hint)
    found = found._replace(severity="warning")
    return Notice(message=str(found), problem=found)
