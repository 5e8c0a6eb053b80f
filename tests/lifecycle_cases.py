"""What is asked of projects in all kinds of situations, for the comparison with Docker Compose."""

from __future__ import annotations

from collections.abc import Iterator

FILE = """\
x-base: &base
  image: IMAGE
  command: sleep 1000
  stop_grace_period: 0s
services:
  db:
    <<: *base
    healthcheck: {test: [CMD, test, "!", -e, /sick], interval: 500ms, retries: 1}
  web:
    <<: *base
    scale: 2
    depends_on: {db: {condition: service_healthy}}
  job:
    <<: *base
    command: test ! -e /sick
  app:
    <<: *base
    depends_on: {job: {condition: service_completed_successfully}}
  follower:
    <<: *base
    depends_on: {db: {condition: service_started, restart: true}}
  alone:
    <<: *base
    volumes: [/anonymous, named:/named]
  optional:
    <<: *base
    depends_on: {db: {condition: service_healthy, required: false}}
  off:
    <<: *base
    profiles: [x]
    depends_on: [db]
volumes:
  named: {}
"""
ORPHAN = """\
services:
  orphan: {image: IMAGE, command: sleep 1000, stop_grace_period: 0s}
"""
FLAGS = ("-f", "compose.yaml")
WITH_ORPHAN = (*FLAGS, "-f", "orphan.yaml", "--profile", "x")
# How a project comes to be in a situation: commands of Docker Compose, and `engine` calls.
SITUATIONS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "created": ("create",),
    "running": ("up -d",),
    "stopped": ("up -d", "stop"),
    "paused": ("up -d", "pause web alone"),
    "half": ("up -d", "engine stop web-2 alone-1"),
    "one paused": ("up -d", "engine pause web-2"),
    "scaled": ("up -d --scale web=4",),
    "no db": ("up -d", "engine remove db-1"),
    "stopped, no db": ("up -d", "stop", "engine remove db-1"),
    "no web": ("up -d", "engine remove web-1 web-2"),
    "only web-2": ("up -d", "engine remove web-1"),
    "stopped, no web": ("up -d", "stop", "engine remove web-1 web-2"),
    "stopped, no job": ("up -d", "stop", "engine remove job-1"),
    "no job": ("up -d", "engine remove job-1"),
    "profile": ("--profile x up -d",),
    "profile, stopped": ("--profile x up -d", "--profile x stop"),
    "orphan": ("whole up -d",),
    "orphan, stopped": ("whole up -d", "whole stop"),
    "one-off": ("up -d", "run -d --no-deps alone"),
    "sick": ("create", "engine sicken db-1 job-1"),
    "sick, running": ("up -d", "engine sicken db-1"),
}
# What is not the same, and why: only exit codes and output are compared where Docker Compose fails.
PAUSED = "a paused container goes on, where Docker Compose fails to start it"
GAPS = "gaps in the numbers of containers are filled"
DIFFERENCES = {
    ("start", "paused"): PAUSED,
    ("start web", "paused"): PAUSED,
    ("scale web=3", "paused"): PAUSED,
    ("create", "paused"): "what is there is left as it is, where Docker Compose starts what paused",
    ("create", "only web-2"): GAPS,
    ("scale web=3", "only web-2"): GAPS,
    ("--dry-run start", "stopped"): "Docker Compose sees no container in a rehearsal",
    ("scale web=-1", "running"): "Docker Compose fails by a defect, with its trace",
}
NAMELESS = "project "  # the command gets no file: it knows the project by its name alone
CASES: dict[str, tuple[str, ...]] = {
    "start": (
        "nothing",
        "created",
        "running",
        "stopped",
        "paused",
        "half",
        "no db",
        "stopped, no db",
        "stopped, no web",
        "stopped, no job",
        "profile, stopped",
        "orphan, stopped",
        "sick",
        "sick, running",
    ),
    "start db": ("nothing", "created", "stopped", "stopped, no db", "stopped, no web"),
    "start web": ("created", "stopped", "half", "paused", "stopped, no db", "stopped, no web"),
    "start app": ("created", "stopped", "stopped, no job", "sick", "running"),
    "start follower": ("created", "stopped", "stopped, no db", "half"),
    "start alone": ("stopped", "one-off", "stopped, no db"),
    "start off": ("stopped", "profile, stopped"),
    "start nosuch": ("running", "stopped"),
    "start web nosuch": ("stopped",),
    "start web alone": ("stopped",),
    "start orphan": ("orphan, stopped",),
    "--profile x start": ("profile, stopped", "stopped"),
    "--profile x start off": ("profile, stopped", "stopped"),
    "--dry-run start": ("stopped",),
    "start optional": ("stopped", "stopped, no db", "sick", "no db"),
    "project start": ("nothing", "stopped", "stopped, no db", "orphan, stopped", "half"),
    "project start follower": ("stopped", "stopped, no db", "stopped, no job"),
    "project start web": ("stopped", "stopped, no db", "stopped, no web"),
    "project start nosuch": ("nothing", "stopped", "running"),
    "project start orphan": ("orphan, stopped",),
    "stop": (
        "nothing",
        "created",
        "running",
        "stopped",
        "paused",
        "half",
        "no db",
        "profile",
        "orphan",
        "one-off",
    ),
    "stop db": ("running", "paused", "profile", "no db"),
    "stop web": ("running", "paused", "scaled", "no web"),
    "stop -t 1 alone": ("running",),
    "stop --timeout 0 db web": ("running",),
    "stop off": ("profile", "running"),
    "stop nosuch": ("running",),
    "stop orphan": ("orphan",),
    "--profile x stop": ("profile",),
    "project stop": ("nothing", "running", "orphan", "one-off"),
    "project stop db": ("running", "no db"),
    "project stop web": ("no db",),
    "project stop nosuch": ("nothing", "running"),
    "restart": (
        "nothing",
        "created",
        "running",
        "stopped",
        "paused",
        "half",
        "no db",
        "stopped, no db",
        "profile",
        "orphan",
        "one-off",
        "no job",
    ),
    "restart db": ("running", "stopped", "no db", "stopped, no db", "created", "profile"),
    "restart --no-deps db": ("running", "no db"),
    "restart web": ("running", "no db", "no web", "one paused", "sick, running"),
    "restart follower": ("running", "no db"),
    "restart app": ("running", "no job"),
    "restart -t 1 alone": ("running",),
    "restart off": ("profile", "running"),
    "restart nosuch": ("running",),
    "restart orphan": ("orphan",),
    "--profile x restart off": ("profile",),
    "project restart": ("nothing", "running", "stopped", "orphan", "no db"),
    "project restart web": ("no db", "no web"),
    "project restart db": ("running", "no db"),
    "project restart --no-deps db": ("running",),
    "project restart nosuch": ("nothing", "running"),
    "kill": (
        "nothing",
        "created",
        "running",
        "stopped",
        "paused",
        "profile",
        "orphan",
        "one-off",
        "half",
    ),
    "kill db": ("running", "no db", "profile"),
    "kill alone": ("one-off", "stopped"),
    "kill -s SIGHUP db": ("running",),
    "kill -s KILL web": ("running",),
    "kill -s NOSUCH web": ("running",),
    "kill --remove-orphans": ("orphan", "profile", "running"),
    "kill --remove-orphans db": ("orphan", "profile"),
    "kill nosuch": ("running", "nothing"),
    "kill off": ("profile", "running"),
    "kill orphan": ("orphan",),
    "--profile x kill": ("profile",),
    "project kill": ("nothing", "running", "orphan", "stopped", "one-off"),
    "project kill db": ("running", "no db"),
    "project kill web": ("no db",),
    "project kill nosuch": ("nothing", "running"),
    "project kill --remove-orphans": ("orphan",),
    "pause": ("nothing", "created", "running", "stopped", "paused", "half", "profile", "orphan"),
    "pause web": ("running", "paused", "one paused", "stopped", "no web", "scaled"),
    "pause nosuch": ("running",),
    "pause off": ("profile", "running"),
    "project pause": ("nothing", "running", "orphan", "one-off", "no db"),
    "project pause nosuch": ("nothing", "running"),
    "unpause": ("nothing", "created", "running", "stopped", "paused", "one paused"),
    "unpause web": ("paused", "running", "one paused", "stopped", "no web"),
    "unpause nosuch": ("paused",),
    "unpause off": ("profile",),
    "project unpause": ("nothing", "paused"),
    "project unpause nosuch": ("nothing", "running"),
    "rm": ("running", "nothing"),
    "rm -f": ("nothing", "created", "running", "stopped", "half", "paused", "profile, stopped"),
    "rm -fv": ("stopped", "created"),
    "rm -fs": ("running", "paused", "orphan", "one-off", "half", "profile"),
    "rm -fsv": ("running",),
    "rm -f db": ("stopped", "running", "no db"),
    "rm -fs db": ("running",),
    "rm -f -a alone": ("stopped",),
    "rm -f nosuch": ("stopped",),
    "rm -f off": ("profile, stopped", "stopped"),
    "rm -f orphan": ("orphan, stopped",),
    "--profile x rm -f": ("profile, stopped",),
    "--dry-run rm -f": ("stopped",),
    "project rm -f": ("nothing", "stopped", "orphan, stopped", "running"),
    "project rm -fs": ("running", "no db"),
    "project rm -f web": ("stopped, no db",),
    "project rm -f nosuch": ("nothing", "stopped"),
    "create": (
        "nothing",
        "created",
        "running",
        "stopped",
        "paused",
        "no db",
        "only web-2",
        "scaled",
        "orphan",
        "profile",
    ),
    "create web": ("nothing", "no db", "stopped, no db"),
    "create off": ("nothing", "running"),
    "create --force-recreate": ("running", "stopped"),
    "create --force-recreate web": ("running",),
    "create --no-recreate": ("running", "no web"),
    "create --force-recreate --no-recreate": ("nothing",),
    "create --scale web=1": ("running", "nothing"),
    "create --scale web=3 web": ("running",),
    "create --scale web=0": ("running", "nothing"),
    "create --scale nosuch=1": ("nothing",),
    "create --scale web": ("nothing",),
    "create --remove-orphans": ("orphan", "orphan, stopped"),
    "create --pull never": ("nothing",),
    "create --pull nosuch": ("nothing",),
    "create --no-build --quiet-pull -y": ("nothing",),
    "create --build --no-build": ("nothing",),
    "create nosuch": ("nothing",),
    "--dry-run create": ("nothing",),
    "project create": ("nothing", "running"),
    "scale web=3": ("running", "stopped", "nothing", "no db", "only web-2", "paused"),
    "scale web=1": ("running", "scaled", "half", "created"),
    "scale web=0": ("running", "stopped"),
    "scale --no-deps web=3": ("running", "nothing", "stopped", "no db"),
    "scale web=1 alone=2": ("running",),
    "scale db=0": ("running",),
    "scale off=1": ("running",),
    "scale nosuch=1": ("running",),
    "scale web": ("running",),
    "scale web=x": ("running",),
    "scale web=-1": ("running",),
    "scale": ("running",),
    "scale orphan=2": ("orphan",),
    "scale web=2": ("orphan", "running"),
    "--dry-run scale web=3": ("running",),
    "project scale web=1": ("running",),
    "wait": ("running",),
    "wait job": ("running", "stopped", "nothing"),
    "wait nosuch": ("running", "nothing"),
    "wait --down-project job": ("running",),
    "project wait nosuch": ("nothing",),
}


PAIRS = [(words, situation) for words, situations in CASES.items() for situation in situations]


def steps(situation: str) -> Iterator[tuple[str, list[str]]]:
    """Yield how to get into a situation: `engine` and a change of containers, or `compose`."""
    for step in SITUATIONS[situation]:
        words = step.split()
        if words[0] == "engine":
            yield "engine", words[1:]
        elif words[0] == "whole":
            yield "compose", [*WITH_ORPHAN, *words[1:]]
        else:
            yield "compose", [*FLAGS, *words]


def asked(words: str) -> tuple[list[str], bool]:
    """Return the words of a command, and whether it gets the file."""
    if words.startswith(NAMELESS):
        return words.split()[1:], False
    return [*FLAGS, *words.split()], True
