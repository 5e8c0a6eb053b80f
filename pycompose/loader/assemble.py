"""Some Compose files, with all that they include and extend, as one canonical document.

The main files of a project go through here, and whatever they include, each time for itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from pycompose.errors import Position
from pycompose.loader.defaults import with_context
from pycompose.loader.extends import extends
from pycompose.loader.include import include
from pycompose.loader.layer import layer
from pycompose.loader.merge import settle
from pycompose.loader.paths import relative
from pycompose.loader.reading import Place, Reading, Scope
from pycompose.loader.schema import validate
from pycompose.loader.tree import Map


def assemble(places: Sequence[Place], scope: Scope, reading: Reading) -> Map:
    """Return the documents of some files laid over each other, left to right.

    What is wrong with a file goes to the faults of the reading, the others are read all the same.

    Raises:
        ComposeFileError: the documents together are not valid, though each of them may be.
    """
    merged: Map | None = None
    layers = 0
    for place in places:
        with reading.faults:
            inner = scope._replace(files=(*scope.files, place.path), root=place.root)
            for parsed in reading.documents(place.path, scope.chain):
                layers += 1
                document, found, whole = layer(parsed, merged, inner, reading)
                reading.note(found)
                if not whole or "include" in document.entries:
                    layers += 1
                document = include(document, inner, reading, assemble)
                document = extends(document, inner, reading, below=merged)
                merged = document if merged is None else reading.merge(merged, document)
    if merged is None:
        return Map({}, Position(places[0].path, 1, 1))
    merged = settle(merged)
    if layers > 1 and reading.interpolate:
        validate(merged)
    folder = scope.base if reading.absolute else relative(scope.base, reading.folder)
    return with_context(merged, folder)
