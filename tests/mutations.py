"""Compose files made wrong by chance, and what must hold of all that is said about them.

`scripts/fuzz` makes many, a test makes few. The mutant of a seed and a number is always the same
as long as the files it is made from are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias
from unicodedata import category

from pycompose.errors import ComposeFileError, Position, Problem, PycomposeError
from pycompose.files.disk import decode
from pycompose.loader.dump import dump
from pycompose.loader.parse import parse
from pycompose.loader.sources import LINE_END, Source
from pycompose.loader.stages import LoadOptions, load
from pycompose.loader.tree import Scalar, walk
from pycompose.ui.problems import describe
from pycompose.ui.reports import report

GOLDEN: Final = Path(__file__).parent / "golden"
CORPUS: Final = (Path(__file__).parents[2] / "shared" / "corpus").resolve()
LARGEST: Final = 20_000  # characters of a file that is mutated; time goes into small ones

Files: TypeAlias = tuple[bytes, ...]
NAMES: Final = ("compose.yaml", "compose.override.yaml")

_ENV: Final = "A=1\nB=${A}\n"  # what any other file holds, if its name is that of an env file
_VALUES: Final = (
    *(
        "",
        "null",
        "true",
        "no",
        "5",
        "-1",
        "1.5",
        "010",
        "22:22",
        "1e400",
        '""',
        "'x'",
        "~",
        ".nan",
    ),
    *("[]", "{}", "[a, b]", "{a: b}", "[[]]", "[{a: b}]", "{a: {b: c}}", "|\n  x", "!reset x"),
    *(
        "!override [a]",
        "!!int x",
        "*a",
        "&a x",
        "<<: x",
        "${A}",
        "${A:?}",
        "${",
        "$$",
        "${A:-${B}}",
    ),
    *("a:b:c", "80:80/tcp", "service:web", "10s", "1g", "-", "? x", "- - x", "\u2028", "\ufeff"),
    *("/", "~/x", "..", "a=b", "=", "host", "\x00", "\x1b[31m", "\U0001f40b", "x" * 300),
)
_KEYS: Final = (
    *("services", "image", "build", "extends", "include", "depends_on", "volumes", "networks"),
    *("environment", "env_file", "ports", "secrets", "configs", "deploy", "healthcheck", "<<"),
    *("profiles", "name", "command", "x-a", "a.b", "", "configs", "models", "develop", "external"),
)


def seeds(*, public: bool = True) -> list[str]:
    """Return the texts that mutants are made from: golden cases and, if present, `public` files."""
    # What is broken already would hide what is done to it.
    paths = sorted((GOLDEN / "load").rglob("*.yaml"))
    paths += sorted(CORPUS.rglob("*.y*ml")) if public else []
    texts = (path.read_bytes().decode("utf-8", "replace") for path in paths)
    return [text for text in texts if 0 < len(text) <= LARGEST]


def mutant(texts: Sequence[str], seed: int, number: int) -> Files:
    """Return a file made wrong, at times with another one that is laid over it."""
    chance = random.Random(f"{seed}/{number}")
    return tuple(_mutated(chance, texts) for _ in range(chance.choice((1, 1, 1, 2))))


def _mutated(chance: random.Random, texts: Sequence[str]) -> bytes:
    text = chance.choice(texts)
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        text = chance.choice(_MUTATIONS)(chance, text, texts)
    data = bytearray(text.encode("utf-8", "replace"))
    if data and chance.random() < 0.1:  # a flipped bit may leave no UTF-8
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _line(chance: random.Random, text: str) -> tuple[list[str], int]:
    lines = text.split("\n")
    return lines, chance.randrange(len(lines))


def _delete(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    lines, at = _line(chance, text)
    return "\n".join(lines[:at] + lines[at + chance.choice((1, 1, 3)) :])


def _duplicate(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    lines, at = _line(chance, text)
    to = chance.randrange(len(lines) + 1)
    return "\n".join([*lines[:to], lines[at], *lines[to:]])


def _indent(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    lines, at = _line(chance, text)
    shift = chance.choice((-4, -2, -1, 1, 2, 4))
    for index in range(at, min(at + chance.choice((1, 1, 2, 8)), len(lines))):
        line = lines[index]
        kept = max(0, len(line) - len(line.lstrip(" ")) + shift)
        lines[index] = chance.choice((" ", " ", " ", "\t")) * kept + line.lstrip(" ")
    return "\n".join(lines)


def _character(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    at = chance.randrange(len(text) + 1)
    new = chance.choice(("", "", *":-#'\"[]{},&*!|>%@`?\\ \t\n\r$~=/", "\x00", "\x85", "é"))
    return text[:at] + new + text[at + chance.choice((0, 1)) :]


def _splice(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    lines, at = _line(chance, text)
    other, start = _line(chance, chance.choice(texts))
    return "\n".join(lines[:at] + other[start : start + chance.choice((1, 2, 5, 20))] + lines[at:])


def _value(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    """Put another value, or a key, in the place of a scalar."""
    try:
        nodes = parse(Source("/shop/compose.yaml", "compose.yaml", text))
    except ComposeFileError:
        return _character(chance, text, texts)
    scalars = [it for node in nodes for _, it in walk(node) if isinstance(it, Scalar) and it.text]
    lines = LINE_END.split(text)
    if not scalars:
        return text + chance.choice(_VALUES)
    node = chance.choice(scalars)
    line = lines[node.at.line - 1]
    start = node.at.column - 1
    lines[node.at.line - 1] = line[:start] + chance.choice(_VALUES) + line[start + len(node.text) :]
    return "\n".join(lines)


def _key(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    """Put another key in the place of one."""
    keys = list(re.finditer(r"[\w.-]+(?=:)", text))
    if not keys:
        return text
    match = chance.choice(keys)
    return text[: match.start()] + chance.choice(_KEYS) + text[match.end() :]


Mutation: TypeAlias = Callable[[random.Random, str, Sequence[str]], str]
_MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(_delete, _duplicate, _indent, _character, _splice),
    *(_value, _value, _value, _key, _key),
)


class _Folder:
    """`/shop`: the files of a mutant, which are also what other names of Compose files lead to."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def read(self, path: str) -> Source:
        name = path.removeprefix("/shop/")
        if name in NAMES[: len(self.files)]:
            return Source(path, name, decode(self.files[NAMES.index(name)], name))
        if name.endswith((".yaml", ".yml")):
            return Source(path, NAMES[-1], decode(self.files[-1], NAMES[-1]))
        if name.endswith("env") and name != ".env":
            return Source(path, name, _ENV)
        raise FileNotFoundError(path)

    def follow(self, path: str) -> str:
        return path

    def mode(self, path: str) -> int | None:
        return None


