"""What a project asks for and no planner can do yet: refused at its place, never left out; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pycompose.errors import ComposeFileError, Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan import grants
from pycompose.plan.resources import problem

_PENDING: Final = "not supported by pycompose yet"
_SECTIONS: Final = ("post_start", "pre_start", "pre_stop", "provider", "models")
# What needs BuildKit.
_BUILD: Final = (
    *("additional_contexts", "cache_to", "entitlements", "no_cache_filter", "privileged"),
    *("provenance", "sbom", "secrets", "ssh"),
)
_NOTHING: Final[tuple[object, ...]] = (None, False, "", "false", (), {})


def refuse(project: Project) -> None:
    """Refuse a project of which a part could not be made.

    Raises:
        ComposeFileError: every such part.
    """
    problems = [
        problem(project, ("services", name, section), _PENDING)
        for name, service in project.services.items()
        for section in _SECTIONS
        if getattr(service, section)
    ]
    problems += grants.refused(project)
    if problems:
        raise ComposeFileError(*problems)


def of_build(project: Project, service: Service) -> list[Problem]:
    """Return what of a service's build the engine's own builder cannot do."""
    return [
        problem(project, ("services", service.name, "build", name), _PENDING)
        for name in _BUILD
        if getattr(service.build, name, None) not in _NOTHING
    ]


def hooks_left_out(project: Project, services: Iterable[str], *moments: str) -> list[str]:
    """Return warnings for the hooks of services that a plan passes over at some moments."""
    return [
        f"service {name!r}: {moment!r} is {_PENDING}, nothing of it is run"
        for name in sorted(set(services) & project.services.keys())
        for moment in moments
        if getattr(project.services[name], moment)
    ]
