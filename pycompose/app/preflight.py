"""Look at engine and machine for what stands in the way of a plan, before its first step."""

from __future__ import annotations

from pycompose.engine.port import Engine
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.observe import everyone
from pycompose.plan import preflight
from pycompose.plan.plan import Plan
from pycompose.snapshot import Snapshot


def look(
    engine: Engine,
    project: Project,
    snapshot: Snapshot,
    plan: Plan,
    *,
    pull: str = "",
    build: bool = True,
) -> list[Problem]:
    """Return everything that stands in the way, on this machine too if the engine is on it.

    Costs at most one list call; none where the plan makes and starts nothing.

    Raises:
        EngineError: the engine refused to tell what it holds.
    """
    asked = preflight.questions(project, snapshot, plan)
    if not asked.containers:
        return []
    facts = preflight.Facts(containers=everyone(engine))
    if (asked.sockets or asked.sources) and engine.socket:
        from pycompose.files import host

        if host.is_here(engine.socket):
            facts = facts._replace(
                listeners=host.listeners(asked.sockets), absent=host.absent(asked.sources)
            )
    return preflight.problems(project, snapshot, plan, facts, pull=pull, build=build)
