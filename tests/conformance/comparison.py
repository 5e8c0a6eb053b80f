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
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from cases import Case
from oracle import Run

from pycompose.convert.hashing import config_hash
from pycompose.errors import ComposeFileError, PycomposeError
from pycompose.loader.dump import dump
from pycompose.model.project import Project

TABLE = Path(__file__).parent / "differences.toml"
UNSUPPORTED = "not supported by pycompose yet"
Aspect: TypeAlias = Literal[
    "case", "crash", "hash", "json", "pending", "place", "round trip", "verdict", "yaml"
]
_HELD_BACK = re.compile("env_file|label_file")


@dataclass(frozen=True)
class Difference:
    """What differs, and how."""

    aspect: Aspect
    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of a case; `pending` where we say that we cannot do it yet."""

    id: str
    differences: tuple[Difference, ...] = ()
    pending: bool = False

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
    if outcome.pending:
        return f"{outcome.id} is listed, but pending" if listed else ""
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
    found = tuple(_differences(case, run))
    return Outcome(case.id, found, any(d.aspect == "pending" for d in found))


def _differences(case: Case, run: Run) -> Iterator[Difference]:
    with ExitStack() as stack:
        commands = (("config",), ("config", "--format", "json"), ("config", "--hash", "*"))
        started = [stack.enter_context(run.start(*command)) for command in commands]
        ours = attempt(run)
        (yaml, why), (json, _), (hashes, _) = (p.communicate(run.stdin) for p in started)
    refused = bool(started[0].returncode)
    if refused is not case.refused:
        said = "accepts" if case.refused else f"refuses: {why.strip()}"
        yield Difference("case", f"Docker Compose {said}")
    if isinstance(ours, Exception):
        yield from _refusals(ours, refused)
    elif refused:
        yield Difference("verdict", f"we accept what Docker Compose refuses: {why.strip()}")
    else:
        if difference := _diff(yaml, dump(ours)):
            yield Difference("yaml", difference)
        if difference := _diff(json, dump(ours, "json")):
            yield Difference("json", difference)
        held_back = any(_HELD_BACK.search(text) for text in _texts(case, ours))
        # Compat: 2.40.3's `--hash` leaves env files unread, its containers' labels do not.
        # `--hash` takes no notice of the services named behind it.
        chosen = [h for h in hashes.splitlines(keepends=True) if h.split()[0] in ours.services]
        if not held_back and (difference := _diff("".join(chosen), _hashes(ours))):
            yield Difference("hash", difference)
        yield from _round_trip(run, ours, yaml, hashed=held_back)


def attempt(run: Run) -> Project | Exception:
    """Return what we load, or what came of trying to."""
    try:
        return run.load()
    except Exception as error:
        return error


def _refusals(error: Exception, refused: bool) -> Iterator[Difference]:
    if not isinstance(error, PycomposeError):
        yield Difference("crash", f"{type(error).__name__}: {error}")
    elif UNSUPPORTED in str(error):
        yield Difference("pending", str(error))
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


def _hashes(project: Project) -> str:
    return "".join(
        f"{name} {config_hash(project.services[name])}\n" for name in sorted(project.services)
    )


def _round_trip(run: Run, ours: Project, yaml: str, *, hashed: bool) -> Iterator[Difference]:
    """Compare what both read from our printed `config`, without the variables and files.

    What Docker Compose prints cannot always be read again (an optional dependency that is not
    enabled); then neither can ours.
    """
    text = dump(ours)
    printed = run.home / "printed.yaml"
    printed.write_text(text)
    again = Run(run.home, run.home, ("-f", str(printed), "--profile", "*"))
    theirs, second = again.oracle("config"), attempt(again)
    if isinstance(second, Exception):
        if theirs.returncode == 0:
            yield Difference("round trip", f"we cannot read what we print: {second}")
        return
    if theirs.returncode:
        yield Difference("round trip", f"Docker Compose refuses it: {theirs.stderr.strip()}")
    elif difference := _diff(theirs.stdout, dump(second)):
        yield Difference("round trip", difference)
    elif theirs.stdout == yaml and dump(second) != text:
        yield Difference("round trip", _diff(text, dump(second)))
    if hashed and (
        difference := _diff(again.oracle("config", "--hash", "*").stdout, _hashes(ours))
    ):
        yield Difference("hash", difference)


def _diff(theirs: str, ours: str) -> str:
    if theirs == ours:
        return ""
    lines = difflib.unified_diff(
        theirs.splitlines(), ours.splitlines(), "docker compose", "pycompose", n=2, lineterm=""
    )
    return "\n" + "\n".join(lines) if theirs.strip() != ours.strip() else "whitespace at the end"
