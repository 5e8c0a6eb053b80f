"""Commands that are killed at each change they make, and what must be there then: F-01 to F-06.

Two services, volumes with and without a name, a network; as users have them.
"""

from __future__ import annotations

from typing import NamedTuple

from fault_proxy import Proxy
from ground import Ground, changes, killed

PROJECT = """\
services:
  db:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    environment: {ROUND: "0"}
    volumes: [named:/named, /anonymous]
    scale: SCALE
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    environment: {ROUND: "0"}
    volumes: [/anonymous]
    depends_on: [db]
volumes:
  named: {}
"""
MARKERS = "cat /named/marker /anonymous/marker"


class Scenario(NamedTuple):
    """A command, and where it begins.

    `before` are the commands first run with `first` containers of `db`; `last` is how many the
    file that the command meets wants, and `changed` that it wants all of them to be made anew.
    """

    before: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    first: int = 1
    last: int = 1
    changed: bool = False


UP = ("up", "-d")
SCENARIOS = {
    "F-01": Scenario((), UP),
    "F-02": Scenario((UP,), UP, changed=True),
    "F-03": Scenario((UP,), UP, last=3),
    "F-04": Scenario((UP,), UP, first=3),
    "F-05": Scenario((UP,), ("down", "-v")),
    "F-06": Scenario((UP, ("stop",)), UP),
}


def text(count: int, *, changed: bool = False) -> str:
    written = PROJECT.replace("SCALE", str(count))
    return written.replace('"0"', '"1"') if changed else written


def names(count: int) -> list[str]:
    return [*(f"db-{number}" for number in range(1, count + 1)), "web-1"]


def begin(ground: Ground, scenario: Scenario) -> None:
    """Bring the project to where the command is to begin, with markers in its volumes."""
    ground.write(text(scenario.first))
    for words in scenario.before:
        ground.run(*words)
        if words == UP:
            ground.shell("db-1", "echo kept > /named/marker; echo kept > /anonymous/marker")
            ground.shell("web-1", "echo kept > /anonymous/marker")
    ground.write(text(scenario.last, changed=scenario.changed))


def points(ground: Ground, proxy: Proxy, scenario: Scenario) -> int:
    """Return how many changes the command makes when nobody kills it; clean up after."""
    begin(ground, scenario)
    found = changes(ground, proxy, *scenario.words)
    ground.nothing_is_left()
    return found


def trial(ground: Ground, proxy: Proxy, scenario: Scenario, at: int, *, after: bool) -> str:
    """Kill the command there, and see that all is well after the next one; return the request.

    Raises:
        AssertionError: it is not.
    """
    begin(ground, scenario)
    request = killed(ground, proxy, scenario.words, at, after=after)
    if scenario.words[0] != "down":
        ground.converges(names(scenario.last))
        if scenario.before:
            assert ground.shell("db-1", MARKERS).split() == ["kept", "kept"], "data of db is lost"
            marker = ground.shell("web-1", "cat /anonymous/marker").split()
            assert marker == ["kept"], "data of web is lost"
    ground.nothing_is_left()
    return request
