"""Compose files from elsewhere, each fetched once: implements `pycompose.loader.sources.Remote`."""

from __future__ import annotations

from collections.abc import Mapping

from pycompose.files.cache import cache_folder
from pycompose.files.git import Git
from pycompose.files.oci import Registry, artifact
from pycompose.loader.remote import OCI, repository
from pycompose.loader.sources import Fetched


class RemoteFiles:
    """Fetches from git repositories and registries; `environment` is that of the process.

    Nothing is fetched before it is asked for, and a reference only once: it stays what it was while
    a command runs.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.known: dict[str, Fetched] = {}

    def fetch(self, reference: str) -> Fetched:
        """Return the file that a reference stands for.

        Raises:
            OSError: it cannot be fetched.
            ValueError: it is no such reference, or what was fetched is not what it should be.
        """
        if reference not in self.known:
            cache = cache_folder(self.environment)
            if reference.startswith(OCI):
                found = Registry(cache, self.environment).fetch(artifact(reference))
            else:
                found = Git(cache, self.environment).fetch(repository(reference))
            self.known[reference] = found
        return self.known[reference]
