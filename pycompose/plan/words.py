"""What each step is called while it runs and once it is done; "" where nobody needs to be told.

A recreated container is told of once, though it takes five steps.

Source: rule 157
"""

from __future__ import annotations

from typing import Final

from pycompose import labels
from pycompose.plan import ops

_WORDS: Final[dict[type[ops.Op], tuple[str, str]]] = {
    ops.CreateNetwork: ("Creating", "Created"),
    ops.RemoveNetwork: ("Removing", "Removed"),
    ops.Connect: ("", ""),
    ops.Disconnect: ("", ""),
    ops.CreateVolume: ("Creating", "Created"),
    ops.RemoveVolume: ("Removing", "Removed"),
    ops.PullImage: ("Pulling", "Pulled"),
    ops.BuildImage: ("Building", "Built"),
    ops.RemoveImage: ("Removing", "Removed"),
    ops.CreateContainer: ("Creating", "Created"),
    ops.Start: ("Starting", "Started"),
    ops.Stop: ("Stopping", "Stopped"),
    ops.Kill: ("Killing", "Killed"),
    ops.Pause: ("", "Paused"),
    ops.Unpause: ("", "Unpaused"),
    ops.Restart: ("Restarting", "Started"),
    ops.Rename: ("", ""),
    ops.RemoveContainer: ("Removing", "Removed"),
    ops.PutArchive: ("", ""),
    ops.Exec: ("", ""),
    ops.RunHook: ("Starting", "Exited"),
    ops.CallProvider: ("Creating", "Created"),
    ops.PullModel: ("Pulling", "Pulled"),
    ops.ConfigureModel: ("Configuring", "Configured"),
    ops.SaveVolume: ("Backing up", "Backed up"),
    ops.FillVolume: ("Restoring", "Restored"),
    ops.CopyVolume: ("Cloning", "Cloned"),
    ops.Delay: ("", ""),
}
_QUIET: Final = ("replaced", "moving")  # causes of steps that are part of another that is told
_WAITED: Final[dict[ops.Until, str]] = {
    "healthy": "Healthy",
    "completed": "Exited",
    "running_or_healthy": "Healthy",
    "serving": "Healthy",
    "started": "",
}


def _replaces(step: ops.Op) -> bool:
    return isinstance(step, ops.CreateContainer) and labels.REPLACE in step.body["Labels"]


def working_word(step: ops.Op) -> str:
    """Return the word for a step that has begun."""
    if isinstance(step, ops.Wait):
        return "" if step.until == "started" else "Waiting"
    if _replaces(step):
        return "Recreate"
    if isinstance(step, ops.CallProvider) and step.command == "down":
        return "Removing"
    return "" if step.cause in _QUIET else _WORDS[type(step)][0]


def done_word(step: ops.Op) -> str:
    """Return the word for a step that has ended well."""
    if isinstance(step, ops.Wait):
        return _WAITED[step.until]
    if isinstance(step, ops.Rename):
        return "" if step.cause == "moving" else "Recreated"
    if isinstance(step, ops.CallProvider) and step.command == "down":
        return "Removed"
    return "" if step.cause in _QUIET or _replaces(step) else _WORDS[type(step)][1]
