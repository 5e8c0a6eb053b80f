"""Programs of this machine: plug-ins of the docker command, and what the search path finds.

Source: docker/cli, cli-plugins/manager
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from typing import Final

_FOLDERS: Final = tuple(
    f"{folder}/docker/cli-plugins"
    for folder in ("/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec")
)


def plugin(name: str, folder: str) -> str:
    """Return the path of a plug-in of the docker command, "" for none.

    `folder` is that of the docker command's configuration.
    """
    for each in (*_extra(folder), f"{folder}/cli-plugins", *_FOLDERS):
        path = os.path.join(each, f"docker-{name}")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return ""


def program(name: str, folder: str, environ: Mapping[str, str]) -> str:
    """Return the path of what is called `name`: a plug-in, else on the search path; "" for none."""
    found = plugin(name, folder)
    return found or shutil.which(name, path=environ.get("PATH", os.defpath)) or ""


def _extra(folder: str) -> tuple[str, ...]:
    try:
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            found = json.load(file)["cliPluginsExtraDirs"]
    except (OSError, ValueError, LookupError, TypeError):
        return ()
    return tuple(map(str, found)) if isinstance(found, list) else ()
