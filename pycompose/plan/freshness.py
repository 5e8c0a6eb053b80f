"""Whether a local image is what a service asks for: not too old, and of its platform; pure.

Source: docker/compose 2.40.3 pkg/compose/pull.go and build.go; rules 169 and 173; for platforms,
github.com/containerd/platforms
"""

from __future__ import annotations

from typing import Final

from pycompose.model.project import Project
from pycompose.model.values import nanoseconds
from pycompose.plan.platforms import built_for
from pycompose.snapshot import Capabilities, ImageState, Snapshot

_EVERY: Final = "every_"
_NAMED: Final = {"daily": "24h", "weekly": "168h"}
_ALWAYS: Final = "always"
_SYSTEMS: Final = ("linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "solaris", "aix")
_ARCHITECTURES: Final = {
    "i386": ("386", ""),
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
# What is meant where nothing is said.
_USUAL: Final = {("amd64", "v1"): "", ("arm64", "v8"): "", ("arm", ""): "v7"}


def to_look_at(project: Project, snapshot: Snapshot, pull: str) -> tuple[str, ...]:
    """Return the references of local images that have to be looked at before images are planned."""
    found = {
        project.image(service)
        for service in built_for(project).services.values()
        if service.platform or _interval(pull or service.pull_policy)
    }
    return tuple(sorted(found & {*snapshot.images}))


def unfit(snapshot: Snapshot, image: str, platform: str) -> str:
    """Return why a service cannot use the local image of a name, "" where it can."""
    state = snapshot.images.get(image)
    if state is None:
        return "not here"
    if platform and not _fits(platform, state, snapshot.capabilities):
        return f"what is here is for {state.platform}, not for {platform}"
    return ""


def outdated(policy: str, image: ImageState | None, now: float) -> str:
    """Return why a policy has an image pulled that is here, "" where it does not.

    `now` in seconds since 1970.
    """
    if policy == _ALWAYS:
        return "pull policy always"
    interval = _interval(policy)
    if not interval or image is None or now <= image.tagged + nanoseconds(interval) / 1e9:
        return ""
    return f"pull policy {policy}, and it came before that"


def _interval(policy: str) -> str:
    """Return how long an image is good for, "" where its age does not matter."""
    return _NAMED.get(policy, "") or (policy.startswith(_EVERY) and policy[len(_EVERY) :]) or ""


def _fits(platform: str, image: ImageState, capabilities: Capabilities) -> bool:
    if not image.platform:
        return True
    return _parsed(platform, capabilities) == _parsed(image.platform, capabilities)


def _parsed(text: str, capabilities: Capabilities) -> tuple[str, str, str]:
    """Return the system, architecture and variant of a platform, each by its usual name."""
    first, *rest = text.lower().split("/")
    if not rest:
        rest = [capabilities.arch] if first in _SYSTEMS else [first]
        first = first if first in _SYSTEMS else capabilities.os
    architecture, variant = rest[0], rest[1] if len(rest) > 1 else ""
    architecture, usual = _ARCHITECTURES.get(architecture, (architecture, ""))
    variant = variant or usual
    variant = f"v{variant}" if variant.isdigit() else variant
    return first, architecture, _USUAL.get((architecture, variant), variant)
