"""Values that are typed as flags rather than written in a file: short forms to the model's.

Source: docker/compose cmd/compose/run.go (rules 131 and 133)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pycompose.errors import ComposeFileError, Position, UsageError
from pycompose.loader.bind.project import bind
from pycompose.loader.canonical import canonical
from pycompose.loader.defaults import defaults
from pycompose.loader.paths import resolve
from pycompose.loader.short.commands import words
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.scalars import text
from pycompose.loader.tree import Map, Seq
from pycompose.model.mounts import Mount
from pycompose.model.service import Port, Service

_AT: Final = Position("", 1, 1)


def ports(texts: Sequence[str]) -> tuple[Port, ...]:
    """Return the ports of `--publish` flags, such as `8080:80`.

    Raises:
        UsageError: one is none.
    """
    return _bound("ports", texts, "/", "").ports


def mounts(texts: Sequence[str], base: str, home: str) -> tuple[Mount, ...]:
    """Return the mounts of `--volume` flags, such as `./src:/app:ro`, relative to `base`.

    Raises:
        UsageError: one is none.
    """
    return _bound("volumes", texts, base, home).volumes


def split(line: str) -> tuple[str, ...]:
    """Return the words of a command line.

    Raises:
        UsageError: a quote is not closed.
    """
    try:
        return words(line)
    except (Invalid, ValueError) as error:
        raise UsageError(str(error)) from None


def _bound(attribute: str, texts: Sequence[str], base: str, home: str) -> Service:
    values = Seq(tuple(text(each, _AT) for each in texts), _AT)
    service = Map({"image": text("-", _AT), attribute: values}, _AT)
    document = Map({"services": Map({"flag": service}, _AT)}, _AT)
    try:
        whole = defaults(resolve(canonical(document), base, home))
        return bind(whole).services["flag"]
    except ComposeFileError as error:
        first = error.problems[0]
        hint = f" ({first.hint})" if first.hint else ""
        raise UsageError(f"{first.message}{hint}") from None
