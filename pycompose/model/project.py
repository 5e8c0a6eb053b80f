"""The application as the user wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from pycompose.errors import Owner, Position, Problem
from pycompose.model.models import Model
from pycompose.model.resources import FileObject, Network, Volume
from pycompose.model.service import Service
from pycompose.model.values import Json

DEFAULT_PLATFORM: Final = "DOCKER_DEFAULT_PLATFORM"


class Places(Protocol):
    """Where the values of a project were written."""

    def find(self, *path: str | int) -> Position | None:
        """Return the place of the value at `path` (`"services", "web", "ports", 0`).

        The nearest enclosing value's where this one was written nowhere; None where nothing on
        the path was (a project that was not read from files).
        """
        ...


class Nowhere:
    """The places of a project that was not read from files."""

    def find(self, *path: str | int) -> Position | None:
        """Return None."""
        del path
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A set of services and what they share; the one thing a planner is told of the user's wish.

    `services` are the enabled ones, `disabled` those that no active profile enables; both sorted
    by name. `config_files` and `working_dir` are absolute. `environment` is what interpolation
    saw, `environments` what it saw in single files, by the names that places call them (an included
    file may have an `.env` of its own); they may hold secrets and are never printed. `separator`
    stands between the parts of container and image names. `pending` are problems and warnings of
    parts, which are none until someone uses that part, such as a missing `env_file`.
    """

    name: str
    working_dir: str = "/"
    config_files: tuple[str, ...] = ()
    environment_files: tuple[str, ...] = ()
    services: Mapping[str, Service] = field(default_factory=dict)
    disabled: Mapping[str, Service] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    secrets: Mapping[str, FileObject] = field(default_factory=dict)
    configs: Mapping[str, FileObject] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    extensions: Mapping[str, Json] = field(default_factory=dict)
    separator: str = "-"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    environments: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    places: Places = field(default_factory=Nowhere, repr=False, compare=False)
    pending: Mapping[Owner, tuple[Problem, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    notices: tuple[Problem, ...] = field(default=(), repr=False, compare=False)

    def container_name(self, service: Service, number: int) -> str:
        """Return the name of a service's n-th container, n from 1."""
        return service.container_name or self.separator.join((self.name, service.name, str(number)))

    def platform(self, service: Service) -> str:
        """Return the platform a service's containers are made for; "" is the engine's own."""
        return service.platform or self.environment.get(DEFAULT_PLATFORM, "")

    def image(self, service: Service) -> str:
        """Return the image a service runs; one that is only built is named after it."""
        return service.image or f"{self.name}{self.separator}{service.name}"
