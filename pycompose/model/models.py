"""What is there without a container: models that services talk to, providers of services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose.model.values import EMPTY, Json


class Model(NamedTuple):
    """A model of the project: one entry of the top-level `models`."""

    name: str = ""
    model: str = ""
    context_size: int = 0
    runtime_flags: tuple[str, ...] = ()
    extensions: Mapping[str, Json] = EMPTY


class ModelUse(NamedTuple):
    """How a service learns of a model: the names of the variables that tell it."""

    endpoint_var: str = ""
    model_var: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Provider(NamedTuple):
    """The program of the host that provides a service, and what it is told.

    Source: compose-spec 05-services.md#provider
    """

    type: str = ""
    options: Mapping[str, tuple[str, ...]] = EMPTY
    extensions: Mapping[str, Json] = EMPTY
