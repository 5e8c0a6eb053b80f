"""What the file leaves to be understood: the default network and the real names of resources.

In goes the merged document in canonical form, out comes one in which every service says where it
is attached and every network, volume, secret and config says its name on the engine.

Source: compose-spec 06-networks.md, 07-volumes.md; rules 62, 89
"""

from __future__ import annotations

from typing import Final

from pycompose.errors import Position
from pycompose.loader.implied import implied
from pycompose.loader.short.scalars import text
from pycompose.loader.tree import Map, Node, Scalar

NAMED: Final = ("networks", "volumes", "secrets", "configs")
_DOCKERFILES: Final = {"dockerfile", "dockerfile_inline"}


def normalize(document: Map, project: str) -> Map:
    """Return the document of a project with its default network and names filled in."""
    entries = dict(document.entries)
    services = document.get("services")
    if isinstance(services, Map):
        joined = {name: _joined(_depending(_filled(it))) for name, it in services.entries.items()}
        entries["services"] = Map(joined, services.at, services.keys)
        if any("default" in _networks(service) for service in joined.values()):
            entries["networks"] = _with_default(document.get("networks"), services.at)
    for kind in NAMED:
        resources = entries.get(kind)
        if isinstance(resources, Map):
            named = {
                key: _named(key, resource, resources.key_at(key), project)
                for key, resource in resources.entries.items()
            }
            entries[kind] = Map(named, resources.at, resources.keys)
    entries["name"] = Scalar(project, document.at, project)
    return Map(entries, document.at, document.keys)


def _filled(service: Node) -> Node:
    """Return a service with the name of its Dockerfile, and one name for each pull policy."""
    if not isinstance(service, Map):
        return service
    changed: dict[str, Node] = {}
    build, policy = service.get("build"), service.get("pull_policy")
    if isinstance(build, Map) and build.entries.keys().isdisjoint(_DOCKERFILES):
        dockerfile = Scalar("Dockerfile", build.at, "Dockerfile")
        changed["build"] = Map({**build.entries, "dockerfile": dockerfile}, build.at, build.keys)
    if isinstance(policy, Scalar) and policy.value == "if_not_present":
        changed["pull_policy"] = Scalar("missing", policy.at, policy.text)
    return Map({**service.entries, **changed}, service.at, service.keys) if changed else service


def _depending(service: Node) -> Node:
    """Return a service with what it depends on without saying so, where it does not say so."""
    if not isinstance(service, Map):
        return service
    given = service.get("depends_on")
    known = given if isinstance(given, Map) else Map({}, service.at)
    entries, keys = dict(known.entries), dict(known.keys)
    for other, by, _, restart in implied(service):
        if other not in entries:
            needs = {"condition": text("service_started", by.at), "required": _true(by.at)}
            entries[other] = Map({**needs, **({"restart": _true(by.at)} if restart else {})}, by.at)
            keys[other] = by.at
    if len(entries) == len(known.entries):
        return service
    depends_on = Map(entries, known.at, keys)
    return Map({**service.entries, "depends_on": depends_on}, service.at, service.keys)


def _true(at: Position) -> Scalar:
    return Scalar(True, at, "true")


def _joined(service: Node) -> Node:
    """Return a service with the default network, unless it says where it is attached."""
    if not isinstance(service, Map) or _has_any(service, "network_mode", "provider"):
        return service
    if _networks(service):
        return service
    networks = Map({"default": Scalar(None, service.at)}, service.at)
    return Map({**service.entries, "networks": networks}, service.at, service.keys)


def _has_any(service: Map, *keys: str) -> bool:
    return any(service.get(key) is not None for key in keys)


def _networks(service: Node) -> dict[str, Node]:
    networks = service.get("networks") if isinstance(service, Map) else None
    return networks.entries if isinstance(networks, Map) else {}


def _with_default(networks: Node | None, at: Position) -> Map:
    if not isinstance(networks, Map):
        return Map({"default": Map({}, at)}, at)
    if "default" in networks.entries:
        return networks
    return Map({**networks.entries, "default": Map({}, at)}, networks.at, networks.keys)


def _named(key: str, resource: Node, at: Position, project: str) -> Node:
    """Return a resource with its real name: the given one, the key if external, else prefixed."""
    if not isinstance(resource, Map):
        resource = Map({}, at)
    given = resource.get("name")
    if isinstance(given, Scalar) and given.value:
        return resource
    external = resource.get("external")
    name = key if isinstance(external, Scalar) and external.value is True else f"{project}_{key}"
    return Map({**resource.entries, "name": Scalar(name, at, name)}, resource.at, resource.keys)