def fault(files: Files) -> str:
    """Return what is wrong with what is said about files, "" if nothing is."""
    options = LoadOptions(
        files=tuple(f"/shop/{name}" for name in NAMES[: len(files)]),
        working_dir="/shop",
        home="/home/me",
        environment={"A": "1"},
    )
    try:
        project = load(options, _Folder(files))
        dump(project)
        dump(project, "json")
    except ComposeFileError as error:
        found = (_misplaced(problem, files) for problem in error.problems)
        return next(filter(None, found), "") or _unprintable(error)
    except PycomposeError as error:
        return _unprintable(error)
    except Exception as error:  # a traceback is what this looks for
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
        return f"{type(error).__name__}: {error} ({where})"
    return next(filter(None, (_misplaced(notice, files) for notice in project.notices)), "")


def _misplaced(problem: Problem, files: Files) -> str:
    at = problem.at
    if not problem.message.strip():
        return f"nothing is said at {at}"
    if at.file not in NAMES[: len(files)]:
        return "" if at.line >= 1 and at.column >= 1 else f"no place: {problem}"
    inside = _is_inside(at, files[NAMES.index(at.file)])
    return "" if inside else f"outside of its file: {problem}"


def _is_inside(at: Position, data: bytes) -> bool:
    try:
        text = decode(data, "")
    except ComposeFileError:
        text = data.decode("utf-8", "replace")
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    # An end that is missing is told of where it was expected, behind the last line.
    return 1 <= at.line <= len(lines) + 1 and 1 <= at.column <= len((*lines, "")[at.line - 1]) + 1


def _unprintable(error: PycomposeError) -> str:
    texts = [describe(error), *(report(error, form) for form in ("json", "github", "gcc"))]
    for text in texts:
        if any(category(char) == "Cc" and char != "\n" for char in text):
            return f"a message holds a control character: {text!r}"
    return ""


def minimised(files: Files, fails: Callable[[Files], bool]) -> Files:
    """Return smaller files that fail too: pieces are left out as long as they do."""
    for index in range(len(files)):
        size = max(1, len(files[index]) // 2)
        while size:
            smaller = next(filter(fails, _without(files, index, size)), None)
            if smaller is None:
                size //= 2
            else:
                files = smaller
    return files


def _without(files: Files, index: int, size: int) -> Iterator[Files]:
    data = files[index]
    for start in range(0, len(data), size):
        yield (*files[:index], data[:start] + data[start + size :], *files[index + 1 :])
