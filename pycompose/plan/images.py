"""Images before containers: which to pull, which to build; pure.

Source: rules 169, 170 and 173
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose import labels
from pycompose.convert.limits import ulimits
from pycompose.errors import ComposeFileError, Problem
from pycompose.model.build import Build
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import EMPTY, Json, familiar
from pycompose.plan import pre_start, unsupported
from pycompose.plan.freshness import outdated, unfit
from pycompose.plan.ops import BuildImage, PullImage
from pycompose.plan.plan import Plan
from pycompose.plan.platforms import built_for
from pycompose.plan.steps import Steps
from pycompose.snapshot import Snapshot
from pycompose.version import VERSION

INLINE: Final = ".pycompose.dockerfile"  # the name under which an inline Dockerfile is sent
_NO_PULL: Final = ("never", "build")  # policies that pull nothing
Building: TypeAlias = Literal["", "always", "never"]


def images(
    project: Project,
    snapshot: Snapshot,
    *,
    pull: str = "",
    building: Building = "",
    proxies: Mapping[str, str] = EMPTY,
    now: float = 0.0,
) -> Plan:
    """Return the steps that make every service's image present.

    `pull` overrides each service's `pull_policy`; `building` is "always" for `--build` and
    "never" for `--no-build`. An image that several services share is brought in once. `proxies` are
    arguments of all builds, whose own go first. By `now`, in seconds since 1970, some are too old;
    what `freshness.to_look_at` names has been looked at.

    Raises:
        ComposeFileError: the project, or a build that is due, needs what is not supported yet.
    """
    unsupported.refuse(project, snapshot.capabilities)
    run = _Images(built_for(project), snapshot, Steps(), proxies)
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    # Of services that share an image, one that says how to build it decides.
    order = sorted(project.services, key=lambda name: (project.services[name].build is None, name))
    for name in order:
        service = run.project.services[name]
        image = project.image(service)
        key = (familiar(image), project.platform(service))
        if key in seen or not service.instances:
            continue
        seen.add(key)
        policy = pull or service.pull_policy or "missing"
        absent = unfit(snapshot, image, service.platform)
        old = outdated(policy, snapshot.images.get(image), now)
        wanted = service.image and (old or (absent and policy not in _NO_PULL))
        why = absent or old
        if service.build is None or building == "never":
            if wanted or (absent and service.image and policy == "build"):
                run.pull(service, image, why)
            continue
        forced = policy == "build" or building == "always"
        pulled = run.pull(service, image, why, best_effort=True) if wanted and not forced else 0
        if forced or absent:
            problems += unsupported.of_build(project, service)
            run.build(service, image, pulled, absent)
    for image, name in sorted(_others(project).items()):
        service = run.project.services[name]
        policy = pull or service.pull_policy
        known = (familiar(image), project.platform(service)) in seen or policy == "never"
        if not known and (image not in snapshot.images or policy == "always"):
            here = image in snapshot.images
            run.pull(service, image, "pull policy always" if here else "not here")
    if problems:
        raise ComposeFileError(*problems)
    return run.steps.plan()


def _others(project: Project) -> dict[str, str]:
    """Return the images that are mounted, or that hooks bring along, each with a service."""
    mounted = {
        mount.source: name
        for name, service in sorted(project.services.items(), reverse=True)
        for mount in service.volumes
        if mount.type == "image" and mount.source not in project.services and service.instances
    }
    return {**mounted, **pre_start.images(project)}


class _Images(NamedTuple):
    """The steps so far, and what they are made of."""

    project: Project
    snapshot: Snapshot
    steps: Steps
    proxies: Mapping[str, str]

    def pull(self, service: Service, image: str, why: str, *, best_effort: bool = False) -> int:
        """Plan to pull an image; one that can be built may fail to come."""
        return self.steps.add(
            PullImage,
            resource=f"Image {image}",
            cause="asked" if why.startswith("pull policy") else "missing",
            why=why,
            image=image,
            platform=self.project.platform(service),
            service=service.name,
            best_effort=best_effort,
        )

    def build(self, service: Service, image: str, pulled: int, absent: str) -> None:
        """Plan to build an image, only if that of the step `pulled` fails to come; 0 for none."""
        build = service.build
        if build is None:
            return
        why = f"image {image} is {absent}" if absent == "not here" else absent
        why = why or "a build was asked for"
        self.steps.add(
            BuildImage,
            rescues=(pulled,) if pulled else (),
            resource=f"Image {image}",
            cause="missing" if absent else "asked",
            why="it cannot be pulled" if pulled else why,
            image=image,
            context=build.context,
            dockerfile=_dockerfile(build),
            dockerfile_inline=build.dockerfile_inline,
            query=_query(self.project, service, build, image, self.proxies),
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


def _query(
    project: Project, service: Service, build: Build, image: str, proxies: Mapping[str, str]
) -> Mapping[str, Json]:
    """Return the parameters of `POST /build`, several tags as a list.

    Source: https://docs.docker.com/reference/api/engine/ ImageBuild
    """
    marks = {
        labels.PROJECT: project.name,
        labels.SERVICE: service.name,
        labels.VERSION: VERSION,
        labels.IMAGE_BUILDER: "classic",
    }
    args = dict(proxies) | {key: text for key, text in build.args.items() if text is not None}
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
