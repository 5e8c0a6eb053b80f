"""Compose files from git repositories, by the `git` command.

A commit is fetched once, alone, and kept by its hash without its history. Nothing of it is run: no
hooks, no filters, no submodules, and links become files that hold their target. git never asks for
credentials; those it is configured with it uses.

A repository of this machine (`file://`, a path) is none to fetch from: its files can be included as
they are, and git would follow whatever links they hold (CVE-2022-39253).
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from typing import Final

from pycompose.files.cache import kept
from pycompose.files.discover import NAMES
from pycompose.loader.remote import Repository, is_within, shown
from pycompose.loader.sources import Fetched

PATIENCE: Final = 300  # seconds that one call of git may take: a guess

_SETTINGS: Final = (
    "protocol.allow=never",
    *(f"protocol.{name}.allow=always" for name in ("http", "https", "ssh", "git")),
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "submodule.recurse=false",
)

# What a repository around the working directory may have set.
_OF_A_REPOSITORY: Final = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"),
    *("GIT_NAMESPACE", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
)
_NO_FILTERS: Final = "* -filter -ident -working-tree-encoding\n"


class Git:
    """Fetches from git repositories into a cache; `environment` is that of the process."""

    def __init__(self, cache: str, environment: Mapping[str, str]) -> None:
        self.cache = cache
        self.environment = {
            **{name: value for name, value in environment.items() if name not in _OF_A_REPOSITORY},
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",  # asked all the same, it answers with nothing
            "SSH_ASKPASS": "true",
            "GIT_SSH_COMMAND": environment.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
            "LC_ALL": "C",
        }

    def fetch(self, repository: Repository) -> Fetched:
        """Return the Compose file of a repository, on this machine.

        Raises:
            OSError: git is not there, or cannot fetch the commit.
            ValueError: the repository has no such file, or the path leads out of it.
        """
        commit = repository.commit or self.resolve(repository)
        root = kept(
            self.cache, f"git/{commit}", lambda folder: self.fill(folder, repository, commit)
        )
        return Fetched(compose_file(root, repository.path), root)

    def resolve(self, repository: Repository) -> str:
        """Return the commit that a branch or tag stands for."""
        wanted = repository.ref or "HEAD"
        listed = self.run(os.sep, "ls-remote", "--", repository.url, wanted, f"{wanted}^{{}}")
        pairs = (line.partition("\t") for line in listed.splitlines())
        found = {name: commit for commit, _, name in pairs}
        for name in (
            f"refs/tags/{wanted}^{{}}",
            f"refs/tags/{wanted}",
            f"refs/heads/{wanted}",
            wanted,
        ):
            if name in found:
                return found[name]
        raise ValueError(f"the repository has no branch or tag {wanted!r}")

    def fill(self, folder: str, repository: Repository, commit: str) -> None:
        """Put the files of a commit into an empty folder."""
        with tempfile.TemporaryDirectory(prefix=".git-", dir=os.path.dirname(folder)) as history:

            def git(*words: str) -> str:
                return self.run(folder, f"--git-dir={history}", f"--work-tree={folder}", *words)

            self.run(os.sep, "init", "-q", "--bare", "--template=", "--", history)
            os.makedirs(os.path.join(history, "info"), exist_ok=True)
            with open(os.path.join(history, "info", "attributes"), "w", encoding="utf-8") as file:
                file.write(_NO_FILTERS)
            options = ("-q", "--depth=1", "--no-tags", "--no-recurse-submodules")
            try:
                git("fetch", *options, "--", repository.url, commit)
            except OSError:
                # Not every server hands out commits that are no branch's newest.
                git("fetch", "-q", "--no-tags", "--", repository.url, "+refs/*:refs/fetched/*")
            git("-c", "core.bare=false", "checkout", "-q", "--force", "--detach", commit)

    def run(self, folder: str, *words: str) -> str:
        """Return what git prints, run in a folder."""
        program = shutil.which("git", path=_absolute_only(self.environment.get("PATH", os.defpath)))
        if program is None:
            raise FileNotFoundError(errno.ENOENT, "git is not installed", "git")
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        try:
            done = subprocess.run(
                [program, *settings, *words],
                cwd=folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError(errno.ETIMEDOUT, f"git took more than {PATIENCE} seconds") from None
        if done.returncode:
            raise OSError(errno.EIO, _said(done.stderr))
        return done.stdout


def compose_file(root: str, path: str) -> str:
    """Return the Compose file at a path of a folder: a file, or one of the usual names in a folder.

    Raises:
        ValueError: there is none, or the path leads out of the folder.
    """
    place = os.path.normpath(os.path.join(root, path))
    if not is_within(place, root) or not is_within(os.path.realpath(place), os.path.realpath(root)):
        raise ValueError(f"the path {path!r} leads out of the repository")
    if os.path.isfile(place):
        return place
    for name in NAMES:
        if os.path.isfile(found := os.path.join(place, name)):
            return found
    where = f"in its folder {path!r}" if path else "in the repository"
    raise ValueError(f"there is none of {', '.join(NAMES)} {where}")


def _absolute_only(path: str) -> str:
    """Return a PATH without folders that depend on where one is."""
    return os.pathsep.join(folder for folder in path.split(os.pathsep) if os.path.isabs(folder))


def _said(text: str) -> str:
    """Return the last thing git said, on one line, without passwords."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = next(
        (line for line in lines if line.startswith(("fatal:", "error:"))), "".join(lines[-1:])
    )
    return f"git: {shown(last.partition(': ')[2] or last)[:300]}" if last else "git failed"
