"""Where fetched files are kept: folders named by their content, complete or not there at all.

The cache belongs to the user alone. A folder is filled under another name and renamed once it is
complete, so that neither a crash nor a second process leaves half of one.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Mapping
from typing import Final

PRIVATE: Final = 0o700


def cache_folder(environment: Mapping[str, str]) -> str:
    """Return the folder of pycompose in the user's cache.

    Raises:
        FileNotFoundError: neither XDG_CACHE_HOME nor HOME says where that is.
    """
    base = environment.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the specification asks to pass over others
        home = environment.get("HOME", "")
        if not os.path.isabs(home):
            raise FileNotFoundError(errno.ENOENT, "neither XDG_CACHE_HOME nor HOME is set", "cache")
        base = os.path.join(home, ".cache")
    return os.path.join(base, "pycompose")


def kept(cache: str, key: str, fill: Callable[[str], None]) -> str:
    """Return the folder of a key (a relative path without dots), filled if it was not there.

    Raises:
        OSError: the cache is someone else's, or cannot be written.
    """
    folder = os.path.join(cache, key)
    parent = os.path.dirname(folder)
    _make_private(cache)
    _make_private(parent)
    if not os.path.isdir(folder):
        filling = tempfile.mkdtemp(prefix=".filling-", dir=parent)
        try:
            fill(filling)
            os.rename(filling, folder)
        except OSError as error:
            # Another process may have been quicker.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or not os.path.isdir(folder):
                raise
        finally:
            shutil.rmtree(filling, ignore_errors=True)
    return folder


def _make_private(folder: str) -> None:
    os.makedirs(folder, PRIVATE, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        message = f"{folder} is no folder that you alone can write to"
        raise PermissionError(errno.EPERM, message, folder)
