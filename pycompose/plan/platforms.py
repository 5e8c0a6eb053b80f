"""The platform that is built for where DOCKER_DEFAULT_PLATFORM asks for one; pure.

Source: docker/compose 2.40.3 pkg/compose/build.go (applyPlatforms); rule 177
"""

from __future__ import annotations

from dataclasses import replace

from pycompose.errors import ComposeFileError, Problem
from pycompose.model.project import DEFAULT_PLATFORM, Project
from pycompose.model.service import Service
from pycompose.plan.resources import problem


def built_for(project: Project) -> Project:
    """Return a project whose built services have the default platform, where they have none.

    It is part of their hashes. One of a service that is only pulled is not, see
    `Project.platform`.

    Raises:
        ComposeFileError: services are not built for that platform.
    """
    asked = project.environment.get(DEFAULT_PLATFORM, "")
    if not asked:
        return project
    problems: list[Problem] = []
    services: dict[str, Service] = {}
    for name, service in project.services.items():
        if service.build is None or service.platform:
            continue
        if service.build.platforms and asked not in service.build.platforms:
            message = f"does not have {asked!r}, which {DEFAULT_PLATFORM} asks for"
            path = ("services", name, "build", "platforms")
            problems.append(problem(project, path, message, "add it, or give a 'platform'"))
        services[name] = service._replace(platform=asked)
    if problems:
        raise ComposeFileError(*problems)
    return replace(project, services={**project.services, **services})
