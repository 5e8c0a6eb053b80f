"""What the loader asks of the outside world: texts by reference, and whether paths exist.

Implemented by `pycompose.files.disk` for the user's disk and by a dict in tests; the loader itself
touches no file.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Protocol

LINE_END: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as YAML counts lines


class Source(NamedTuple):
    """A text that was read.

    `path` is the absolute path (or "-" for standard input), `name` what messages call it.
    """

    path: str
    name: str
    text: str


class Fetched(NamedTuple):
    """A Compose file that was fetched: its path on this machine, and the folder it came in."""

    path: str
    root: str


class Remote(Protocol):
    """Fetches Compose files from elsewhere."""

    def fetch(self, reference: str) -> Fetched:
        """Return the file that a reference stands for, fetched if it was not yet.

        Raises:
            OSError: it cannot be fetched.
            ValueError: it is no such reference, or what was fetched is not what it should be.
        """
        ...


class Sources(Protocol):
    """Reads texts for the loader."""

    def read(self, path: str) -> Source:
        """Return the file at an absolute path, or standard input for "-".

        Raises:
            FileNotFoundError: there is no such file.
            OSError: it cannot be read, is no regular file, or is too large.
            ComposeFileError: it is not text, and where.
        """
        ...

    def follow(self, path: str) -> str:
        """Return an absolute path with the first link in it followed; itself if it has none."""
        ...
