"""Variables as they were written: mappings and lists of `NAME=value` read alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pycompose.errors import Position
from pycompose.lint.subject import Subject, below
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq

# Names that tell of a secret by their last words; POSTGRES_PASSWORD_FILE names a path.
_SECRET: Final = re.compile(
    r"(?:^|[_.-])(?:PASSWORD|PASSWD|PASSPHRASE|PASS|SECRETS?|TOKEN|CREDENTIALS?|SECRET_KEY_BASE"
    r"|(?:API|APP|SECRET|PRIVATE|ACCESS|ENCRYPTION)_?KEY)(?:_?[0-9]+)?$|_PWD$",
    re.IGNORECASE,
)


class Variable(NamedTuple):
    """One variable of a service or a build: `text` is its value, None where it has none.

    `name` and `text` are as written, with quotes and spaces. `node` is the value, or in a list the
    whole item (`listed`).
    """

    name: str
    text: str | None
    node: Scalar
    path: Path
    listed: bool

    @property
    def at(self) -> Position:
        """Where the value stands, in a list the item."""
        return self.node.at

    @property
    def secret(self) -> bool:
        """Whether the name tells of a secret."""
        return is_secret(self.name.strip())


def is_secret(name: str) -> bool:
    """Tell whether the name of a variable tells of a secret."""
    return _SECRET.search(name) is not None


def variables(node: Node | None, path: Path) -> Iterator[Variable]:
    """Yield the variables of an attribute such as `environment`."""
    if isinstance(node, Map):
        for name, value in node.entries.items():
            if isinstance(value, Scalar):
                text = None if value.value is None else value.text
                yield Variable(name, text, value, (*path, name), listed=False)
    elif isinstance(node, Seq):
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar) and item.value is not None:
                name, assigned, given = item.text.partition("=")
                text = given if assigned else None
                yield Variable(name, text, item, (*path, index), listed=True)


def environments(subject: Subject) -> Iterator[Variable]:
    """Yield the variables of the `environment` of all services."""
    for path, service in subject.written():
        yield from variables(service.get("environment"), (*path, "environment"))


def build_args(subject: Subject) -> Iterator[Variable]:
    """Yield the `build.args` of all services."""
    for path, service in subject.written():
        yield from variables(below(service, "build", "args"), (*path, "build", "args"))
