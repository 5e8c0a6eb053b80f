"""Hooks as the bodies of requests."""

from __future__ import annotations

from pycompose.convert.hooks import exec_body
from pycompose.model.hooks import Hook


def test_a_hook_becomes_a_command_whose_output_is_wanted() -> None:
    hook = Hook(
        command=("sh", "-c", "x"),
        user="me",
        privileged=True,
        working_dir="/srv",
        environment={"B": "2=3", "A": None},
    )

    assert exec_body(hook) == {
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": ["sh", "-c", "x"],
        "Env": ["A", "B=2=3"],
        "Privileged": True,
        "User": "me",
        "WorkingDir": "/srv",
    }
