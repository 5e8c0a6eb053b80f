"""A terminal for tests: commands in a tmux of their own, its screen as text."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

PATIENCE = 60.0  # seconds; a deadline, not a wait


class Terminal:
    """One pane of a tmux server of its own; a shell runs in it whose prompt is `$ `."""

    def __init__(self, folder: Path, env: dict[str, str], *, rows: int = 24, columns: int = 80):
        self.socket = str(folder / "tmux.sock")
        size = ["-x", str(columns), "-y", str(rows)]
        shell = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), "PS1=$ "]
        self.tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), *shell, "sh")
        self.asked = 0
        self.shows("$")

    def tmux(self, *words: str) -> str:
        command = ["tmux", "-S", self.socket, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def type(self, text: str) -> None:
        """Type a line, and Enter."""
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names, such as `C-c`."""
        self.tmux("send-keys", *keys)

    def resize(self, rows: int, columns: int) -> None:
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def screen(self) -> list[str]:
        """The lines on the screen, without the empty ones below the last."""
        lines = [line.rstrip() for line in self.tmux("capture-pane", "-p").split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def shows(self, *last: str) -> None:
        """Wait until the last lines on the screen are these."""
        deadline = time.monotonic() + PATIENCE
        while (lines := self.screen)[-len(last) :] != list(last):
            if time.monotonic() > deadline:
                pytest.fail("\n".join([f"the last lines are never {last!r}, but:", *lines]))
            time.sleep(0.05)

    def wait_for(self, text: str) -> None:
        """Wait until a text is somewhere on the screen."""
        deadline = time.monotonic() + PATIENCE
        while not any(text in line for line in self.screen):
            if time.monotonic() > deadline:
                pytest.fail("\n".join([f"{text!r} never appears in:", *self.screen]))
            time.sleep(0.05)

    def answer(self, command: str) -> list[str]:
        """Type a command at the prompt of the shell; return what is on the screen for it.

        In it, `$code` is the exit code of the command before.
        """
        self.asked += 1
        end = f"={self.asked}="
        self.type(f"code=$?; clear; {command}; echo {end}")
        self.shows(end, "$")
        return self.screen[:-2]

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, check=False)


needed = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
