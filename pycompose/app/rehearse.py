"""--dry-run: a plan told as if it were carried out; nothing is asked of the engine."""

from __future__ import annotations

from pycompose.events import Sink, StepEvent
from pycompose.plan.ops import Wait
from pycompose.plan.plan import Plan
from pycompose.plan.words import done_word, working_word


def rehearse(plan: Plan, emit: Sink) -> None:
    """Emit the events of a plan that goes well."""
    for remark in plan.remarks:
        emit(remark)
    for step in plan.steps:
        if step.rescues:
            continue
        names = [f"Container {name}" for name in step.names] if isinstance(step, Wait) else ()
        for name in names or [step.resource]:
            if word := working_word(step):
                emit(StepEvent(id=name, text=word, status="working", detail=step.why))
            if word := done_word(step):
                emit(StepEvent(id=name, text=word, status="done"))
