"""A plan: steps in order, remarks, and how both are shown.

The text form is what `--dry-run` and `pycompose plan` print and what golden tests compare; the
JSON form is described by `schemas/plan.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pycompose.events import Event, Notice, StepEvent
from pycompose.model.values import Json
from pycompose.plan.ops import Change, CreateContainer, Exec, Made, Op, Step
from pycompose.plan.secrecy import MASK, hidden, hidden_options, shown, without_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Steps, topologically ordered by id, and what people should know before they run.

    `running` names the containers that stay as they are.
    """

    steps: tuple[Op, ...] = ()
    notices: tuple[Notice, ...] = ()
    running: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[Event, ...]:
        """What is told before the first step: the notices, then what runs as it should."""
        running = (
            StepEvent(id=f"Container {name}", text="Running", status="done")
            for name in self.running
        )
        return (*self.notices, *running)

    @property
    def destroys(self) -> tuple[str, ...]:
        """What is lost for good when this plan is carried out."""
        return tuple(step.destroys for step in self.steps if step.destroys)

    def __str__(self) -> str:
        return "\n".join(line(step) for step in self.steps)

    def to_json(self, *, values: bool = False) -> Json:
        """Return the plan as JSON; values of variables and build args, and all secrets, are masked.

        With `values`, those of variables that change are not, unless their name tells of a secret.
        """
        return {
            "steps": [_step_json(step, values=values) for step in self.steps],
            "notices": [{"level": n.level, "message": n.message} for n in self.notices],
            "destroys": list(self.destroys),
        }


def line(step: Op) -> str:
    """Return a step as one line: `[4,5] -> #6 Start container demo-web-1: created`.

    Behind a `!` stand the steps that it makes up for.
    """
    after = ",".join([*map(str, step.after), *(f"!{id}" for id in step.rescues)])
    resource = step.resource[:1].lower() + step.resource[1:]
    destroys = f" (destroys {step.destroys})" if step.destroys else ""
    return f"[{after}] -> #{step.id} {type(step).__name__} {resource}: {step.why}{destroys}"


def _step_json(step: Op, *, values: bool) -> Json:
    document: Json = {"op": type(step).__name__}
    for name, value in step.values().items():
        if name == "hashed":  # the values in it are those of the body
            continue
        if name == "body":
            env = isinstance(step, CreateContainer | Exec)
            value = masked(value) if env else hidden(value)
        if name in ("endpoint", "query", "dockerfile_inline", "context", "manifest"):
            value = hidden(value)
        if name in ("flags", "options"):
            value = hidden_options(value) if isinstance(value, dict) else hidden(value)
        if name == "query" and "buildargs" in value:
            value = {**value, "buildargs": without_values(value["buildargs"])}
        if name == "changes":
            value = tuple(change_json(change, values=values) for change in value)
        document[name] = _json(value)
    return document


def change_json(change: Change, *, values: bool) -> Json:
    """Return a change as JSON, masked; without values where they are not known."""
    path, at = change.path, change.at or None
    if not change.known:
        return {"path": path, "at": at}
    old, new = (shown(path, value, values=values) for value in (change.old, change.new))
    return {"path": path, "old": old, "new": new, "at": at}


def _json(value: object) -> Json:
    if isinstance(value, Made):
        return {"made": value.op}
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return value


def masked(body: Json) -> Json:
    """Return a body with the values of its variables, and what looks secret, hidden."""
    env = [entry.split("=", 1)[0] + f"={MASK}" if "=" in entry else entry for entry in body["Env"]]
    return {**hidden(body), "Env": env}


def check(steps: Iterable[Step]) -> None:
    """Check that ids count from 1 and that each step comes after what it needs.

    Raises:
        ValueError: a planner has a fault.
    """
    for expected, step in enumerate(steps, 1):
        needs = step.after + step.rescues if step.rescues else step.after
        if step.id != expected or (needs and not 0 < min(needs) <= max(needs) < expected):
            # The type checker cannot know: every Step is one of those that Op lists
            raise ValueError(f"step #{step.id} is out of order: {line(step)}")  # type: ignore[arg-type]
