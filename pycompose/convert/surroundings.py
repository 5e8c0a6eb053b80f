"""What of the machine that a command runs on goes into requests; a value, read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from pycompose.model.values import EMPTY

_ARGUMENTS: Final = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY")


class Surroundings(NamedTuple):
    """What files beside the Compose files say.

    `profiles` are the texts of the files that `security_opt` names, by their paths as written;
    `proxies` those that the docker command is configured with, as `HTTP_PROXY`.
    """

    profiles: Mapping[str, str] = EMPTY
    proxies: Mapping[str, str] = EMPTY

    @property
    def variables(self) -> dict[str, str]:
        """The proxies as variables of containers, whose own go first."""
        return {**self.proxies, **{name.lower(): each for name, each in self.proxies.items()}}

    @property
    def arguments(self) -> dict[str, str]:
        """The proxies as arguments of builds, whose own go first: those that builders know."""
        return {name: self.proxies[name] for name in _ARGUMENTS if name in self.proxies}
