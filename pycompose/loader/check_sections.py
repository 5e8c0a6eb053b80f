"""What a schema cannot say of a service's sections: build, deploy, develop, models.

In goes a normalized document and a service of it, out come the problems of its sections.

Source: compose-spec build.md, deploy.md, develop.md; rule 31
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pycompose.errors import Problem
from pycompose.loader.children import entries_of, items_of, map_of, value_of
from pycompose.loader.findings import problem, undefined
from pycompose.loader.short.scalars import string
from pycompose.loader.tree import Map, Path, Scalar, Value
from pycompose.model.values import single

# Attributes of a service that say the same as one of a `deploy` section.
_TWICE: Final = (
    ("cpus", "limits", "cpus"),
    ("mem_limit", "limits", "memory"),
    ("pids_limit", "limits", "pids"),
    ("mem_reservation", "reservations", "memory"),
)
_UNTARGETED: Final = ("rebuild", "restart")
_SERVICE: Final = "service:"


def sections(document: Map, path: Path, service: Map) -> Iterator[Problem]:
    """Yield what is wrong with the sections of the service at `path`."""
    yield from _build(document, path, service)
    yield from _amounts(path, service)
    yield from _triggers(path, service)
    used, known = map_of(service, "models"), entries_of(document, "models")
    for name in used.entries:
        if name not in known:
            yield undefined(used.key_at(name), (*path, "models"), "models", name, known)


def _build(document: Map, path: Path, service: Map) -> Iterator[Problem]:
    build, where = map_of(service, "build"), (*path, "build")
    if value_of(build, "dockerfile_inline") and value_of(build, "dockerfile"):
        message = "'dockerfile_inline' and 'dockerfile' exclude each other"
        yield problem(build.key_at("dockerfile_inline"), where, message)
    platform, platforms = value_of(service, "platform"), items_of(build, "platforms")
    if platform and platforms:
        built = [item.value for item in platforms if isinstance(item, Scalar)]
        if platform not in built:
            message = f"'build.platforms' does not have {platform!r}"
            yield problem(service.key_at("platform"), (*path, "platform"), message, "add it there")
    known = entries_of(document, "secrets")
    for index, grant in enumerate(items_of(build, "secrets")):
        source = grant.get("source") if isinstance(grant, Map) else None
        if isinstance(source, Scalar) and source.value not in known:
            place = (*where, "secrets", index)
            yield undefined(source.at, place, "secrets", str(source.value), known)
    yield from _contexts(document, (*where, "additional_contexts"), build)


def _contexts(document: Map, path: Path, build: Map) -> Iterator[Problem]:
    services = entries_of(document, "services")
    for name, context in entries_of(build, "additional_contexts").items():
        value = context.value if isinstance(context, Scalar) else None
        if not isinstance(value, str) or not value.startswith(_SERVICE):
            continue
        key = value.removeprefix(_SERVICE)
        service = services.get(key)
        if service is None:
            yield undefined(context.at, (*path, name), "services", key, services)
        elif not isinstance(service, Map) or service.get("build") is None:
            message = f"service {key!r} has no 'build', so it is no context"
            yield problem(context.at, (*path, name), message)


def _amounts(path: Path, service: Map) -> Iterator[Problem]:
    """Yield what the service says otherwise than its `deploy` section."""
    resources = map_of(map_of(service, "deploy"), "resources")
    for name, section, key in _TWICE:
        ours, amounts = value_of(service, name), resources.get(section)
        if not ours or not isinstance(amounts, Map):
            continue
        theirs = value_of(amounts, key)
        if not _same(ours, theirs):
            other = f"deploy.resources.{section}.{key}"
            found = "is not given" if theirs is None else f"is {_written(amounts, key)}"
            message = f"{name!r} is {_written(service, name)}, but {other!r} {found}"
            yield problem(service.key_at(name), path, message, "give one of them")


def _written(parent: Map, key: str) -> str:
    node = parent.get(key)
    return (node.text or string(node)) if isinstance(node, Scalar) else ""


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return single(one) == single(other)
    return str(one) == str(other)


def _triggers(path: Path, service: Map) -> Iterator[Problem]:
    for index, trigger in enumerate(items_of(map_of(service, "develop"), "watch")):
        if not isinstance(trigger, Map) or value_of(trigger, "target"):
            continue
        if (action := value_of(trigger, "action")) not in _UNTARGETED:
            message = f"action {action!r} needs a 'target', where the files go"
            yield problem(trigger.at, (*path, "develop", "watch", index), message)
