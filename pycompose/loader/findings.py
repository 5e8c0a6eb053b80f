"""How checks of a whole document word what they find."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pycompose.errors import Position, Problem
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.tree import Path, dotted

_KINDS: Final = {
    "networks": "network",
    "volumes": "volume",
    "secrets": "secret",
    "configs": "config",
    "services": "service",
    "models": "model",
}


def problem(at: Position, path: Path, message: str, hint: str = "") -> Problem:
    """Return a problem at a place, of the attribute at a path."""
    return Problem(at, dotted(path), message, hint)


def undefined(at: Position, path: Path, kind: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a reference to what the top level does not define."""
    hint = did_you_mean(name, known) or f"define it in the top-level {kind!r}"
    return problem(at, path, f"no {_KINDS[kind]} {name!r} is defined", hint)
