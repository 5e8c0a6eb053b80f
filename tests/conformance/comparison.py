"""One case, read by Docker Compose and by us: what differs.

Compared are the verdict, what `config` and `config --format json` print, byte by byte, the config
hashes, and what becomes of our printed `config` when it is read again, by either. Where both
refuse, each of our messages about a file must have its place.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from cases import Case
from oracle import Run

from pycompose.convert.hashing import config_hash
from pycompose.errors import ComposeFileError, PycomposeError
from pycompose.loader.dump import dump
from pycompose.model.project import Project
from pycompose.plan.platforms import built_for

TABLE = Path(__file__).parent / "differences.toml"
Aspect: TypeAlias = Literal[
    "case", "crash", "hash", "json", "place", "round trip", "verdict", "yaml"
]
_HELD_BACK = re.compile("env_file|label_file")


@dataclass(frozen=True)
class Difference:
    """What differs, and how."""

    aspect: Aspect
    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of a case."""

    id: str
    differences: tuple[Difference, ...] = ()

    @property
    def aspects(self) -> frozenset[str]:
        return frozenset(difference.aspect for difference in self.differences)

    def __str__(self) -> str:
        return "\n".join(f"{d.aspect}: {d.text}" for d in self.differences)


@dataclass(frozen=True)
class Known:
    """A difference that the table lists: what differs, and why."""

    aspects: frozenset[str]
    reason: str


def known(path: Path = TABLE) -> dict[str, Known]:
    """Return the table of differences by the ids of their cases."""
    table: dict[str, Known] = {}
    for entry in tomllib.loads(path.read_text())["difference"]:
        for id in entry["cases"]:
            if id in table:
                raise ValueError(f"{path}: {id} is listed twice")
            table[id] = Known(frozenset(entry["differs"]), entry["reason"])
    return table


def verdict(outcome: Outcome, table: dict[str, Known]) -> str:
    """Return what is wrong about an outcome in the light of the table, "" if nothing is."""
    listed = table.get(outcome.id)
    if listed is None:
        return str(outcome)
    if not outcome.differences:
        return f"{outcome.id} is listed in {TABLE.name}, but does not differ any more"
    if outcome.aspects != listed.aspects:
        expected = ", ".join(sorted(listed.aspects))
        return f"{outcome.id} is listed in {TABLE.name} to differ in {expected}, but:\n{outcome}"
    return ""


def compare(case: Case, home: Path) -> Outcome:
    """Return what differs in a case, whose files are written below an empty folder."""
    run = case.run(home)
    return Outcome(case.id, tuple(_differences(case, run)))


def _differences(case: Case, run: Run) -> Iterator[Difference]:
    yaml = run.start("config")
    ours = attempt(run)
    out, why = yaml.communicate(run.stdin)
    refused = bool(yaml.returncode)
    if case.refused not in (None, refused):
        said = "accepts" if case.refused else f"refuses: {_last(why)}"
        yield Difference("case", f"Docker Compose {said}")
    if isinstance(ours, Exception):
        yield from _refusals(ours, refused)
    elif refused:
        yield Difference("verdict", f"we accept what Docker Compose refuses: {_last(why)}")
    else:
        yield from _outputs(case, run, ours, out)


def _last(text: str) -> str:
    """Return the end of a message, without the rest of a panic."""
    return text.partition("\ngoroutine")[0].strip()[-400:]


def _outputs(case: Case, run: Run, ours: Project, yaml: str) -> Iterator[Difference]:
    started = (run.start("config", "--format", "json"), run.start("config", "--hash", "*"))
    text = dump(ours)
    second = attempt(_printed(run, text))
    json, hashes = (process.communicate(run.stdin)[0] for process in started)
    if difference := _diff(yaml, text):
        yield Difference("yaml", difference)
    if difference := _diff(json, dump(ours, "json")):
        yield Difference("json", difference)
    held_back = any(_HELD_BACK.search(text) for text in _texts(case, ours))
    if held_back:
        # Compat: 2.40.3's `--hash` leaves env files unread, its containers' labels do not.
        hashes = _printed(run, text).oracle("config", "--hash", "*").stdout
    theirs, mine = hashes.splitlines(), _hashes(ours)
    if run.services:
        # `--hash` takes no notice of the services named behind it.
        names = {line.split()[0] for line in theirs} & ours.services.keys()
        theirs, mine = ([h for h in some if h.split()[0] in names] for some in (theirs, mine))
    if difference := _diff("\n".join(theirs), "\n".join(mine)):
        yield Difference("hash", difference)
    if isinstance(second, Exception) or dump(second) != text:
        yield from _round_trip(_printed(run, text), text, yaml, second)


def attempt(run: Run) -> Project | Exception:
    """Return what we load, or what came of trying to."""
    try:
        return run.load()
    except Exception as error:  # a crash is a difference too, told as one
        return error


def _refusals(error: Exception, refused: bool) -> Iterator[Difference]:
    if not isinstance(error, PycomposeError):
        yield Difference("crash", f"{type(error).__name__}: {error}")
    elif not refused:
        yield Difference("verdict", f"we refuse what Docker Compose accepts: {error}")
    elif isinstance(error, ComposeFileError):
        for problem in error.problems:
            if not (problem.at.file and problem.at.line and problem.at.column):
                yield Difference("place", f"a message without a place: {problem}")


def _texts(case: Case, project: Project) -> Iterator[str]:
    yield from case.files.values()
    for path in project.config_files if case.folder else ():
        yield Path(path).read_text()


def _hashes(project: Project) -> list[str]:
    try:
        project = built_for(project)
    except ComposeFileError:
        return []
    return [f"{name} {config_hash(project.services[name])}" for name in sorted(project.services)]


def _printed(run: Run, text: str) -> Run:
    """Return a run that reads what was printed, without the variables and files it came from."""
    (run.home / "printed.yaml").write_text(text)
    return Run(run.home, run.home, ("-f", str(run.home / "printed.yaml"), "--profile", "*"))


def _round_trip(
    again: Run, first: str, yaml: str, second: Project | Exception
) -> Iterator[Difference]:
    """Compare what both read from our printed `config`, which is not what we had printed.

    What Docker Compose prints cannot always be read again (an optional dependency that is not
    enabled); then neither can ours.
    """
    theirs = again.oracle("config")
    if isinstance(second, Exception):
        if theirs.returncode == 0:
            yield Difference("round trip", f"we cannot read what we print: {second}")
    elif theirs.stdout == yaml or theirs.stdout != dump(second):
        yield Difference("round trip", _diff(first, dump(second)))


def _diff(theirs: str, ours: str) -> str:
    if theirs == ours:
        return ""
    lines = difflib.unified_diff(
        theirs.splitlines(), ours.splitlines(), "docker compose", "pycompose", n=2, lineterm=""
    )
    return "\n" + "\n".join(lines) if theirs.strip() != ours.strip() else "whitespace at the end"
