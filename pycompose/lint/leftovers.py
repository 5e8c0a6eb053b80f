"""What has no effect, or another one than its place suggests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pycompose.lint.subject import Hit, Subject, below
from pycompose.loader.tree import Map, Scalar, Seq

_CLUSTER: Final = (
    ("mode",),
    ("labels",),
    ("endpoint_mode",),
    ("placement",),
    ("update_config",),
    ("rollback_config",),
    ("restart_policy", "delay"),
    ("restart_policy", "window"),
    ("resources", "reservations", "cpus"),
    ("resources", "reservations", "generic_resources"),
)
_INSTEAD: Final = {
    ("labels",): "labels of containers stand in 'labels' of the service",
    ("resources", "reservations", "cpus"): "'resources.limits.cpus' is honoured",
}


def obsolete_versions(subject: Subject) -> Iterator[Hit]:
    """Yield the attribute `version`."""
    for document in subject.documents:
        if "version" in document.entries:
            at = document.key_at("version")
            yield Hit(at, ("version",), "the attribute 'version' has no meaning", "remove it")


def cluster_only(subject: Subject) -> Iterator[Hit]:
    """Yield what a `deploy` section says to a cluster alone."""
    for path, service in subject.written():
        for keys in _CLUSTER:
            parent = below(service, "deploy", *keys[:-1])
            value = below(service, "deploy", *keys)
            if not isinstance(parent, Map) or value is None or value.tag == "!reset":
                continue
            if keys == ("mode",) and isinstance(value, Scalar) and value.value == "replicated":
                continue
            yield Hit(
                parent.key_at(keys[-1]),
                (*path, "deploy", *keys),
                "one engine ignores this, it is for a cluster",
                _INSTEAD.get(keys, "remove it, unless a cluster reads this file, too"),
            )


def overridden_restarts(subject: Subject) -> Iterator[Hit]:
    """Yield `restart` where `deploy.restart_policy` counts."""
    for path, service in subject.written():
        restart, policy = service.get("restart"), below(service, "deploy", "restart_policy")
        if restart is not None and policy is not None:
            message = "'deploy.restart_policy' counts, not this"
            yield Hit(restart.at, (*path, "restart"), message, "give one of them")


def links(subject: Subject) -> Iterator[Hit]:
    """Yield `links`, which networks have made superfluous."""
    for path, service in subject.written():
        if "links" in service.entries:
            message = "services of a network know each other by name without 'links'"
            hint = "remove it; an order of start is 'depends_on', another name is 'aliases'"
            yield Hit(service.key_at("links"), (*path, "links"), message, hint)


def unused_resources(subject: Subject) -> Iterator[Hit]:
    """Yield networks, volumes, secrets and configs that no service uses."""
    used = _used(subject)
    for document in subject.documents:
        for section, names in used.items():
            resources = document.get(section)
            if not isinstance(resources, Map):
                continue
            for key in resources.entries:
                if key not in names and not key.startswith("x-"):
                    message = f"no service uses this {section[:-1]}"
                    yield Hit(resources.key_at(key), (section, key), message, "remove it")


def _used(subject: Subject) -> dict[str, set[str]]:
    """Return the names of the resources that services use, by section."""
    services = subject.services.values()
    used = {
        "networks": {"default", *(name for service in services for name in service.networks)},
        "volumes": {mount.source for service in services for mount in service.volumes},
        "secrets": {grant.source for service in services for grant in service.secrets},
        "configs": {grant.source for service in services for grant in service.configs},
    }
    for _, service in subject.written():
        secrets = below(service, "build", "secrets")
        for item in secrets.items if isinstance(secrets, Seq) else ():
            source = item.get("source") if isinstance(item, Map) else item
            if isinstance(source, Scalar):
                used["secrets"].add(str(source.value))
        config = below(service, "credential_spec", "config")
        if isinstance(config, Scalar):
            used["configs"].add(str(config.value))
    return used


def shadowed_services(subject: Subject) -> Iterator[Hit]:
    """Yield aliases that are the name of another service in the same network."""
    for service in subject.services.values():
        for network, attachment in service.networks.items():
            for index, alias in enumerate(attachment.aliases if attachment else ()):
                other = subject.services.get(alias)
                if other is not None and other is not service and network in other.networks:
                    path = ("services", service.name, "networks", network, "aliases", index)
                    message = f"{alias!r} is a service of this network, too: either may answer"
                    yield Hit(subject.at(*path), path, message, "choose another alias")
