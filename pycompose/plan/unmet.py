"""Why a wait came to nothing: the container, its health check, what it printed; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerInspect
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pycompose.errors import Position
from pycompose.model.project import Project
from pycompose.model.values import Json
from pycompose.plan.ops import RemoveContainer, Start, Wait
from pycompose.plan.plan import Plan
from pycompose.plan.verdict import fresh

PROBES: Final = 3  # of a health check that are told, the last ones
LINES: Final = 20  # of a container's output that are told, the last ones
PROBE_LINES: Final = 5  # of the output of one probe
_WIDEST: Final = 300  # characters of a line


def report(
    project: Project, plan: Plan, wait: Wait, document: Json, output: Iterable[str]
) -> list[str]:
    """Return what is known of the container that a step waited for, line by line.

    `document` is what inspect says of it, `output` the last lines it printed.
    """
    return [
        f"  {_state(document)}",
        *_check(project, wait, document),
        *_needed(project, plan, wait),
        *_undone(plan, wait),
        *_printed(list(output)[-LINES:]),
    ]


def _state(document: Json) -> str:
    state = document["State"]
    parts = [f"state {state['Status']}"]
    if state["Status"] in ("exited", "dead", "restarting"):
        parts.append(f"exit code {state['ExitCode']}")
    if state.get("OOMKilled"):
        parts.append("killed as it ran out of memory")
    if document.get("RestartCount"):
        parts.append(f"restarted {document['RestartCount']} times")
    if state.get("Error"):
        parts.append(str(state["Error"]))
    return ", ".join(parts)


def _check(project: Project, wait: Wait, document: Json) -> list[str]:
    """Return where the health check stands, and what its last probes found."""
    health = document["State"].get("Health")
    if not health or health["Status"] == "none":
        return []
    service = project.services.get(wait.service)
    at: Position | None = None
    if service is not None and service.healthcheck is not None:
        at = project.places.find("services", wait.service, "healthcheck")
    where = f"at {at}" if at else "of its image" if service and not service.healthcheck else ""
    told = [f"  its health check {where}".rstrip() + f": {health['Status']}"]
    for probe in fresh(document)[-PROBES:]:
        first, *more = _lines(str(probe.get("Output") or ""))[-PROBE_LINES:] or ["no output"]
        told.append(f"    exit code {probe.get('ExitCode')}: {first}")
        told += [f"      {line}" for line in more]
    if len(told) == 1:
        told.append("    no probe has ended since it was started")
    return told


def _needed(project: Project, plan: Plan, wait: Wait) -> list[str]:
    """Return which services wait for it, each with its place."""
    waiting = {step.service for step in plan.steps if wait.id in step.after} - {wait.service, ""}
    told = []
    for name in sorted(waiting):
        service = project.services.get(name)
        if service is not None and wait.service in service.depends_on:
            at = project.places.find("services", name, "depends_on", wait.service)
            where = f" ({at})" if at else ""
            told.append(f"  service {name!r} depends on it{where}")
    return told


def _undone(plan: Plan, wait: Wait) -> list[str]:
    """Return what becomes of a replacement that does not serve."""
    rescues = [step for step in plan.steps if wait.id in step.rescues]
    if not any(isinstance(step, RemoveContainer) for step in rescues):
        return []
    # Only where it made way for the new one does the old one have to start.
    again = any(isinstance(step, Start) for step in rescues if step.failures == 1)
    return [f"  it is taken away, and the old container {'starts again' if again else 'runs on'}"]


def _printed(output: list[str]) -> list[str]:
    if not output:
        return ["  it has printed nothing that can be read"]
    return ["  the end of its output:", *(f"    {line[:_WIDEST]}" for line in output)]


def _lines(text: str) -> list[str]:
    return [line[:_WIDEST] for line in text.strip().split("\n") if line.strip()]
