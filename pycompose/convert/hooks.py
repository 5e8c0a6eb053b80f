"""Hooks of services as the Engine API runs commands in and beside containers; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pycompose import labels
from pycompose.convert.endpoints import endpoints, split
from pycompose.convert.joins import JOIN, resolved
from pycompose.convert.surroundings import Surroundings
from pycompose.model.hooks import Hook
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json
from pycompose.snapshot import Capabilities
from pycompose.version import VERSION


def exec_body(hook: Hook) -> Json:
    """Return the body of POST /containers/{id}/exec for a hook whose output is wanted."""
    return {
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": list(hook.command or ()),
        "Env": _env(hook.environment),
        "Privileged": hook.privileged,
        "User": hook.user,
        "WorkingDir": hook.working_dir,
    }


class HookContainer(NamedTuple):
    """What to POST, and the networks to connect afterwards where one request takes only one."""

    body: Json
    platform: str
    connect: tuple[tuple[str, Json], ...]


def hook_name(project: Project, service: Service, index: int) -> str:
    """Return the name of the container of a `pre_start` hook."""
    return project.separator.join((project.name, service.name, "pre_start", str(index)))


def hook_container(
    project: Project,
    service: Service,
    index: int,
    container: str | int,
    *,
    capabilities: Capabilities,
    references: Mapping[str, str],
    around: Surroundings,
) -> HookContainer:
    """Return the container of a `pre_start` hook, which has the volumes of another, `container`.

    That is an id, or how many containers are joined before it. Where the hook brings no image
    along, it runs as the service does: with its image, its user, in its folder. `references` are
    the ids of the containers that the service joins, by service; `around` is what this machine
    says.
    """
    hook = service.pre_start[index]
    own = bool(hook.image)
    joined = endpoints(project, service, hook_name(project, service, index), capabilities)
    # Addresses are those of the service's own containers.
    names = {key: {"Aliases": each["Aliases"]} for key, each in joined.items()}
    together, later = split(names, capabilities)
    mode = resolved(service, references).network_mode
    source = container if isinstance(container, str) else f"{JOIN}{container}"
    body: Json = {
        "Image": hook.image or project.image(service),
        "Env": _env({**around.variables, **service.environment, **hook.environment}),
        "Labels": {
            labels.PROJECT: project.name,
            labels.SERVICE: service.name,
            labels.VERSION: VERSION,
            labels.HOOK: "pre_start",
        },
        "AttachStdout": True,
        "AttachStderr": True,
        "HostConfig": {
            "NetworkMode": mode or next(iter(joined), "none"),
            "VolumesFrom": [source],
            "Privileged": hook.privileged,
        },
        "NetworkingConfig": {"EndpointsConfig": together},
    }
    optional = {
        "User": hook.user or ("" if own else service.user),
        "WorkingDir": hook.working_dir or ("" if own else service.working_dir),
    }
    body.update({key: value for key, value in optional.items() if value})
    if hook.command is not None:
        body["Cmd"] = list(hook.command)
    return HookContainer(body, project.platform(service), later)


def _env(environment: Mapping[str, str | None]) -> list[str]:
    given = sorted(environment.items())
    return [name if value is None else f"{name}={value}" for name, value in given]
