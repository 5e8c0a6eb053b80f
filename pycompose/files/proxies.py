"""The proxies that the docker command's configuration names for what engines run.

Source: docker/cli, cli/config/configfile (ParseProxyConfig)
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Final

from pycompose.model.values import EMPTY

_NAMES: Final = {
    "httpProxy": "HTTP_PROXY",
    "httpsProxy": "HTTPS_PROXY",
    "noProxy": "NO_PROXY",
    "ftpProxy": "FTP_PROXY",
    "allProxy": "ALL_PROXY",
}


def proxies(folder: str, engine: str) -> Mapping[str, str]:
    """Return the variables for an engine at an address, such as `unix:///var/run/docker.sock`.

    `folder` is that of the configuration. One that cannot be read names none.
    """
    try:
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            known = json.load(file)["proxies"]
        chosen = known[engine] if engine in known else known["default"]
        given = {variable: chosen.get(name) for name, variable in _NAMES.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return EMPTY
    return {name: value for name, value in given.items() if isinstance(value, str) and value}
