"""What a picture of a project shows: boxes for services, volumes and networks, and what joins them.

Pure: a project, and what is known of its containers, in; a Picture out. How it is drawn is the
affair of `drawn`, `layout` and `svg`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose.graph import order
from pycompose.model.project import Project
from pycompose.model.service import Port, Service
from pycompose.snapshot import ContainerState

Kind: TypeAlias = Literal["service", "network", "volume"]
# Of a service's containers: all is well; it is changing or halted; something failed; nothing runs.
Mood: TypeAlias = Literal["", "well", "changing", "failed", "off"]

UNASKED: Final[tuple[str, Mood]] = ("", "")  # what containers do that nobody looked at
_IN_ORDER: Final = (None, 0, 143)  # how a process ends that was done, or was asked to (128 + TERM)
_NO_MODE: Final = ("", "default", "bridge")


class Box(NamedTuple):
    """Something with a name, and what is said below the name, line by line.

    `state` is what its containers do, with `mood` how good that is; "" where nobody asked.
    """

    id: str
    kind: Kind
    name: str
    lines: tuple[str, ...] = ()
    state: str = ""
    mood: Mood = ""


class Join(NamedTuple):
    """A service needs another one, or uses a network or a volume; the ends are ids of boxes."""

    tail: str
    head: str
    kind: Kind
    text: str = ""
    optional: bool = False


class Picture(NamedTuple):
    """Boxes, services first and after those that need them, and joins; both in a fixed order."""

    name: str
    boxes: tuple[Box, ...]
    joins: tuple[Join, ...]


def picture(project: Project, containers: Sequence[ContainerState] | None = None) -> Picture:
    """Return what there is to see of a project; `containers` are None where nobody looked."""
    states = None if containers is None else _by_service(containers)
    services = [project.services[name] for name in reversed(order(project))]
    networks = _networks(project)
    boxes = [_service(project, each, states) for each in services]
    boxes += [Box(f"network {name}", "network", name) for name in networks]
    boxes += [Box(f"volume {name}", "volume", name) for name in sorted(project.volumes)]
    known = {box.id for box in boxes}
    joins = [join for each in services for join in _joins(each) if join.head in known]
    return Picture(project.name, tuple(boxes), tuple(joins))


def _networks(project: Project) -> tuple[str, ...]:
    """Return the networks worth drawing: one that all are in by themselves tells nothing."""
    used = {name for each in project.services.values() for name in each.networks}
    names = sorted(name for name in project.networks if name in used)
    return () if names == ["default"] else tuple(names)


def _service(
    project: Project, service: Service, states: Mapping[str, list[ContainerState]] | None
) -> Box:
    lines = [project.image(service), *map(port, service.ports)]
    if service.network_mode not in _NO_MODE and not service.network_mode.startswith("service:"):
        lines.append(f"network_mode: {service.network_mode}")
    text, mood = _state(states.get(service.name, [])) if states is not None else UNASKED
    return Box(f"service {service.name}", "service", service.name, tuple(lines), text, mood)


def port(found: Port) -> str:
    """Return a port as people read it: `127.0.0.1:8080 -> 80`; what is not tcp says so."""
    host = f"[{found.host_ip}]:" if ":" in found.host_ip else found.host_ip and f"{found.host_ip}:"
    end = "" if found.protocol == "tcp" else f"/{found.protocol}"
    return f"{host}{found.published or '?'} -> {found.target}{end}"


def _joins(service: Service) -> list[Join]:
    tail = f"service {service.name}"
    joins = [
        Join(
            tail,
            f"service {name}",
            "service",
            needed.condition.removeprefix("service_").replace("_", " "),
            optional=not needed.required,
        )
        for name, needed in sorted(service.depends_on.items())
    ]
    joins += [Join(tail, f"network {name}", "network") for name in sorted(service.networks)]
    targets: dict[str, list[str]] = {}
    for mount in service.volumes:
        if mount.type == "volume" and mount.source:
            end = " (read-only)" if mount.read_only else ""
            targets.setdefault(mount.source, []).append(f"{mount.target}{end}")
    joins += [
        Join(tail, f"volume {name}", "volume", ", ".join(paths))
        for name, paths in sorted(targets.items())
    ]
    return joins


def _by_service(containers: Sequence[ContainerState]) -> Mapping[str, list[ContainerState]]:
    found: dict[str, list[ContainerState]] = {}
    for one in containers:
        if not one.oneoff:
            found.setdefault(one.service, []).append(one)
    return found


def _state(containers: Sequence[ContainerState]) -> tuple[str, Mood]:
    """Return what a service's containers do, as `running, healthy` or `2 running, 1 exited (1)`."""
    if not containers:
        return "no container", "off"
    counts = Counter(map(_word, containers))
    words = sorted(counts.items())
    if len(containers) == 1:
        text = words[0][0]
    else:
        text = ", ".join(f"{count} {word}" for word, count in words)
    moods = [_mood(one) for one in containers]
    worst: tuple[Mood, ...] = ("failed", "changing", "off", "well")
    return text, next(mood for mood in worst if mood in moods)


def _word(one: ContainerState) -> str:
    if one.state == "exited":
        return f"exited ({one.exit_code or 0})"
    if one.state == "running" and one.health != "none":
        return one.health
    return one.state


def _mood(one: ContainerState) -> Mood:
    match one.state:
        case "running":
            if one.health == "unhealthy":
                return "failed"
            return "changing" if one.health == "starting" else "well"
        case "exited":
            return "off" if one.exit_code in _IN_ORDER else "failed"
        case "created":
            return "off"
        case "dead" | "restarting":
            return "failed"
        case _:
            return "changing"
