"""Images before containers: which to pull, which to build; pure.

Source: rules 169, 170 and 173
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from pycompose import labels
from pycompose.convert.limits import ulimits
from pycompose.errors import ComposeFileError, Problem
from pycompose.model.build import Build
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json, familiar
from pycompose.plan import pre_start, unsupported
from pycompose.plan.ops import BuildImage, Cause, PullImage
from pycompose.plan.plan import Plan
from pycompose.plan.platforms import built_for
from pycompose.plan.steps import Steps
from pycompose.snapshot import Snapshot
from pycompose.version import VERSION

INLINE: Final = ".pycompose.dockerfile"  # the name under which an inline Dockerfile is sent
Building: TypeAlias = Literal["", "always", "never"]


def images(
    project: Project, snapshot: Snapshot, *, pull: str = "", building: Building = ""
) -> Plan:
    """Return the steps that make every service's image present.

    `pull` overrides each service's `pull_policy`; `building` is "always" for `--build` and
    "never" for `--no-build`. An image that several services share is brought in once.

    Raises:
        ComposeFileError: the project, or a build that is due, needs what is not supported yet.
    """
    unsupported.refuse(project, snapshot.capabilities)
    project = built_for(project)
    steps = Steps()
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    # Of services that share an image, one that says how to build it decides.
    order = sorted(project.services, key=lambda name: (project.services[name].build is None, name))
    for name in order:
        service = project.services[name]
        image = project.image(service)
        key = (familiar(image), project.platform(service))
        if key in seen or not service.instances:
            continue
        seen.add(key)
        policy = pull or service.pull_policy or "missing"
        absent = image not in snapshot.images
        buildable = service.build is not None and building != "never"
        if buildable and (policy == "build" or building == "always" or absent):
            problems += unsupported.of_build(project, service)
            why = f"image {image} is not here" if absent else "a build was asked for"
            _build(project, service, image, steps, "missing" if absent else "asked", why)
        elif service.image and (policy == "always" or (absent and policy != "never")):
            _pull(project, service, image, steps, snapshot)
    for image, name in sorted(pre_start.images(project).items()):
        service = project.services[name]
        key = (familiar(image), project.platform(service))
        policy = pull or service.pull_policy
        if key not in seen and (image not in snapshot.images or policy == "always"):
            seen.add(key)
            if policy != "never":
                _pull(project, service, image, steps, snapshot)
    if problems:
        raise ComposeFileError(*problems)
    return steps.plan()


def _pull(project: Project, service: Service, image: str, steps: Steps, snapshot: Snapshot) -> None:
    absent = image not in snapshot.images
    steps.add(
        PullImage,
        resource=f"Image {image}",
        cause="missing" if absent else "asked",
        why="not here" if absent else "pull policy always",
        image=image,
        platform=project.platform(service),
        service=service.name,
    )


def _build(
    project: Project, service: Service, image: str, steps: Steps, cause: Cause, why: str
) -> None:
    build = service.build
    if build is None:
        return
    steps.add(
        BuildImage,
        resource=f"Image {image}",
        cause=cause,
        why=why,
        image=image,
        context=build.context,
        dockerfile=_dockerfile(build),
        dockerfile_inline=build.dockerfile_inline,
        query=_query(project, service, build, image),
        service=service.name,
    )


def _dockerfile(build: Build) -> str:
    return INLINE if build.dockerfile_inline else build.dockerfile or "Dockerfile"


def _platform(service: Service, build: Build) -> str:
    """Return the platform to build for; "" where the builder decides.

    Source: rule 177
    """
    # One engine runs one platform: the service's, else the only one there is.
    return service.platform or (build.platforms[0] if len(build.platforms) == 1 else "")


def _query(project: Project, service: Service, build: Build, image: str) -> Mapping[str, Json]:
    """Return the parameters of `POST /build`, several tags as a list.

    Source: https://docs.docker.com/reference/api/engine/ ImageBuild
    """
    marks = {
        labels.PROJECT: project.name,
        labels.SERVICE: service.name,
        labels.VERSION: VERSION,
        labels.IMAGE_BUILDER: "classic",
    }
    args = {key: value for key, value in build.args.items() if value is not None}
    optional = {
        "buildargs": json.dumps(args) if args else "",
        "cachefrom": json.dumps(list(build.cache_from)) if build.cache_from else "",
        "extrahosts": ",".join(f"{h}:{ip}" for h, ips in build.extra_hosts.items() for ip in ips),
        "isolation": build.isolation,
        "networkmode": build.network,
        "nocache": "1" if build.no_cache else "",
        "platform": _platform(service, build),
        "pull": "1" if build.pull else "",
        "shmsize": str(build.shm_size) if build.shm_size else "",
        "target": build.target,
        "ulimits": json.dumps(ulimits(build.ulimits)) if build.ulimits else "",
    }
    return {
        "t": [*build.tags, image],
        "dockerfile": _dockerfile(build),
        "labels": json.dumps({**build.labels, **marks}),
        "rm": "1",
        **{key: value for key, value in optional.items() if value},
    }
