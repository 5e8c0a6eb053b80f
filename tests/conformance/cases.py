"""The cases that conformance is shown with: our own, golden ones, and a corpus of public files.

Our own stand in `cases/*.txt`, many in a file:

    === ports/range-of-both-sides
    $ TAG=1 -f a.yaml --profile dev config web
    services: {web: {image: "web:$TAG", ports: ["8000-8001:80-81"]}}
    --- .env
    TAG=2

`===` begins a case, whose id is the file's name and its own; `(refused)` behind it says that
Docker Compose refuses it. A line `$` has variables, global flags and, after `config`, services.
What follows is `compose.yaml`, and each `---` begins another file: `--- PATH/` makes a folder,
`--- PATH -> TARGET` a link, `--- -` is standard input. `@HOME@` and `@HERE@` stand for absolute
paths, and a `#` line between `===` and the first file is a remark.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from oracle import Run

FOLDER = Path(__file__).parent / "cases"
GOLDEN = Path(__file__).parent.parent / "golden" / "load"
CORPUS = (Path(__file__).parents[3] / "shared" / "corpus").resolve()
PROJECT = "shop"  # the folder of a case, and so the name of its project
_HEAD = re.compile(r"=== (?P<name>[\w.-]+)(?P<refused> \(refused\))?")
_ANSWERS = ("project.yaml", "error.txt")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, kw_only=True)
class Case:
    """Files, and how both programs are run on them.

    `files` are by path, and what is in them; a case of the corpus has its `folder` instead.
    `refused` is what we say of Docker Compose's verdict, None where we say nothing.
    """

    id: str
    refused: bool | None
    args: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def group(self) -> str:
        """The cases it is counted with."""
        return re.split("[:/]", self.id, maxsplit=1)[0] if self.folder is None else "corpus"

    def run(self, home: Path) -> Run:
        """Write the files below an empty folder, which becomes the home, and return the run."""
        folder = self.folder or home / PROJECT
        places = {"@HOME@": str(home), "@HERE@": str(folder)}
        for name, text in self.files.items():
            _write(folder, name, _placed(text, places))
        return Run(
            folder,
            home,
            tuple(_placed(word, places) for word in self.args),
            tuple((name, _placed(value, places)) for name, value in self.variables),
            self.services,
            _placed(self.files.get("-", ""), places),
        )


def _placed(text: str, places: dict[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(name, place)
    return text


def _write(folder: Path, name: str, text: str) -> None:
    path, _, target = name.partition(" -> ")
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if target:
        place.symlink_to(target)
    elif path.endswith("/"):
        place.mkdir(exist_ok=True)
    elif path != "-":
        place.write_text(text, newline="")


def own(folder: Path = FOLDER) -> Iterator[Case]:
    """Yield our own cases, in the order of the files."""
    for path in sorted(folder.glob("*.txt")):
        for part in re.split(r"^(?==== )", path.read_text(), flags=re.MULTILINE)[1:]:
            yield parse(path.stem, part)


def parse(area: str, text: str) -> Case:
    """Return the case that a text beginning with `===` describes.

    Raises:
        ValueError: the line does not name a case.
    """
    head, *lines = text.splitlines(keepends=True)
    match = _HEAD.fullmatch(head.rstrip())
    if match is None:
        raise ValueError(f"{area}: not the name of a case: {head!r}")
    words: list[str] = []
    while lines and lines[0].startswith(("$ ", "# ")):
        line = lines.pop(0)
        words += shlex.split(line[2:]) if line.startswith("$ ") else ()
    files, name = {"compose.yaml": ""}, "compose.yaml"
    for line in lines:
        if line.startswith("--- "):
            name = line[4:].strip()
            files[name] = ""
        else:
            files[name] += line
    if not files["compose.yaml"].strip() and len(files) > 1:
        del files["compose.yaml"]
    count = next((i for i, word in enumerate(words) if not _VARIABLE.match(word)), len(words))
    variables = tuple((word.split("=", 1)[0], word.split("=", 1)[1]) for word in words[:count])
    end = words.index("config") if "config" in words else len(words)
    return Case(
        id=f"{area}/{match['name']}",
        refused=bool(match["refused"]),
        args=tuple(words[count:end]),
        services=tuple(words[end + 1 :]),
        variables=variables,
        files=files,
    )


def golden(folder: Path = GOLDEN) -> Iterator[Case]:
    """Yield the golden cases of the loader whose options are flags, too."""
    flags = {"files": "-f", "name": "-p", "profiles": "--profile"}
    for path in sorted(folder.iterdir()):
        texts = {
            str(file.relative_to(path)): file.read_text()
            for file in path.rglob("*")
            if file.is_file() and file.name not in ("options.json", "env", *_ANSWERS)
        }
        options = json.loads(_text(path / "options.json") or "{}")
        services = options.pop("services", ())
        variables = [line.partition("=") for line in _text(path / "env").splitlines()]
        if options.keys() <= flags.keys():
            given = [(flags[k], [v] if isinstance(v, str) else v) for k, v in options.items()]
            yield Case(
                id=f"golden/{path.name}",
                refused=None,
                args=tuple(word for flag, values in given for v in values for word in (flag, v)),
                services=tuple(services),
                variables=tuple((name, value) for name, _, value in variables),
                files=texts,
            )


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def corpus(folder: Path = CORPUS) -> Iterator[Case]:
    """Yield the cases of the corpus; none where it does not lie beside the checkout."""
    path = folder / "cases.jsonl"
    for line in path.read_text().splitlines() if path.exists() else ():
        case = json.loads(line)
        yield Case(
            id=case["id"],
            refused=case["verdict"] == "reject",
            args=tuple(case["args"]),
            variables=tuple(case["env"].items()),
            folder=folder / case["root"] / case["cwd"],
        )
