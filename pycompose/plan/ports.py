"""Ports of the host: which of those that a plan publishes are held already, and by whom; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import replace
from typing import Final, NamedTuple

from pycompose import labels
from pycompose.errors import Problem
from pycompose.model.project import Project
from pycompose.model.service import Port
from pycompose.plan.join import reordered
from pycompose.plan.ops import RemoveContainer, Start, Stop
from pycompose.plan.plan import Plan
from pycompose.plan.resources import problem
from pycompose.snapshot import ContainerState, PortState, Snapshot

_HOLDING: Final = ("running", "paused", "restarting")  # states of a container that hold its ports
_HINT: Final = "publish another one, or stop what holds it"


class Listener(NamedTuple):
    """A socket of this machine that a program listens on; `pid` is 0 where nobody may know it."""

    host_ip: str
    port: int
    protocol: str
    pid: int = 0
    command: str = ""

    def __str__(self) -> str:
        named = f" ({self.command})" if self.command else ""
        return f"process {self.pid}{named}" if self.pid else "a process on this host"


class Want(NamedTuple):
    """One entry of `ports` of a service, for each of the `containers` that are about to start."""

    service: str
    place: int
    port: Port
    numbers: range
    containers: int

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where the entry stands in the project."""
        return ("services", self.service, "ports", self.place)


class _Held(NamedTuple):
    """A port that is taken: by another entry of the file, or by what `who` says."""

    host_ip: str
    number: int
    protocol: str
    who: str
    service: str = ""  # of this project


_PORTLESS: Final = ("host", "none")  # network modes in which nothing is published


def wants(project: Project, plan: Plan) -> list[Want]:
    """Return what the containers that a plan starts publish, single ports before ranges."""
    counts: dict[str, int] = {}
    for step in plan.steps:
        if isinstance(step, Start) and not step.rescues:
            counts[step.service] = counts.get(step.service, 0) + 1
    found = []
    for name, count in counts.items():
        service = project.services.get(name)
        if service is None or ":" in service.network_mode or service.network_mode in _PORTLESS:
            continue
        for index, port in enumerate(service.ports):
            first, _, last = port.published.partition("-")
            if first.isdecimal() and (last or first).isdecimal() and int(first):
                numbers = range(int(first), int(last or first) + 1)
                found.append(Want(name, index, port, numbers, count))
    return sorted(found, key=lambda want: len(want.numbers) > 1)


def in_turn(project: Project, snapshot: Snapshot, plan: Plan) -> Plan:
    """Return the plan with each start after the stops that free a port it publishes.

    A stop that itself comes after the start frees nothing for it.
    """
    freeing: dict[int, list[PortState]] = {}
    there = {c.id: c.ports for c in snapshot.containers if c.state in _HOLDING}
    for step in plan.steps:
        if isinstance(step, Stop) and isinstance(step.container, str):
            freeing[step.id] = [port for port in there.get(step.container, ()) if port.public]
    wanted = wants(project, plan) if any(freeing.values()) else []
    if not wanted:
        return plan
    needs = {step.id: set(step.after) for step in plan.steps}
    earlier = {step.id: {*step.after, *step.rescues} for step in plan.steps}
    for step in plan.steps:
        if isinstance(step, Start) and not step.rescues:
            mine = [want for want in wanted if want.service == step.service]
            for id, ports in freeing.items():
                frees = any(_frees(port, want) for port in ports for want in mine)
                if frees and step.id not in _before(id, earlier):
                    needs[step.id].add(id)
                    earlier[step.id].add(id)
    return replace(plan, steps=reordered(plan.steps, needs))


def _before(id: int, needs: Mapping[int, Set[int]]) -> set[int]:
    """Return the steps that come before one."""
    found: set[int] = set()
    ahead = [id]
    while ahead:
        new = needs[ahead.pop()] - found
        found |= new
        ahead.extend(new)
    return found


