"""What the user does not want to be told: `x-lint-ignore` and `# lint: ignore`.

`x-lint-ignore: [id, ...]` holds for all files at the top level of one, for a service inside it. A
comment `# lint: ignore id, ...` holds for its line, one that stands alone for the next line that is
no comment; after the ids may stand why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pycompose.errors import Position
from pycompose.loader.comments import comments
from pycompose.loader.sources import Source
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq

KEY: Final = "x-lint-ignore"
_COMMENT: Final = re.compile(r"lint:\s*ignore\b\s*((?:[\w-]+(?:\s*,\s*[\w-]+)*)?)(?:\s.*)?")


class Ignore(NamedTuple):
    """One rule passed over: in a line, in a service, or everywhere (0 and "")."""

    rule: str
    at: Position
    path: Path = ()
    service: str = ""
    line: int = 0

    def covers(self, rule: str, at: Position, path: Path) -> bool:
        """Tell whether a finding is passed over."""
        if rule != self.rule:
            return False
        if self.line:
            return (at.file, at.line) == (self.at.file, self.line)
        return not self.service or path[:2] == ("services", self.service)


def written(documents: Iterable[Map]) -> Iterator[Ignore]:
    """Yield what documents ask for by `x-lint-ignore`."""
    for document in documents:
        for rule, at in _listed(document.get(KEY)):
            yield Ignore(rule, at, (KEY,))
        services = document.get("services")
        for name, service in services.entries.items() if isinstance(services, Map) else ():
            for rule, at in _listed(service.get(KEY) if isinstance(service, Map) else None):
                yield Ignore(rule, at, ("services", name, KEY), service=name)


def _listed(node: Node | None) -> Iterator[tuple[str, Position]]:
    for item in node.items if isinstance(node, Seq) else (node,):
        if isinstance(item, Scalar) and item.value is not None:
            yield str(item.value), item.at


def commented(source: Source) -> Iterator[Ignore]:
    """Yield what comments of a text ask for."""
    if "lint:" not in source.text:
        return
    found = comments(source)
    alone = {comment.at.line for comment in found if comment.alone}
    for comment in found:
        match = _COMMENT.fullmatch(comment.text)
        if match is None:
            continue
        line = comment.at.line
        while line in alone:
            line += 1
        for rule in match[1].split(","):
            yield Ignore(rule.strip(), comment.at, line=line)
