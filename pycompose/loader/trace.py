"""What a load can remember of where values come from; stages are given one, or None.

Nodes know their own place. What they do not know is recorded here: the values that gave way to
them and by which rule, the places of variables, and the texts before variables were put in.
Everything is found by the place where a value is written, which it keeps through all stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose.errors import Position
from pycompose.loader.dotenv import EnvFile
from pycompose.loader.tree import Map, Node, Path, Scalar, walk

# By what a value gives way: to a later file or document, to the service that extends its own, to
# the file that includes its own, to a later `env_file`, to `environment`.
Rule: TypeAlias = Literal["override", "extends", "include", "env_file", "environment"]

NOWHERE: Final = Position("", 0, 0)


class Overruled(NamedTuple):
    """A value that gave way to the one at `winner`."""

    rule: Rule
    path: Path
    winner: Node
    loser: Node


class Assigned(NamedTuple):
    """A value that a line of an env file gives to a variable."""

    value: str
    at: Position


class Trace:
    """A record of one load.

    `written` is the document before defaults were filled in, `document` the one at the end;
    `environments` are what the variables of each file were taken from, by its name.
    """

    def __init__(self) -> None:
        self.written = Map({}, NOWHERE)
        self.document = Map({}, NOWHERE)
        self.environments: Mapping[str, Mapping[str, str]] = {}
        self.overruled: dict[Position, list[Overruled]] = {}
        self.assigned: dict[str, list[Assigned]] = {}
        self.texts: dict[Position, str] = {}

    def overrule(self, rule: Rule, path: Path, winner: Node, loser: Node) -> None:
        """Record that a value at a path gave way to another one."""
        self.overruled.setdefault(winner.at, []).append(Overruled(rule, path, winner, loser))

    def read(self, parsed: EnvFile) -> None:
        """Record the variables of an env file; those of later ones come first."""
        for name, value in parsed.values.items():
            self.assigned.setdefault(name, []).insert(0, Assigned(value, parsed.places[name]))

    def keep(
        self, document: Map, files: Iterable[Map], environments: Mapping[str, Mapping[str, str]]
    ) -> None:
        """Record what the files make together, and what their strings were before variables."""
        self.written = document
        self.environments = environments
        for each in files:
            for _, node in walk(each):
                if isinstance(node, Scalar) and isinstance(node.value, str) and "$" in node.value:
                    self.texts[node.at] = node.value
