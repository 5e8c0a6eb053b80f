"""Ask an engine what it knows of a container that did not become what was waited for."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from pycompose.apply import Diagnose
from pycompose.engine.port import Engine
from pycompose.errors import EngineError
from pycompose.model.project import Project
from pycompose.model.values import Json
from pycompose.plan.ops import Wait
from pycompose.plan.plan import Plan
from pycompose.plan.unmet import LINES, report


def diagnosis(engine: Engine, project: Project, plan: Plan) -> Diagnose:
    """Return what tells why a wait of a plan failed."""
    return partial(_diagnose, engine, project, plan)


def _diagnose(engine: Engine, project: Project, plan: Plan, wait: Wait, document: Json) -> str:
    return "\n".join(report(project, plan, wait, document, _output(engine, document)))


def _output(engine: Engine, document: Json) -> list[str]:
    """Return the last lines that a container has printed; none where its driver keeps none."""
    tty = bool((document.get("Config") or {}).get("Tty"))
    printed = b""
    with suppress(EngineError):
        stream = engine.logs(document["Id"], tail=str(LINES), tty=tty)
        try:
            printed = b"".join(data for _, data in stream)
        finally:
            stream.close()
    text = printed.decode("utf-8", "replace").replace("\r\n", "\n")
    return text.removesuffix("\n").split("\n") if text else []
