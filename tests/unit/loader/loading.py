"""Whole loads in tests: files that are dicts of texts, in `/shop`."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load


class Texts:
    """Sources by path, relative to `/shop`; counts how often each file is read."""

    def __init__(self, files):
        self.files = files
        self.read_files = []

    def read(self, path):
        self.read_files.append(path)
        name = path.removeprefix("/shop/")
        if name not in self.files:
            raise FileNotFoundError(path)
        return Source(path, name, self.files[name])


def project(texts, *names, **options):
    """Return the project of the named texts, of `compose.yaml` if none is; a text is that file."""
    texts = {"compose.yaml": texts} if isinstance(texts, str) else texts
    files = tuple(f"/shop/{name}" for name in names or ("compose.yaml",))
    return load(LoadOptions(files=files, working_dir="/shop", **options), Texts(texts))


def problems(texts, *names, **options):
    """Return what is wrong with the texts."""
    with pytest.raises(ComposeFileError) as caught:
        project(texts, *names, **options)
    return [str(problem) for problem in caught.value.problems]
