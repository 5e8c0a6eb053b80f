"""References to Compose files that are elsewhere, in git repositories and registries.

A reference is text; nothing is fetched here.

Source: docker/compose pkg/remote; rule 8
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

OCI: Final = "oci://"

_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_SCP: Final = re.compile(r"[\w.-]+@[\w.-]+:")
_USER: Final = re.compile(r"(?<=://)[^/@]*@")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


class Repository(NamedTuple):
    """A folder or file of a git repository at a branch, tag or commit; "" for the default ones."""

    url: str
    ref: str = ""
    path: str = ""

    @property
    def commit(self) -> str:
        """The commit that is named in full, "" where something else is."""
        return self.ref if _COMMIT.fullmatch(self.ref) else ""


def is_remote(reference: str) -> bool:
    """Whether a Compose file is not one of this machine."""
    return (
        _URL.match(reference) is not None
        or _SCP.match(reference) is not None
        or reference.startswith("github.com/")
    )


def shown(reference: str) -> str:
    """Return a reference as it may be shown: without a user and a password."""
    return _USER.sub("", reference)


def repository(reference: str) -> Repository:
    """Return the repository of a reference such as `https://host/repo.git#branch:folder`.

    Raises:
        ValueError: it is none.
    """
    url, _, fragment = reference.partition("#")
    ref, _, path = fragment.partition(":")
    scheme = _URL.match(url)
    if scheme is None and url.startswith("github.com/"):
        url = f"https://{url}"
    elif scheme is not None:
        kind = scheme["scheme"].lower()
        if kind in ("http", "https") and not url.partition("?")[0].endswith(".git"):
            raise ValueError("the address of a git repository ends in '.git'")
        if kind not in ("http", "https", "ssh", "git"):
            raise ValueError(f"files are not read from {kind + '://'!r}, but from git and 'oci://'")
    host = url.partition("://")[2] or url
    # What begins with a dash would be an option of git or ssh.
    if any(word.startswith("-") for word in (host, host.rpartition("@")[2], ref)):
        raise ValueError("no part of it may begin with a dash")
    return Repository(url, ref, path)


def is_within(path: str, root: str) -> bool:
    """Whether an absolute path without dots is a folder or in it."""
    return path == root or path.startswith(f"{root.rstrip('/')}/")
