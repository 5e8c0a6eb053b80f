"""Which services count: profiles, the services that were named, and what they need.

A project goes in, a smaller one comes out; the argument is never changed.

Source: compose-spec profiles.md; rules 53-56
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TypeVar

from pycompose import graph
from pycompose.errors import ComposeFileError, Owner, Position, Problem, UsageError
from pycompose.loader.suggest import closest, did_you_mean
from pycompose.loader.tree import dotted
from pycompose.model.project import Project
from pycompose.model.service import Service

T = TypeVar("T")
EVERY_PROFILE = "*"
RESOURCES = ("networks", "volumes", "secrets", "configs")


def activate(project: Project, profiles: Collection[str]) -> Project:
    """Return the project with the services enabled that have no profile or an active one."""
    everything = {**project.services, **project.disabled}
    enabled = {
        name
        for name, service in everything.items()
        if not service.profiles
        or EVERY_PROFILE in profiles
        or not set(profiles).isdisjoint(service.profiles)
    }
    return _divide(project, enabled)


def misspelt(project: Project, profiles: Iterable[str]) -> tuple[Problem, ...]:
    """Return a warning for each profile that no service has, though one has a name like it."""
    known: dict[str, tuple[str, int]] = {}
    for name, service in {**project.services, **project.disabled}.items():
        for index, profile in enumerate(service.profiles):
            known.setdefault(profile, (name, index))
    found: list[Problem] = []
    for profile in profiles:
        close = closest(profile, known) if profile not in (EVERY_PROFILE, *known) else ""
        path = ("services", known[close][0], "profiles", known[close][1]) if close else ()
        at = project.places.find(*path)
        if close and at is not None:
            hint = f"did you mean {close!r}?"
            message = f"no service has the profile {profile!r}"
            found.append(Problem(at, dotted(path), message, hint, "warning"))
    return tuple(found)


def enable(project: Project, names: Iterable[str]) -> Project:
    """Return the project with the named services enabled, and with them all of their profiles.

    Raises:
        UsageError: there is no such service.
    """
    everything = {**project.services, **project.disabled}
    chosen = [name for pattern in names for name in _matching(everything, pattern)]
    profiles = {profile for name in chosen for profile in everything[name].profiles}
    enabled = activate(project, profiles).services if profiles else ()
    return _divide(project, {*project.services, *chosen, *enabled})


def select(
    project: Project,
    names: Iterable[str] = (),
    *,
    dependencies: bool = True,
    lenient: bool = False,
) -> Project:
    """Return the project reduced to the named services and, if asked, what they depend on.

    All enabled services stay if none is named. If some are, edges that lead out of the selection
    are dropped; else those stay that lead to services no profile enables. A `lenient` selection
    may need services that are not enabled.

    Raises:
        UsageError: there is no such enabled service.
        ComposeFileError: a chosen service is wrong in a way that did not matter before, or needs
            a service that no active profile enables.
    """
    chosen = [name for pattern in names for name in _matching(project.services, pattern)]
    kept = set(chosen or project.services)
    edges = dependencies and not lenient
    _refuse(project, kept, edges=edges)
    if dependencies:
        kept = set(graph.closure(project, kept))
        _refuse(project, kept, edges=edges)
    divided = _divide(project, kept)
    if not chosen:
        return divided
    return replace(divided, services={n: _trimmed(s, kept) for n, s in divided.services.items()})


def used(project: Project) -> Project:
    """Return the project without the networks, volumes and other resources nobody uses."""
    services = project.services.values()
    networks = {name for service in services for name in service.networks}
    volumes = {
        mount.source for service in services for mount in service.volumes if mount.type == "volume"
    }
    secrets = {grant.source for service in services for grant in service.secrets}
    builds = [service.build for service in services if service.build is not None]
    secrets |= {grant.source for build in builds for grant in build.secrets}
    configs = {grant.source for service in services for grant in service.configs}
    models = {name for service in services for name in service.models}
    return replace(
        project,
        networks=_only(project.networks, networks),
        volumes=_only(project.volumes, volumes),
        secrets=_only(project.secrets, secrets),
        configs=_only(project.configs, configs),
        models=_only(project.models, models),
    )


def heard(project: Project) -> Project:
    """Return the project with the warnings of all its parts among its notices, each told once.

    Raises:
        ComposeFileError: something is wrong with a network, volume, secret or config of it.
    """
    owners: list[Owner] = [(), *(("services", name) for name in project.services)]
    for kind in RESOURCES:
        owners += [(kind, name) for name in getattr(project, kind)]
    found = [it for owner in owners for it in project.pending.get(owner, ())]
    if problems := [it for it in found if it.severity == "error"]:
        raise ComposeFileError(*problems)
    files = dict.fromkeys(it.at.file for its in project.pending.values() for it in its)
    order = {file: index for index, file in enumerate(files)}
    warnings = sorted(found, key=lambda it: (order[it.at.file], it.at))
    told = {it.message: it for it in reversed(warnings)}
    return replace(project, notices=tuple(reversed(told.values())))


def without(project: Project, owners: Collection[Owner]) -> Project:
    """Return the project without the networks, volumes, secrets and configs of some owners."""
    return replace(
        project,
        networks=_less(project.networks, "networks", owners),
        volumes=_less(project.volumes, "volumes", owners),
        secrets=_less(project.secrets, "secrets", owners),
        configs=_less(project.configs, "configs", owners),
    )


def _less(found: Mapping[str, T], kind: str, owners: Collection[Owner]) -> dict[str, T]:
    return {name: found[name] for name in found if (kind, name) not in owners}


def _only(found: Mapping[str, T], names: Collection[str]) -> dict[str, T]:
    return {name: found[name] for name in found if name in names}


def _divide(project: Project, enabled: Collection[str]) -> Project:
    everything = dict(sorted({**project.services, **project.disabled}.items()))
    return replace(
        project,
        services=_only(everything, enabled),
        disabled={name: it for name, it in everything.items() if name not in enabled},
    )


def _trimmed(service: Service, kept: Collection[str]) -> Service:
    if all(name in kept for name in service.depends_on):
        return service
    return service._replace(depends_on=_only(service.depends_on, kept))


def _matching(services: Mapping[str, Service], pattern: str) -> list[str]:
    if pattern in services:
        return [pattern]
    found = [name for name in services if fnmatchcase(name, pattern)]
    if not found:
        hint = did_you_mean(pattern, services)
        raise UsageError(f"no such service: {pattern}" + (f" ({hint})" if hint else ""))
    return found


def _refuse(project: Project, kept: Collection[str], *, edges: bool = True) -> None:
    """Raise what is wrong with the services that are kept."""
    owners: list[Owner] = [(), *(("services", name) for name in sorted(kept))]
    found = [it for owner in owners for it in project.pending.get(owner, ())]
    problems = list({(it.at, it.message): it for it in found if it.severity == "error"}.values())
    for name in sorted(kept) if edges else ():
        for other, dependency in project.services[name].depends_on.items():
            if dependency.required and other in project.disabled:
                problems.append(_disabled(project, name, other))
    if problems:
        raise ComposeFileError(*sorted(problems, key=lambda problem: tuple(problem.at)))


def _disabled(project: Project, name: str, other: str) -> Problem:
    path = ("services", name, "depends_on", other)
    at = project.places.find(*path) or Position(project.name, 1, 1)
    profiles = ", ".join(repr(profile) for profile in project.disabled[other].profiles)
    hint = f"enable it with profile {profiles}" if profiles else f"name {other!r} too"
    return Problem(at, f"services.{name}.depends_on", f"service {other!r} is not enabled", hint)
