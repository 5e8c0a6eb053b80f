"""A service's `security_opt` → `HostConfig.SecurityOpt` and the paths that it masks; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate; docker/cli, `docker run`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pycompose.model.values import Json

_SECCOMP: Final = "seccomp"
_BUILT_IN: Final = ("unconfined", "builtin")  # profiles that are no file
_ALONE: Final = "no-new-privileges"  # the one option that needs no value
_ALL_PATHS: Final = "systempaths=unconfined"  # the client's word, engines do not know it


def security(options: Iterable[str], profiles: Mapping[str, str]) -> Json:
    """Return the entries that the options have in `HostConfig`.

    `profiles` are the texts of files with rules for system calls, by the path as it is written.
    """
    found: Json = {}
    sent = [_option(each, profiles) for each in options if each != _ALL_PATHS]
    if sent:
        found["SecurityOpt"] = sent
    if _ALL_PATHS in options:
        # Engine: without the two it masks the usual paths, with empty ones none.
        found.update(MaskedPaths=[], ReadonlyPaths=[])
    return found


def profile(option: str) -> str:
    """Return the path of the file that an option names; "" for none."""
    name, value = _split(option)
    return value if name == _SECCOMP and value not in ("", *_BUILT_IN) else ""


def sound(option: str) -> bool:
    """Tell whether an option is a name and a value."""
    return bool(_split(option)[1]) or option == _ALONE


def _split(option: str) -> tuple[str, str]:
    separator = "=" if "=" in option else ":"
    name, _, value = option.partition(separator)
    return name, value


def _option(option: str, profiles: Mapping[str, str]) -> str:
    text = profiles.get(profile(option))
    return option if text is None else f"{_SECCOMP}={text}"