def _frees(port: PortState, want: Want) -> bool:
    held = _Held(port.host_ip, port.public, port.protocol, "")
    return port.public in want.numbers and _meet(held, want, port.public)


def conflicts(
    project: Project,
    plan: Plan,
    wanted: Collection[Want],
    containers: Collection[ContainerState],
    listeners: Collection[Listener],
) -> list[Problem]:
    """Return a problem for each entry of `ports` that cannot be had.

    What the plan itself stops holds nothing. A socket that belongs to a container's port is told
    of as the container.
    """
    held = [*_of_containers(project, plan, containers), *_of_processes(containers, listeners)]
    problems = []
    for want in wanted:
        free, taken = [], []
        for number in want.numbers:
            holder = next((one for one in held if _meet(one, want, number)), None)
            if holder is None:
                free.append(number)
            else:
                taken.append(holder)
        if len(free) < want.containers:
            message, hint = _refusal(want, free, taken)
            problems.append(problem(project, want.path, message, hint))
        at = problem(project, want.path, "").at
        who = f"service {want.service!r} ({at})"
        held += [
            _Held(want.port.host_ip, number, want.port.protocol, who, want.service)
            for number in free[: want.containers]
        ]
    return problems


def _refusal(want: Want, free: list[int], taken: list[_Held]) -> tuple[str, str]:
    others = [one for one in taken if one.service != want.service]
    if len(want.numbers) == 1:
        what = f"port {want.port.published}/{want.port.protocol} of the host"
        if others:
            hint = "publish another one" if others[0].service else _HINT
            return f"{what} is held by {others[0].who}", hint
        count = want.containers + len(taken)
        return (
            f"{count} containers of the service cannot share {what}",
            f"publish a range of {count} ports, or only the port of the container",
        )
    what = f"ports {want.port.published}/{want.port.protocol} of the host"
    holders = ", ".join(f"{one.number} is held by {one.who}" for one in others)
    why = f": {holders}" if holders else ""
    return (
        f"{want.containers} containers need one of the {what} each, {len(free)} are free{why}",
        "publish a wider range",
    )


def _of_containers(
    project: Project, plan: Plan, containers: Collection[ContainerState]
) -> Iterator[_Held]:
    stopped = {s.container for s in plan.steps if isinstance(s, Stop | RemoveContainer)}
    for container in containers:
        if container.state not in _HOLDING or container.id in stopped:
            continue
        owner = container.labels.get(labels.PROJECT)
        mine = owner == project.name and container.service in project.services
        for port in container.ports:
            if port.public:
                yield _Held(
                    port.host_ip,
                    port.public,
                    port.protocol,
                    owned(container),
                    container.service if mine else "",
                )


def owned(container: ContainerState) -> str:
    """Return a container as `container 'x' (service 'web' of project 'shop')`."""
    owner = container.labels.get(labels.PROJECT)
    service = f"service {container.service!r} of " if container.service else ""
    of = f" ({service}project {owner!r})" if owner else ""
    return f"container {container.name!r}{of}"


def _of_processes(
    containers: Collection[ContainerState], listeners: Collection[Listener]
) -> Iterator[_Held]:
    published = {(port.public, port.protocol) for one in containers for port in one.ports}
    for listener in listeners:
        if (listener.port, listener.protocol) not in published:
            yield _Held(listener.host_ip, listener.port, listener.protocol, str(listener))


def _meet(held: _Held, want: Want, number: int) -> bool:
    """Tell whether two sockets of one number exclude each other."""
    if (held.number, held.protocol) != (number, want.port.protocol):
        return False
    one, other = held.host_ip.strip("[]"), want.port.host_ip.strip("[]")
    return one == other or _covers(one, other) or _covers(other, one)


def _covers(one: str, other: str) -> bool:
    """Tell whether an address stands for all of a kind that another one is of."""
    # Engine: a port on `::` listens for IPv4, too.
    return one in ("", "::") or (one == "0.0.0.0" and ":" not in other)
