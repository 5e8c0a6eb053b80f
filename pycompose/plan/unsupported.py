"""What a project asks for and cannot be done: refused at its place, never left out; pure."""

from __future__ import annotations

from typing import Final

from pycompose.convert.endpoints import ordered
from pycompose.convert.unfit import unfit
from pycompose.errors import ComposeFileError, Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan import grants, pre_start, versions
from pycompose.plan.resources import problem
from pycompose.snapshot import Capabilities

_PENDING: Final = "not supported by pycompose yet"
# What needs BuildKit.
_BUILD: Final = (
    *("additional_contexts", "cache_to", "entitlements", "no_cache_filter", "privileged"),
    *("provenance", "sbom", "secrets", "ssh"),
)
_NOTHING: Final[tuple[object, ...]] = (None, False, "", "false", (), {})


def refuse(project: Project, capabilities: Capabilities) -> None:
    """Refuse a project of which a part could not be made, here or by this engine.

    Raises:
        ComposeFileError: every such part.
    """
    problems = [*grants.refused(project), *pre_start.refused(project)]
    for name, service in project.services.items():
        if service.use_api_socket and capabilities.os == "windows":
            message = "an engine on Windows has no such socket"
            problems.append(problem(project, ("services", name, "use_api_socket"), message))
        if service.uts.startswith("service:"):
            message = "no engine shares this namespace between containers"
            problems.append(problem(project, ("services", name, "uts"), message, "say 'host'"))
        problems += _of_addresses(project, service)
        problems += (
            problem(project, ("services", name, *it.path), it.message, it.hint)
            for it in unfit(service)
        )
    problems += versions.missing(project, capabilities)
    if problems:
        raise ComposeFileError(*problems)


def _of_addresses(project: Project, service: Service) -> list[Problem]:
    """Return the problem of a service whose main network has another address than it has."""
    if not service.mac_address:
        return []
    main = next(iter(ordered(service)), "")
    attachment = service.networks.get(main)
    other = attachment.mac_address if attachment else ""
    if other in ("", service.mac_address):
        return []
    message = f"it is {service.mac_address}, but that of the main network {main!r} is {other}"
    path = ("services", service.name, "mac_address")
    return [problem(project, path, message, "give one of them")]


def of_build(project: Project, service: Service) -> list[Problem]:
    """Return what of a service's build the engine's own builder cannot do."""
    return [
        problem(project, ("services", service.name, "build", name), _PENDING)
        for name in _BUILD
        if getattr(service.build, name, None) not in _NOTHING
    ]
