"""Run a hook in a container, or in one of its own, to its end, and tell what it writes.

Source: rules 144 and 159-162
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from typing import Final

from pycompose.engine.port import Engine
from pycompose.errors import Conflict, EngineError, NotFound
from pycompose.events import Sink
from pycompose.lines import split
from pycompose.plan.ops import Exec, RunHook

TAIL_LINES: Final = 10
TAIL_BYTES: Final = 2048
LOOK_AGAIN: Final = 0.05  # seconds between looks at a command whose output ended before it did


def run_hook(step: Exec, container: str, engine: Engine, tell: Sink) -> None:
    """Run the hook of a step, its output told line by line.

    Raises:
        EngineError: it could not be run, or did not end with 0; names the place in the files and
            tells what it wrote last.
    """
    last: deque[bytes] = deque(maxlen=TAIL_LINES)
    what = f"{step.service} hook"
    where = f"({step.moment} at {step.place})"
    try:
        exec = engine.create_exec(container, step.body)
        with closing(engine.start_exec(exec)) as output:
            for line in split(output, f"{step.name} ->"):
                last.append(line.line)
                tell(line)
        while (seen := engine.inspect_exec(exec)).get("Running"):
            time.sleep(LOOK_AGAIN)
    except EngineError as error:
        if step.moment != "post_start" and isinstance(error, NotFound | Conflict):
            return  # it has stopped, as it was to be
        message = f"{what}: {error.message} {where}"
        raise type(error)(message, status=error.status, request=error.request) from error
    if code := seen.get("ExitCode"):
        raise _failed(f"{what} exited with status {code} {where}", last)


def run_before(step: RunHook, container: str, engine: Engine, tell: Sink) -> None:
    """Run the hook that a container was made for, its output told line by line.

    Raises:
        EngineError: it could not be run, or did not end with 0; names the place in the files and
            tells what it wrote last. The container stays.
    """
    last: deque[bytes] = deque(maxlen=TAIL_LINES)
    what = f"{step.service} hook"
    where = f"(pre_start at {step.place}; {step.resource.lower()} is kept to be looked at)"
    try:
        with closing(engine.attach(container)) as output:
            engine.start_container(container)
            for line in split(output, f"{step.name} ->"):
                last.append(line.line)
                tell(line)
        code = engine.wait_container(container)
    except EngineError as error:
        message = f"{what}: {error.message} {where}"
        raise type(error)(message, status=error.status, request=error.request) from error
    if code:
        raise _failed(f"{what} exited with status {code} {where}", last)


def _failed(message: str, last: Iterable[bytes]) -> EngineError:
    tail = b"\n".join(last)[-TAIL_BYTES:].decode(errors="replace")
    return EngineError("\n  ".join([message, *tail.splitlines()]))
