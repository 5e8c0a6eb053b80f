"""What can be told while work is under way; data only.

A `Sink` receives events one at a time, in order, from one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from pycompose.errors import Problem

Status: TypeAlias = Literal["working", "done", "failed", "skipped", "warning"]


class StepEvent(NamedTuple):
    """A resource changes: `Container demo-web-1` `Creating`.

    `id` is the resource as shown (`Container demo-web-1`, `Network demo_default`, `Image redis`),
    `text` the word for what happens to it (`Creating`, `Created`, `Healthy`…), `detail` a reason
    or an engine's message, else empty.
    """

    id: str
    text: str
    status: Status
    detail: str = ""


class Progress(NamedTuple):
    """How far a transfer is: `parent` is the StepEvent's id, `id` a layer; bytes."""

    parent: str
    id: str
    text: str
    current: int = 0
    total: int = 0


class LogLine(NamedTuple):
    """A line a container wrote, without its line end, or a remark about the container.

    `name` is the display name (`web-1`), `stream` 1 for stdout and 2 for stderr, 0 for a remark
    ("exited with code 0"). `raw` marks output of a terminal, passed on as it came. `time` is when
    the engine took it down, in RFC 3339, where that was asked for. A very long line comes in parts:
    `partial` ones but for the last, all `continued` but for the first.
    """

    name: str
    line: bytes
    stream: Literal[0, 1, 2] = 1
    raw: bool = False
    time: bytes = b""
    partial: bool = False
    continued: bool = False


class Notice(NamedTuple):
    """A warning or a remark; where it is about a file, `problem` is the same as data."""

    message: str
    level: Literal["warning", "info"] = "warning"
    problem: Problem | None = None


Event: TypeAlias = StepEvent | Progress | LogLine | Notice
Sink: TypeAlias = Callable[[Event], None]
