"""What the loader asks of the outside world: texts by reference, and whether paths exist.

Implemented by `pycompose.files.disk` for the user's disk and by a dict in tests; the loader itself
touches no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

LINE_END: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as YAML counts lines


@dataclass(frozen=True, slots=True)
class Source:
    """A text that was read.

    `path` is the absolute path (or "-" for standard input), `name` what messages call it.
    """

    path: str
    name: str
    text: str


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
