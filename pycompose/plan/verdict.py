"""Whether containers have reached what a Wait step waits for, from what inspect says; pure.

Source: rules 109 and 114
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pycompose.model.values import Json
from pycompose.plan.ops import Until

PROBE_OUTPUT = 300  # characters of a health probe's last output shown in a message


class Verdict(NamedTuple):
    """What is known now; `reason` says why it can no longer be reached.

    `running`: reached as far as can be seen, by containers that nothing checks; one that crashes
    at once looks the same for a moment. `about` is what inspect said of the container that is not
    there yet, or never will be.
    """

    state: Literal["pending", "running", "reached", "failed"]
    reason: str = ""
    about: Json = None


_BEGINNING = datetime.min.replace(tzinfo=UTC)
PENDING = Verdict("pending")
RUNNING = Verdict("running")
REACHED = Verdict("reached")


def verdict(documents: Iterable[Json], until: Until) -> Verdict:
    """Return the verdict on all containers: failed if one is, reached once all are."""
    found = [_judge(document, until)._replace(about=document) for document in documents]
    for state in ("failed", "pending", "running"):
        for one in found:
            if one.state == state:
                return one
    return REACHED


def _judge(document: Json, until: Until) -> Verdict:
    if until == "healthy":
        return _healthy(document)
    if until == "completed":
        return _completed(document)
    return REACHED if until == "started" else _running_or_healthy(document, until)


def _name(document: Json) -> str:
    return "container " + str(document["Name"]).lstrip("/")


def _exited(document: Json) -> Verdict | None:
    state = document["State"]
    if state["Status"] not in ("exited", "dead"):
        return None
    killed = ", out of memory" if state.get("OOMKilled") else ""
    return Verdict("failed", f"{_name(document)} exited ({state['ExitCode']}{killed})")


def _healthy(document: Json) -> Verdict:
    state = document["State"]
    ended = _exited(document)
    if ended:
        return ended
    health = state.get("Health")
    if not health or health["Status"] == "none":
        if state["Status"] in ("created", "restarting"):
            return PENDING
        return Verdict("failed", f"{_name(document)} has no healthcheck configured")
    if health.get("Log") and not fresh(document):
        return PENDING  # what was found before it was started says nothing of it now
    if health["Status"] == "unhealthy":
        return Verdict("failed", f"{_name(document)} is unhealthy{_last_probe(fresh(document))}")
    return REACHED if health["Status"] == "healthy" and state["Running"] else PENDING


def fresh(document: Json) -> list[Json]:
    """Return the probes of a health check since the container was last started, oldest first."""
    state = document["State"]
    probes = (state.get("Health") or {}).get("Log") or []
    started = instant(state.get("StartedAt"))
    # Engine: the log outlives a restart.
    return [probe for probe in probes if "Start" not in probe or instant(probe["Start"]) >= started]


def instant(text: str | None) -> datetime:
    """Return a moment of the engine's; the beginning of time where it cannot be read."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return _BEGINNING
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _last_probe(probes: list[Json]) -> str:
    if not probes:
        return ""
    output = str(probes[-1].get("Output", "")).strip()[-PROBE_OUTPUT:]
    said = f": {output}" if output else ""
    return f" (its last probe exited with {probes[-1].get('ExitCode')}{said})"


def _completed(document: Json) -> Verdict:
    state = document["State"]
    if state["Status"] not in ("exited", "dead"):
        return PENDING
    if state["ExitCode"] == 0:
        return REACHED
    reason = f"{_name(document)} didn't complete successfully: exit {state['ExitCode']}"
    return Verdict("failed", reason)


def _running_or_healthy(document: Json, until: Until) -> Verdict:
    state = document["State"]
    policy = ((document.get("HostConfig") or {}).get("RestartPolicy") or {}).get("Name", "")
    if (
        until != "serving"
        and state["Status"] == "exited"
        and state["ExitCode"] == 0
        and policy in ("", "no", "on-failure")
    ):
        return REACHED  # a one-shot that has done its work
    ended = _exited(document)
    if ended:
        return ended
    if document.get("RestartCount") or state["Status"] == "restarting":
        reason = f"{_name(document)} keeps restarting (last exit code {state['ExitCode']})"
        return Verdict("failed", reason)
    health = state.get("Health")
    if health and health["Status"] != "none":
        return _healthy(document)
    return RUNNING if state["Status"] == "running" else PENDING
