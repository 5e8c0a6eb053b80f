"""Whether containers have reached what a Wait step waits for, from what inspect says; pure.

Source: rules 109 and 114
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from pycompose.model.values import Json
from pycompose.plan.ops import Until

PROBE_OUTPUT = 300  # characters of a health probe's last output shown in a message


class Verdict(NamedTuple):
    """What is known now; `reason` says why it can no longer be reached."""

    state: Literal["pending", "reached", "failed"]
    reason: str = ""


PENDING = Verdict("pending")
REACHED = Verdict("reached")


def verdict(documents: Iterable[Json], until: Until) -> Verdict:
    """Return the verdict on all containers: failed if one is, reached once all are."""
    found = [_judge(document, until) for document in documents]
    for one in found:
        if one.state == "failed":
            return one
    return REACHED if all(one.state == "reached" for one in found) else PENDING


def _judge(document: Json, until: Until) -> Verdict:
    if until == "healthy":
        return _healthy(document)
    if until == "completed":
        return _completed(document)
    return REACHED if until == "started" else _running_or_healthy(document)


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
    if health["Status"] == "unhealthy":
        return Verdict("failed", f"{_name(document)} is unhealthy{_last_probe(health)}")
    return REACHED if health["Status"] == "healthy" and state["Running"] else PENDING


def _last_probe(health: Json) -> str:
    probes = health.get("Log") or []
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


def _running_or_healthy(document: Json) -> Verdict:
    state = document["State"]
    policy = ((document.get("HostConfig") or {}).get("RestartPolicy") or {}).get("Name", "")
    if (
        state["Status"] == "exited"
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
    return REACHED if state["Status"] == "running" else PENDING
