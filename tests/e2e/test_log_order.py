"""Logs of many containers: nothing is lost or told twice, and all of it is in order."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from functools import partial

import pytest

pytestmark = pytest.mark.docker

# Each run of a container writes its lines and waits to be restarted.
LINES = 10_000 if os.environ.get("PYCOMPOSE_TEST_ALL") else 2_000
CONTAINERS = 5
SCRIPT = f"i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo $i; done; echo end; exec sleep 1000"
FIVE = f"""\
services:
  web:
    image: IMAGE
    command: ["sh", "-c", "{SCRIPT.replace("$", "$$")}"]
    init: true
    stop_grace_period: 0s
    scale: {CONTAINERS}
"""
WORDS = """\
services:
  web:
    image: IMAGE
    command: |-
      sh -c "echo '[INFO] start';
      echo '{\\"level\\":\\"error\\",\\"n\\":1}'; echo 'level=warn slow'; echo ' trace'"
"""


def told(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def check(lines: list[dict], runs: int) -> None:
    """Every line of each run is there once, and none goes before an older one."""
    assert [line["ts"] for line in lines] == sorted(line["ts"] for line in lines)
    counts = Counter((line["index"], line["line"]) for line in lines)
    wanted = [str(number) for number in range(1, LINES + 1)] + ["end"]
    assert counts == Counter(
        {(index, text): runs for index in range(1, CONTAINERS + 1) for text in wanted}
    )


def shown(text: str) -> list[dict]:
    found = re.findall(r"^web-(\d) +\| (\S+Z) (\w+)$", text, re.MULTILINE)
    return [{"index": int(index), "ts": ts, "line": line} for index, ts, line in found]


def ends(text: str) -> int:
    return text.count('"line":"end"')


def reached(following, wanted: int) -> bool:
    return ends(following.stdout) == wanted


def test_lines_are_in_the_order_in_which_they_were_written(scene) -> None:
    scene.write(FIVE)
    following = None
    for run in (1, 2, 3):
        for id in scene.ids().values():
            scene.client.api.restart(id, timeout=0)
        if run == 1:
            scene.up()
        following = following or scene.start("logs", "-f", "--format", "json")
        wanted = run * CONTAINERS
        following.until(partial(reached, following, wanted), f"the end of run {run}")
    check(told(scene.run("logs", "--format", "json").stdout), 3)
    following.signal(2)
    assert following.end() == 130
    check(told(following.stdout), 3)


def test_an_attached_up_shows_lines_in_the_order_in_which_they_were_written(scene) -> None:
    scene.write(FIVE)
    up = scene.start("up", "--timestamps", "--no-color")
    for run in (1, 2, 3):
        wanted = run * CONTAINERS
        up.until(lambda wanted=wanted: up.stdout.count("Z end\n") == wanted, f"run {run}")
        if run < 3:
            for id in scene.ids().values():
                scene.client.api.restart(id, timeout=0)
    up.signal(2)
    assert up.end() == 130
    check(shown(up.stdout), 3)


def test_containers_that_start_later_are_followed_too(scene) -> None:
    scene.write(FIVE.replace(f"scale: {CONTAINERS}", "scale: 1"))
    scene.up()
    following = scene.start("logs", "-f", "--format", "json")
    following.until(lambda: ends(following.stdout) == 1, "the first")
    scene.run("scale", f"web={CONTAINERS}")
    following.until(lambda: ends(following.stdout) == CONTAINERS, "the others")
    scene.run("down")
    assert following.end() == 0
    check(told(following.stdout), 1)


def test_lines_are_chosen_by_level_and_expression(scene) -> None:
    scene.write(WORDS)
    scene.up()
    scene.wait(lambda: scene.states() == {"web-1": "exited"}, "the end")
    plain = ("logs", "--no-log-prefix")
    assert scene.run(*plain, "--level", "warning").stdout == (
        '{"level":"error","n":1}\nlevel=warn slow\n trace\n'
    )
    assert scene.run(*plain, "--level", "error").stdout == '{"level":"error","n":1}\n'
    assert scene.run(*plain, "--grep", "^.INFO").stdout == "[INFO] start\n"
    assert "unknown level 'loud'" in scene.run("logs", "--level", "loud", code=1).stderr
    assert "no regular expression" in scene.run("logs", "--grep", "(", code=1).stderr
    [first, *_] = told(scene.run("logs", "--format", "json").stdout)
    assert (
        first.items()
        >= {
            "service": "web",
            "container": f"{scene.name}-web-1",
            "index": 1,
            "stream": "stdout",
            "line": "[INFO] start",
        }.items()
    )
