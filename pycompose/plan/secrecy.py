"""What is hidden of a plan before anybody sees it or it is written to a file; pure."""

from __future__ import annotations

import json
import re
from typing import Final

from pycompose.model.values import Json

MASK: Final = "…"
_NAME: Final = re.compile(
    r"pass(?:wd|word|phrase|code)?(?![a-z])|secret|token|credential"
    r"|(?:^|[^a-z])(?:api|access|private|encryption|auth|master|root)?_?key(?![a-z])|apikey",
    re.IGNORECASE,
)
# `--password=x`, `password=x,` of mount options, `--password x`, and what stands before the host in
# a URL.
_ASSIGNED: Final = re.compile(r"([\w.-]+)(=)([^\s,;&]+)")
_FLAGGED: Final = re.compile(r"(?<![\w-])(--?[\w-]+)(\s+)([^\s-]\S*)")
_OF_URL: Final = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")


def secret(name: str) -> bool:
    """Tell whether a thing of this name is likely to be kept secret: `DB_PASSWORD`, `api_key`."""
    return _NAME.search(name) is not None


def hidden(value: Json) -> Json:
    """Return a JSON value with all that looks secret masked, wherever it stands."""
    if isinstance(value, dict):
        return {k: MASK if v and _text(v) and secret(k) else hidden(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_item(value, index) for index in range(len(value))]
    return _hidden_text(value) if isinstance(value, str) else value


def shown(path: str, value: Json, *, values: bool) -> Json:
    """Return a changed value as it may be shown; those of variables only with `values`."""
    if value is None:
        return None
    name = path.partition(".")[2]
    variable = path.startswith("environment.") and not values
    return MASK if variable or (name and secret(name)) else hidden(value)


def hidden_options(options: Json) -> Json:
    """Return lists of values by name, with what looks secret masked."""
    return {
        name: [MASK] * len(values) if secret(name) else hidden(values)
        for name, values in options.items()
    }


def without_values(arguments: str) -> str:
    """Return a JSON mapping of build arguments with their values masked."""
    return json.dumps(dict.fromkeys(json.loads(arguments), MASK))


def _item(items: list[Json] | tuple[Json, ...], index: int) -> Json:
    before = items[index - 1] if index else ""
    flag = isinstance(before, str) and before.startswith("-") and "=" not in before
    if flag and secret(before) and isinstance(items[index], str):
        return MASK  # `--password`, then its value
    return hidden(items[index])


def _text(value: Json) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _hidden_text(text: str) -> str:
    for pattern in (_ASSIGNED, _FLAGGED):
        text = pattern.sub(_hidden_pair, text)
    return _OF_URL.sub(rf"\1{MASK}", text)


def _hidden_pair(found: re.Match[str]) -> str:
    name, between, value = found.groups()
    return f"{name}{between}{MASK if secret(name) else value}"
