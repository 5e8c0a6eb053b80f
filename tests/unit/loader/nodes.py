"""Nodes from YAML text, for tests of the loader's stages."""

from __future__ import annotations

from pycompose.errors import ComposeFileError
from pycompose.loader.parse import parse
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.sources import Source
from pycompose.loader.tree import plain


def node(text):
    """Return the only document of a text; places are in `x.yaml`."""
    [document] = parse(Source("/x.yaml", "x.yaml", text))
    return document


def service(text):
    """Return a document with one service `a`, of these attributes in flow style."""
    return node(f"services: {{a: {{{text}}}}}")


def attributes(document):
    """Return what a document says of the service `a`."""
    return plain(document)["services"]["a"]


def problems(call, *arguments):
    """Return the problems that a stage raises, as users see them."""
    try:
        call(*arguments)
    except ComposeFileError as error:
        return [str(problem) for problem in error.problems]
    return []


def refusal(shape, text):
    """Return what a short syntax says of a text it cannot read."""
    try:
        shape(node(text))
    except Invalid as error:
        return error.message
    return None
