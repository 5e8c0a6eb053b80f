"""Docker Compose in Python.

    import pycompose

    project = pycompose.load("compose.yaml")        # reads files, needs no engine
    with pycompose.connect() as engine:             # DOCKER_HOST, contexts, default sockets
        plan = pycompose.plan_up(project, engine)   # looks, changes nothing
        print(plan)
        pycompose.apply(plan, engine, print, project=project)
        # or simply: pycompose.up(project, engine)

The names in `__all__` are the public interface; each is imported when it is first asked for.
"""

from __future__ import annotations

from pycompose.version import VERSION as __version__  # noqa: F401 - the name Python packages have it under

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pycompose.api import apply, connect, down, load, plan_down, plan_up, ps, up
    from pycompose.apply import Report
    from pycompose.engine.fake import FakeEngine
    from pycompose.engine.port import Engine
    from pycompose.errors import (
        ApplyError,
        Cancelled,
        ComposeFileError,
        Conflict,
        EngineError,
        EngineUnavailable,
        NoComposeFile,
        NotFound,
        Position,
        Problem,
        PycomposeError,
        UsageError,
    )
    from pycompose.events import Event, LogLine, Notice, Progress, StepEvent
    from pycompose.model.project import Project
    from pycompose.model.service import Service
    from pycompose.observe import observe
    from pycompose.plan.ops import Op
    from pycompose.plan.plan import Plan
    from pycompose.snapshot import Snapshot

_HOMES = {
    "pycompose.api": ("apply", "connect", "down", "load", "plan_down", "plan_up", "ps", "up"),
    "pycompose.apply": ("Report",),
    "pycompose.engine.fake": ("FakeEngine",),
    "pycompose.engine.port": ("Engine",),
    "pycompose.errors": (
        "ApplyError",
        "Cancelled",
        "ComposeFileError",
        "Conflict",
        "EngineError",
        "EngineUnavailable",
        "NoComposeFile",
        "NotFound",
        "Position",
        "Problem",
        "PycomposeError",
        "UsageError",
    ),
    "pycompose.events": ("Event", "LogLine", "Notice", "Progress", "StepEvent"),
    "pycompose.model.project": ("Project",),
    "pycompose.model.service": ("Service",),
    "pycompose.observe": ("observe",),
    "pycompose.plan.ops": ("Op",),
    "pycompose.plan.plan": ("Plan",),
    "pycompose.snapshot": ("Snapshot",),
}

__all__ = [
    "load",
    "connect",
    "observe",
    "plan_up",
    "plan_down",
    "apply",
    "up",
    "down",
    "ps",
    "Project",
    "Service",
    "Snapshot",
    "Plan",
    "Op",
    "Report",
    "Engine",
    "FakeEngine",
    "Event",
    "StepEvent",
    "Progress",
    "LogLine",
    "Notice",
    "PycomposeError",
    "UsageError",
    "ComposeFileError",
    "NoComposeFile",
    "Problem",
    "Position",
    "EngineError",
    "NotFound",
    "Conflict",
    "EngineUnavailable",
    "ApplyError",
    "Cancelled",
]


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            found = getattr(import_module(module), name)
            _restore_names()
            return found
    raise AttributeError(f"module 'pycompose' has no attribute {name!r}")


def _restore_names() -> None:
    """Give back the names of functions that modules took when they were imported."""
    from importlib import import_module
    from sys import modules

    for name, home in (("apply", "pycompose.api"), ("observe", "pycompose.observe")):
        if f"pycompose.{name}" in modules:
            globals()[name] = getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted((*__all__, "__version__"))
