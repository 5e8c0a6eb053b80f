"""Explanations of values as `config --explain` prints them: text, JSON, or YAML with comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pycompose.loader.origins import Explanation, Loser, Origin, Variable
from pycompose.model.values import Json
from pycompose.ui.text import printable


def text(explanations: Sequence[Explanation]) -> str:
    """Return explanations for people: a paragraph for each."""
    return "\n".join("".join(f"{line}\n" for line in _lines(each)) for each in explanations)


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.path}: {_shown(explanation.value)}"
    written = f", written as {_shown(explanation.text)}" if explanation.text else ""
    yield f"  from {_place(explanation.origin)}{written}"
    for variable in explanation.variables:
        value = "" if variable.value is None else f" is {_shown(variable.value)}, from"
        yield f"  {variable.name}{value} {_place(variable.origin)}"
        yield from _overruled(variable.overruled)
    if explanation.why and not explanation.overruled and explanation.origin.kind != "default":
        yield f"  because {explanation.why}"
    yield from _overruled(explanation.overruled)


def _overruled(losers: Sequence[Loser]) -> Iterator[str]:
    for loser in losers:
        yield f"  over {_shown(loser.value)} from {_place(loser.origin)}: {loser.why}"


def _place(origin: Origin) -> str:
    names = {
        "shell": "the shell",
        "directory": "the project directory",
        "command line": "the command line",
        "default": "no file, it is a default",
        "unset": "is not set",
    }
    return printable(str(origin.at)) if origin.at is not None else names[origin.kind]


def _shown(value: Json) -> str:
    return printable(json.dumps(value, ensure_ascii=False))


def as_json(explanations: Sequence[Explanation]) -> str:
    """Return explanations for programs, as schemas/explain.schema.json says."""
    return json.dumps([_explained(each) for each in explanations], indent=2) + "\n"


def _explained(explanation: Explanation) -> Json:
    return {
        "path": explanation.path,
        "value": explanation.value,
        "origin": _origin(explanation.origin),
        "why": explanation.why,
        "text": explanation.text,
        "variables": [_variable(each) for each in explanation.variables],
        "overruled": [_loser(each) for each in explanation.overruled],
    }


def _variable(variable: Variable) -> Json:
    return {
        "name": variable.name,
        "value": variable.value,
        "origin": _origin(variable.origin),
        "overruled": [_loser(each) for each in variable.overruled],
    }


def _loser(loser: Loser) -> Json:
    return {"value": loser.value, "origin": _origin(loser.origin), "why": loser.why}


def _origin(origin: Origin) -> Json:
    place = origin.at._asdict() if origin.at is not None else {}
    return {"kind": origin.kind, **place}
