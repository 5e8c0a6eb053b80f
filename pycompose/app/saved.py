"""`plan -o` and `up --plan`: a plan is written to a file, and carried out if nothing has moved."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, get_args

from pycompose.app.beforehand import Beforehand
from pycompose.app.options import PullPolicy, UpOptions
from pycompose.app.session import Session
from pycompose.app.up import Look, bring_up, look_and_plan, planned
from pycompose.errors import PlanOutdated, UsageError

if TYPE_CHECKING:
    from pycompose.model.values import Json

# What of the options decides about the plan: it is saved with them.
PLANNING: Final = (
    "services",
    "always_recreate_deps",
    "build",
    "force_recreate",
    "no_build",
    "no_deps",
    "no_recreate",
    "no_start",
    "pull",
    "recreate_volumes",
    "remove_orphans",
    "renew_anon_volumes",
    "rolling",
    "scale",
    "timeout",
    "wait",
)


def saved_text(session: Session, options: UpOptions, look: Look) -> str:
    """Return the text of the file that a plan is saved in."""
    made = _document(session, options, look)
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def up_saved(session: Session, options: UpOptions, text: str, name: str) -> int:
    """Carry out the plan in the text of the file called `name`; return the exit code of `up`.

    `options` say how it is shown and waited for; what was planned is in the file.

    Raises:
        UsageError: the file holds no plan.
        PlanOutdated: the plan would be another one now; nothing was changed.
    """
    from pycompose.plan.ops import CallProvider, ConfigureModel
    from pycompose.plan.saved import moved, read

    saved = read(text, name)
    asked = _asked(options, saved["options"], name)
    with ExitStack() as held:
        held.enter_context(session.exclusive())
        look = look_and_plan(session, asked)
        reasons = moved(saved, _document(session, asked, look))
        if reasons:
            told = "".join(f"\n  {reason}" for reason in reasons)
            raise PlanOutdated(f"{name}: the plan is out of date, nothing was changed:{told}")
        if any(isinstance(step, CallProvider | ConfigureModel) for step in look.plan.steps):
            # What they set is known only once they have run.
            project = look.project
            look = planned(session, asked, project, Beforehand(session, asked).do)
        return bring_up(session, look, asked, held)


def _asked(options: UpOptions, planned: Json, name: str) -> UpOptions:
    if not all(key in PLANNING and _sound(key, value) for key, value in planned.items()):
        raise UsageError(f"{name}: the plan is damaged: plan again")
    values: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in planned.items()
    }
    return options._replace(**values)


def _sound(key: str, value: Json) -> bool:
    match key:
        case "services":
            return isinstance(value, list) and all(isinstance(name, str) for name in value)
        case "scale":
            return isinstance(value, dict) and all(type(n) is int for n in value.values())
        case "timeout":
            return type(value) is int
        case "pull":
            return value in get_args(PullPolicy)
        case _:
            return isinstance(value, bool)


def _document(session: Session, options: UpOptions, look: Look) -> Json:
    from pycompose.files.contents import digests
    from pycompose.plan.saved import document

    default = UpOptions()
    planned = {
        name: dict(value) if name == "scale" else value
        for name in PLANNING
        if (value := getattr(options, name)) != getattr(default, name)
    }
    return document(
        look.plan,
        look.project,
        look.snapshot,
        engine=session.engine.info().get("ID") or "",
        options=planned,
        contents=digests(look.project),
    )
