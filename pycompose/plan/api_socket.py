"""Services that may talk to the engine that runs them: `use_api_socket`; pure.

Engines know nothing of it. As by Docker Compose, the service mounts the socket, and finds the
user's logins to registries in the configuration of a docker client, which counts into its hash.

Source: docker/compose 2.40.3 pkg/compose/apiSocket.go
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pycompose.model.mounts import Grant, Mount
from pycompose.model.project import Project
from pycompose.model.resources import FileObject
from pycompose.model.service import Service

SOCKET: Final = "/var/run/docker.sock"
FOLDER: Final = "/run/secrets/docker"  # where a docker client in the container looks
KEY: Final = "#apisocket"  # of the config that holds the logins


def wants_socket(project: Project) -> bool:
    """Tell whether a service of the project is to talk to the engine."""
    return any(service.use_api_socket for service in project.services.values())


def with_socket(project: Project, logins: str) -> Project:
    """Return a project whose services have what `use_api_socket` gives them.

    `logins` is the text of the configuration; it is kept among the variables, which nobody prints.
    """
    if not wants_socket(project):
        return project
    services = {
        name: _mounting(service) if service.use_api_socket else service
        for name, service in project.services.items()
    }
    known = {KEY: logins}
    return replace(
        project,
        services=services,
        configs={**project.configs, KEY: FileObject(name=KEY, environment=KEY)},
        environment={**project.environment, **known},
        environments={file: {**own, **known} for file, own in project.environments.items()},
    )


def _mounting(service: Service) -> Service:
    if any(grant.source == KEY for grant in service.configs):
        return service
    mount = Mount(type="bind", source=SOCKET, target=SOCKET)
    grant = Grant(source=KEY, target=f"{FOLDER}/config.json")
    return service._replace(
        volumes=(*service.volumes, mount),
        environment={"DOCKER_CONFIG": FOLDER, **service.environment},
        configs=(*service.configs, grant),
    )
