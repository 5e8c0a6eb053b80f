"""Hooks of services as the Engine API runs commands in containers; pure."""

from __future__ import annotations

from pycompose.model.hooks import Hook
from pycompose.model.values import Json


def exec_body(hook: Hook) -> Json:
    """Return the body of POST /containers/{id}/exec for a hook whose output is wanted."""
    environment = sorted(hook.environment.items())
    return {
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": list(hook.command or ()),
        "Env": [name if value is None else f"{name}={value}" for name, value in environment],
        "Privileged": hook.privileged,
        "User": hook.user,
        "WorkingDir": hook.working_dir,
    }
