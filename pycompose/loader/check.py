"""What a schema cannot say: references to what is not there, contradictions, cycles.

In goes the whole normalized document, out comes every problem of it. Nothing is raised here: a
problem of a service that no active profile enables is none until someone asks for that service.

Source: compose-spec; rules 31 and 32
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from pycompose import graph
from pycompose.errors import Owner, Position, Problem
from pycompose.loader.check_sections import sections
from pycompose.loader.children import entries_of, items_of, map_of, value_of
from pycompose.loader.findings import problem, undefined
from pycompose.loader.implied import implied
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, Value, dotted

_ORIGINS: Final = {
    "secrets": ("file", "environment"),
    "configs": ("file", "environment", "content"),
}
_LONGEST_CYCLE: Final = 12  # names shown of one cycle


def check(
    document: Map, unknown: Collection[Owner] = frozenset()
) -> dict[Owner, tuple[Problem, ...]]:
    """Return what is wrong with a document as a whole, by whose it is, in file order.

    What is wrong with no service in particular stands under `()`. Of what is `unknown` in parts, no
    part that is not there is missed.
    """
    services = map_of(document, "services")
    found: dict[Owner, list[Problem]] = {}
    for name, service in services.entries.items():
        if isinstance(service, Map) and ("services", name) not in unknown:
            problems = list(_service(document, ("services", name), service, services.key_at(name)))
            if problems:
                found["services", name] = problems
    for name, clash in (*_names(services.entries), *_cycles(services.entries)):
        found.setdefault(("services", name), []).append(clash)
    shared = list(_resources(document, unknown))
    if shared:
        found[()] = shared
    return {name: tuple(sorted(problems, key=position)) for name, problems in found.items()}


def check_order(document: Map) -> dict[Owner, tuple[Problem, ...]]:
    """Return what keeps services from having an order: that they need each other."""
    found: dict[Owner, tuple[Problem, ...]] = {}
    for name, cycle in _cycles(map_of(document, "services").entries):
        found["services", name] = (*found.get(("services", name), ()), cycle)
    return found


def position(problem: Problem) -> tuple[str, int, int]:
    """Return what sorts problems in file order."""
    return (problem.at.file, problem.at.line, problem.at.column)


def _service(document: Map, path: Path, service: Map, at: Position) -> Iterator[Problem]:
    if not value_of(service, "image") and all(
        service.get(key) is None for key in ("build", "provider")
    ):
        yield problem(at, path, "neither 'image' nor 'build' is given, one of them is needed")
    yield from _references(document, path, service)
    yield from _granted(document, path, service)
    yield from _mounted(document, path, service)
    yield from _joins(path, service)
    yield from _counts(path, service)
    yield from _healthcheck(path, service)
    yield from sections(document, path, service)


def _references(document: Map, path: Path, service: Map) -> Iterator[Problem]:
    """Yield the networks and services that are referred to, yet defined nowhere."""
    services = entries_of(document, "services")
    needs = list(implied(service))
    unsaid = {need.by.at for need in needs}
    for need in needs:
        if need.service not in services:
            where = (*path, *need.path)
            yield undefined(need.by.at, where, "services", need.service, services)
    for section, kind in (("networks", "networks"), ("depends_on", "services")):
        used = service.get(section)
        if isinstance(used, Map):
            known = entries_of(document, kind)
            for name in used.entries:
                if name not in known and used.key_at(name) not in unsaid:
                    yield undefined(used.key_at(name), (*path, section), kind, name, known)


def _granted(document: Map, path: Path, service: Map) -> Iterator[Problem]:
    for section in ("configs", "secrets"):
        known = entries_of(document, section)
        for index, grant in enumerate(items_of(service, section)):
            source = grant.get("source") if isinstance(grant, Map) else None
            if isinstance(source, Scalar) and source.value not in known:
                where = (*path, section, index)
                yield undefined(source.at, where, section, str(source.value), known)


def _mounted(document: Map, path: Path, service: Map) -> Iterator[Problem]:
    """Yield undefined volumes, bind mounts of nothing, and targets that are mounted twice."""
    known = entries_of(document, "volumes")
    targets: dict[Value, str] = {}
    for index, item in enumerate(items_of(service, "tmpfs")):
        if isinstance(item, Scalar):
            yield from _target(
                targets, str(item.value).split(":")[0], item.at, (*path, "tmpfs", index)
            )
    for index, mount in enumerate(items_of(service, "volumes")):
        if not isinstance(mount, Map):
            continue
        where = (*path, "volumes", index)
        source, place = mount.get("source"), mount.get("target")
        named = isinstance(source, Scalar) and bool(source.value)
        if value_of(mount, "type") == "volume" and isinstance(source, Scalar) and named:
            if source.value not in known:
                yield undefined(source.at, where, "volumes", str(source.value), known)
        elif value_of(mount, "type") == "bind" and not named:
            yield problem(mount.at, where, "a bind mount needs a 'source'")
        if isinstance(place, Scalar) and place.value:
            yield from _target(targets, place.value, place.at, where)


def _target(
    targets: dict[Value, str], target: Value, at: Position, path: Path
) -> Iterator[Problem]:
    if target in targets:
        yield problem(at, path, f"{str(target)!r} is mounted already, by {targets[target]}")
    targets.setdefault(target, dotted(path))


def _joins(path: Path, service: Map) -> Iterator[Problem]:
    if value_of(service, "network_mode") and map_of(service, "networks").entries:
        message = "'network_mode' and 'networks' exclude each other"
        yield problem(service.key_at("network_mode"), path, message)


def _counts(path: Path, service: Map) -> Iterator[Problem]:
    scale, replicas = value_of(service, "scale"), value_of(map_of(service, "deploy"), "replicas")
    at = service.key_at("scale" if scale is not None else "deploy")
    if scale is not None and replicas is not None and scale != replicas:
        message = f"'scale' is {scale}, but 'deploy.replicas' is {replicas}"
        yield problem(at, path, message, "give one of them")
    count = replicas if scale is None else scale
    if not isinstance(count, int):
        return
    if count < 0:
        yield problem(at, path, f"a service cannot have {count} containers, expected 0 or more")
    if count > 1 and value_of(service, "container_name"):
        message = f"{count} containers cannot share one 'container_name'"
        yield problem(service.key_at("container_name"), path, message, "remove it to scale")


def _healthcheck(path: Path, service: Map) -> Iterator[Problem]:
    test = map_of(service, "healthcheck").get("test")
    if isinstance(test, Seq) and test.items:
        first = test.items[0]
        if isinstance(first, Scalar) and first.value not in ("CMD", "CMD-SHELL", "NONE"):
            message = f"expected 'CMD', 'CMD-SHELL' or 'NONE' as first item, not {first.value!r}"
            yield problem(first.at, (*path, "healthcheck", "test"), message)


def _names(services: dict[str, Node]) -> Iterator[tuple[str, Problem]]:
    """Yield each `container_name` that an earlier service has already."""
    owners: dict[Value, str] = {}
    for name, service in services.items():
        given = service.get("container_name") if isinstance(service, Map) else None
        if isinstance(given, Scalar) and given.value:
            owner = owners.setdefault(given.value, name)
            if owner != name:
                message = f"container name {str(given.value)!r} is in use by service {owner!r}"
                yield name, problem(given.at, ("services", name, "container_name"), message)


def _cycles(services: dict[str, Node]) -> Iterator[tuple[str, Problem]]:
    edges = {
        name: list(map_of(service, "depends_on").entries) if isinstance(service, Map) else []
        for name, service in services.items()
    }
    for cycle in graph.check(edges):
        first = services[cycle[0]]
        assert isinstance(first, Map)
        at = map_of(first, "depends_on").key_at(cycle[1])
        middle = len(cycle) - _LONGEST_CYCLE
        shown = list(cycle)
        if middle > 0:
            shown[_LONGEST_CYCLE // 2 : -_LONGEST_CYCLE // 2] = [f"({middle} more)"]
        message = f"dependency cycle: {' -> '.join(shown)}"
        yield cycle[0], problem(at, ("services", cycle[0], "depends_on"), message)


def _resources(document: Map, unknown: Collection[Owner]) -> Iterator[Problem]:
    for kind, origins in _ORIGINS.items():
        for key, item in entries_of(document, kind).items():
            known = (kind, key) not in unknown
            if isinstance(item, Map) and known and not value_of(item, "external"):
                yield from _origin(kind, key, item, map_of(document, kind).key_at(key), origins)
    for key, volume in entries_of(document, "volumes").items():
        if isinstance(volume, Map) and value_of(volume, "external"):
            for name in volume.entries:
                if name not in ("name", "external") and not name.startswith("x-"):
                    message = f"an external volume takes no {name!r}, it is not created here"
                    yield problem(volume.key_at(name), ("volumes", key), message)


def _origin(
    kind: str, key: str, item: Map, at: Position, origins: tuple[str, ...]
) -> Iterator[Problem]:
    given = [name for name in origins if item.get(name) is not None]
    choice = ", ".join(repr(name) for name in origins)
    if not given:
        yield problem(at, (kind, key), f"one of {choice} is needed")
    elif len(given) > 1:
        yield problem(item.key_at(given[1]), (kind, key), f"{choice} exclude each other")
