"""The live display of a real process on a pseudo-terminal."""

from __future__ import annotations

import sys
import time

import pexpect
import pyte
import pytest
from command_line import environment

PROGRAM = """
import time
from contextlib import closing
from pycompose.cli.interrupts import interrupts
from pycompose.cancel import Cancel
from pycompose.errors import Cancelled
from pycompose.events import LogLine, StepEvent
from pycompose.ui.display import open_display

with closing(open_display(title="up")) as display:
    try:
        with interrupts(Cancel()):
            display(StepEvent(id="Container x", text="Starting", status="working"))
            time.sleep(0.3)
            display(StepEvent(id="Container x", text="Started", status="done"))
            display(LogLine(name="x", line=b"hello"))
            display(StepEvent(id="Container x", text="Stopping", status="working"))
            time.sleep(30)
    except Cancelled:
        display(StepEvent(id="Container x", text="Stopped", status="done"))
"""


@pytest.mark.parametrize("size", [(24, 80), (1, 1), (0, 0)])
def test_f_15_an_interrupt_leaves_the_last_state_and_the_cursor(size) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-c", PROGRAM],
        env=environment(TERM="xterm"),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=20,
    )
    child.expect("Stopping")
    seen = child.before + child.after
    child.setwinsize(*size)
    began = time.monotonic()
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert time.monotonic() - began < 5
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(seen + child.before)
    assert not screen.cursor.hidden
    if size == (24, 80):
        lines = [line.rstrip() for line in screen.display]
        assert lines[0] == "[+] up 1/1"
        assert lines[1].startswith(" ✔ Container x Started")
        assert lines[2] == "x  | hello"
        assert lines[3].endswith("[+] up 1/1")
        assert lines[4].startswith(" ✔ Container x Stopped")
