"""Which variables a model refers to: their defaults, whether they are required.

In goes a document that was not interpolated; nothing is substituted, and no value is known here.

Source: compose-go template.ExtractVariables (rule 25)
"""

from __future__ import annotations

from typing import NamedTuple

from pycompose.loader.interpolate import Reference, references
from pycompose.loader.tree import Map, Scalar, walk


class Variable(NamedTuple):
    """A variable that a model refers to.

    `default` is used where it has no value, `alternate` where it has one.
    """

    name: str
    required: bool = False
    default: str = ""
    alternate: str = ""


def variables(document: Map) -> tuple[Variable, ...]:
    """Return the variables that the strings of a document refer to, sorted by name.

    Of several references to a variable, the first one with an operator counts.
    """
    found: dict[str, Reference] = {}
    for _, node in walk(document):
        if isinstance(node, Scalar) and isinstance(node.value, str):
            for reference in references(node.value):
                known = found.get(reference.name)
                if known is None or not known.operator:
                    found[reference.name] = reference
    return tuple(_variable(found[name]) for name in sorted(found))


def _variable(reference: Reference) -> Variable:
    kind = reference.operator[-1:]
    return Variable(
        name=reference.name,
        required=kind == "?",
        default=reference.operand if kind == "-" else "",
        alternate=reference.operand if kind == "+" else "",
    )
